/// The numbers of Arrow's IPC stream format that we use.
///
/// - Source: Apache Arrow columnar format 1.5, `Message.fbs` and `Schema.fbs`.
enum ArrowFormat {
  /// Starts every message; the end of the stream is this word and a zero.
  static let continuation: UInt32 = 0xFFFF_FFFF
  /// Messages, bodies and buffers start at multiples of this many bytes, so that a mapped file serves vector loads.
  static let alignment = 64

  /// The union members of a message's header.
  enum Header {
    static let schema: UInt8 = 1
    static let dictionaryBatch: UInt8 = 2
    static let recordBatch: UInt8 = 3
  }

  /// The union members of a field's type.
  enum FieldType {
    static let integer: UInt8 = 2
    static let list: UInt8 = 12
    static let fixedSizeList: UInt8 = 16
  }

  /// Metadata version V5, in use since Arrow 1.0; V4 differs in nothing that we read.
  static let version: Int16 = 4
  static let oldestVersion = 3

  enum MessageSlot {
    static let version = 0
    static let headerType = 1
    static let header = 2
    static let bodyLength = 3
  }

  enum SchemaSlot {
    static let endianness = 0
    static let fields = 1
    static let metadata = 2
  }

  enum FieldSlot {
    static let name = 0
    static let isNullable = 1
    static let typeType = 2
    static let type = 3
    static let dictionary = 4
    static let children = 5
  }

  enum RecordBatchSlot {
    static let length = 0
    static let nodes = 1
    static let buffers = 2
    static let compression = 3
  }

  /// How the buffers of a record batch are packed: each by itself, behind 64 bits that say how long it was.
  enum Compression {
    static let codecSlot = 0
    static let methodSlot = 1
    static let zstd: UInt8 = 1
    static let buffer: UInt8 = 0
    /// Bytes of the length in front of a packed buffer.
    static let prefixByteCount = 8
    /// The length of a buffer that is stored as it is, as others do where packing would not make it smaller.
    static let stored = -1
  }

  static func message(_ headerType: UInt8, _ header: FlatTable, bodyByteCount: Int) -> FlatTable {
    FlatTable([
      (MessageSlot.version, .int16(version)), (MessageSlot.headerType, .uint8(headerType)),
      (MessageSlot.header, .table(header)), (MessageSlot.bodyLength, .int64(bodyByteCount)),
    ])
  }

  /// A message without its body: continuation, size of the metadata, metadata, zeros up to the alignment.
  static func encapsulated(_ message: FlatTable) -> [UInt8] {
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

  static let endOfStream: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]

  static func roundedUp(_ byteCount: Int) -> Int {
    (byteCount + alignment - 1) & ~(alignment - 1)
  }
}
