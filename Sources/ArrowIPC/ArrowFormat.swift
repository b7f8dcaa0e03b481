/// The numbers of Arrow's IPC stream format that we use.
///
/// - Source: Apache Arrow columnar format 1.5, `Message.fbs` and `Schema.fbs`.
package enum ArrowFormat {
  /// Starts every message; the end of the stream is this word and a zero.
  package static let continuation: UInt32 = 0xFFFF_FFFF
  /// Messages, bodies and buffers start at multiples of this many bytes, so that a mapped file serves vector loads.
  package static let alignment = 64

  /// The union members of a message's header.
  package enum Header {
    package static let schema: UInt8 = 1
    package static let dictionaryBatch: UInt8 = 2
    package static let recordBatch: UInt8 = 3
  }

  /// The union members of a field's type.
  package enum FieldType {
    package static let integer: UInt8 = 2
    package static let list: UInt8 = 12
    package static let fixedSizeList: UInt8 = 16
  }

  /// Metadata version V5, in use since Arrow 1.0; V4 differs in nothing that we read.
  package static let version: Int16 = 4
  package static let oldestVersion = 3

  package enum MessageSlot {
    package static let version = 0
    package static let headerType = 1
    package static let header = 2
    package static let bodyLength = 3
  }

  package enum SchemaSlot {
    package static let endianness = 0
    package static let fields = 1
    package static let metadata = 2
  }

  package enum FieldSlot {
    package static let name = 0
    package static let isNullable = 1
    package static let typeType = 2
    package static let type = 3
    package static let dictionary = 4
    package static let children = 5
  }

  package enum RecordBatchSlot {
    package static let length = 0
    package static let nodes = 1
    package static let buffers = 2
    package static let compression = 3
    /// How many buffers each column of views has beside its own.
    package static let viewCounts = 4
  }

  /// How the buffers of a record batch are packed: each by itself, behind 64 bits that say how long it was.
  package enum Compression {
    package static let codecSlot = 0
    package static let methodSlot = 1
    package static let zstd: UInt8 = 1
    package static let buffer: UInt8 = 0
    /// Bytes of the length in front of a packed buffer.
    package static let prefixByteCount = 8
    /// The length of a buffer that is stored as it is, as others do where packing would not make it smaller.
    package static let stored = -1
  }

  package static func message(_ headerType: UInt8, _ header: FlatTable, bodyByteCount: Int) -> FlatTable {
    FlatTable([
      (MessageSlot.version, .int16(version)), (MessageSlot.headerType, .uint8(headerType)),
      (MessageSlot.header, .table(header)), (MessageSlot.bodyLength, .int64(bodyByteCount)),
    ])
  }

  /// A message without its body: continuation, size of the metadata, metadata, zeros up to the alignment.
  package static func encapsulated(_ message: FlatTable) -> [UInt8] {
    let metadata = message.encoded()
    let byteCount = roundedUp(8 + metadata.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    bytes.append(contentsOf: repeatElement(0xFF, count: 4))
    for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: (byteCount - 8) >> shift)) }
    bytes += metadata
    bytes.append(contentsOf: repeatElement(0, count: byteCount - bytes.count))
    return bytes
  }

  package static let endOfStream: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]

  package static func roundedUp(_ byteCount: Int) -> Int {
    (byteCount + alignment - 1) & ~(alignment - 1)
  }
}
