import Blocks
import Files

/// The pages of one column of one row group, one after the other, unpacked and their checksums proved.
struct ParquetPages {
  /// What a page holds, with its levels still encoded.
  struct DataPage {
    var valueCount: Int
    var encoding: Int
    var bytes: [UInt8]
    /// Where in `bytes` the levels stand; empty where there are none.
    var repetition: Range<Int>
    var definition: Range<Int>
    var valuesStart: Int
  }

  private struct Header {
    var type = -1
    var unpackedByteCount = -1
    var packedByteCount = -1
    var checksum: UInt32?
    var valueCount = -1
    var encoding = -1
    var definitionEncoding = 3
    var repetitionEncoding = 3
    var definitionByteCount = 0
    var repetitionByteCount = 0
    var isPacked = true
  }

  private let content: ContentBytes
  private let chunk: ParquetFooter.Chunk
  private let leaf: ParquetSchema.Leaf
  private let codec: BlockCodec?
  private let unpacker: BlockUnpacker
  private let largestPage: Int
  private let group: Int
  private var offset: Int
  private let end: Int
  private(set) var dictionary: ParquetDictionary?

  /// Headers carry statistics, whose least and greatest values may be long.
  private static let usualHeaderByteCount = 1 << 12
  private static let longestHeader = 1 << 24

  init(
    _ chunk: ParquetFooter.Chunk, _ leaf: ParquetSchema.Leaf, group: Int, of content: ContentBytes,
    _ unpacker: BlockUnpacker, largestPage: Int
  ) throws(Diagnostic) {
    self.content = content
    self.chunk = chunk
    self.leaf = leaf
    self.group = group
    self.unpacker = unpacker
    self.largestPage = largestPage
    let location = SourceLocation(path: content.path, group: group)
    if chunk.isEncrypted { throw ParquetReader.encrypted(content.path) }
    if let other = chunk.otherFile {
      throw Diagnostic(
        "corpus.unsupported-parquet", "a column of '\(content.path)' lies in another file", at: location, found: other,
        help: "write the table as files of their own")
    }
    codec = try Self.codec(chunk.codec, at: location)
    let start = min(chunk.dataOffset, chunk.dictionaryOffset.flatMap { $0 > 0 ? $0 : nil } ?? .max)
    guard start >= 4, start < content.byteCount, chunk.compressedByteCount >= 0,
      chunk.compressedByteCount <= content.byteCount - start, chunk.valueCount >= 0, chunk.type == leaf.type.rawValue
    else {
      throw ParquetReader.damaged(
        location, expected: "the column '\(leaf.path.joined(separator: "."))' inside the file",
        found: "\(chunk.compressedByteCount) bytes at \(start) of \(content.byteCount)")
    }
    offset = start
    end = start + chunk.compressedByteCount
  }

  /// The next page of data; a dictionary on the way is kept.
  mutating func next() throws(Diagnostic) -> DataPage {
    while true {
      let start = offset
      let header = try readHeader()
      let location = SourceLocation(path: content.path, byte: start, group: group)
      guard header.packedByteCount >= 0, header.packedByteCount <= end - offset, header.unpackedByteCount >= 0 else {
        throw damaged(start, expected: "a page inside its column", found: "\(header.packedByteCount) bytes")
      }
      guard max(header.unpackedByteCount, header.packedByteCount) <= largestPage else {
        throw Diagnostic(
          "corpus.page-too-large", "a page of '\(content.path)' is larger than it may be", at: location,
          expected: "at most \(largestPage) bytes", found: "\(header.unpackedByteCount) bytes",
          help: "raise `max_buffer_size` if it is a page")
      }
      let body = try content.read(offset..<offset + header.packedByteCount)
      offset += header.packedByteCount
      if let checksum = header.checksum, checksum != crc32Checksum(of: body[...]) {
        throw damaged(start, expected: "a page with the checksum \(checksum)", found: "another checksum")
      }
      switch header.type {
      case 0: return try dataPage(header, body, at: location)
      case 3: return try dataPageV2(header, body, at: location)
      case 2:
        let bytes = try unpack(body[...], to: header.unpackedByteCount, at: location)
        guard [0, 2].contains(header.encoding), dictionary == nil,
          let read = ParquetDictionary(bytes, count: header.valueCount, width: leaf.width, isInteger: leaf.isInteger)
        else {
          throw damaged(start, expected: "one dictionary of \(header.valueCount) values", found: "something else")
        }
        dictionary = read
      default: break
      }
    }
  }

  private func dataPage(_ header: Header, _ body: [UInt8], at location: SourceLocation) throws(Diagnostic) -> DataPage {
    let bytes = try unpack(body[...], to: header.unpackedByteCount, at: location)
    var offset = 0
    /// Levels stand behind their size in bytes.
    func levels(_ maximum: Int, _ encoding: Int) throws(Diagnostic) -> Range<Int> {
      if maximum == 0 { return 0..<0 }
      guard encoding == 3 else {
        throw Diagnostic(
          "corpus.unsupported-parquet", "'\(content.path)' has levels in an encoding that is not read", at: location,
          expected: "RLE", found: ParquetValues.Encoding.name(encoding), help: "write the file again")
      }
      guard offset <= bytes.count - 4 else {
        throw damaged(location.byte ?? 0, expected: "levels", found: "the end of the page")
      }
      let count = Int(bits(of: bytes, at: offset * 8, count: 32))
      offset += 4
      guard count <= bytes.count - offset else {
        throw damaged(location.byte ?? 0, expected: "levels inside the page", found: "\(count) bytes")
      }
      offset += count
      return offset - count..<offset
    }
    let repetition = try levels(leaf.maximumRepetition, header.repetitionEncoding)
    let definition = try levels(leaf.maximumDefinition, header.definitionEncoding)
    return DataPage(
      valueCount: header.valueCount, encoding: header.encoding, bytes: bytes, repetition: repetition,
      definition: definition, valuesStart: offset)
  }

  private func dataPageV2(
    _ header: Header, _ body: [UInt8], at location: SourceLocation
  ) throws(Diagnostic) -> DataPage {
    let (repetition, definition) = (header.repetitionByteCount, header.definitionByteCount)
    guard repetition >= 0, definition >= 0, repetition <= body.count, definition <= body.count - repetition,
      repetition + definition <= header.unpackedByteCount
    else {
      throw damaged(
        location.byte ?? 0, expected: "levels inside the page", found: "\(repetition) and \(definition) bytes")
    }
    let levels = repetition + definition
    // Levels are never packed. Some writers pack nothing at all where there is no value.
    guard header.isPacked, codec != nil, body.count > levels || header.unpackedByteCount > levels else {
      return DataPage(
        valueCount: header.valueCount, encoding: header.encoding, bytes: body, repetition: 0..<repetition,
        definition: repetition..<levels, valuesStart: levels)
    }
    let values = try unpack(body[levels...], to: header.unpackedByteCount - levels, at: location)
    return DataPage(
      valueCount: header.valueCount, encoding: header.encoding, bytes: body[..<levels] + values,
      repetition: 0..<repetition, definition: repetition..<levels, valuesStart: levels)
  }

  private func unpack(
    _ bytes: ArraySlice<UInt8>, to byteCount: Int, at location: SourceLocation
  ) throws(Diagnostic) -> [UInt8] {
    guard let codec else {
      guard bytes.count == byteCount else {
        throw damaged(location.byte ?? 0, expected: "a page of \(byteCount) bytes", found: "\(bytes.count)")
      }
      return Array(bytes)
    }
    if bytes.isEmpty, byteCount == 0 { return [] }
    return try unpacker.unpack(bytes, codec, byteCount: byteCount, at: location)
  }

  private mutating func readHeader() throws(Diagnostic) -> Header {
    var byteCount = Self.usualHeaderByteCount
    while true {
      guard offset < end else { throw damaged(offset, expected: "another page", found: "the end of the column") }
      let room = min(byteCount, end - offset)
      var reader = ThriftReader(try content.read(offset..<offset + room))
      var header = Header()
      do throws(ThriftReader.Fault) {
        try Self.read(&header, &reader)
        offset += reader.offset
        return header
      } catch {
        if case .endOfBytes = error, room == byteCount, byteCount < Self.longestHeader {
          byteCount *= 16
          continue
        }
        throw damaged(offset + reader.offset, expected: "the header of a page", found: "bytes that are none")
      }
    }
  }

  private static func read(_ header: inout Header, _ reader: inout ThriftReader) throws(ThriftReader.Fault) {
    try reader.structure { (id, kind, reader) throws(ThriftReader.Fault) in
      switch (id, kind) {
      case (1, .int32): header.type = try reader.integer()
      case (2, .int32): header.unpackedByteCount = try reader.integer()
      case (3, .int32): header.packedByteCount = try reader.integer()
      case (4, .int32): header.checksum = UInt32(truncatingIfNeeded: try reader.integer())
      case (5, .structure), (7, .structure):
        try reader.structure { (id, kind, reader) throws(ThriftReader.Fault) in
          switch (id, kind) {
          case (1, .int32): header.valueCount = try reader.integer()
          case (2, .int32): header.encoding = try reader.integer()
          case (3, .int32): header.definitionEncoding = try reader.integer()
          case (4, .int32): header.repetitionEncoding = try reader.integer()
          default: return false
          }
          return true
        }
      case (8, .structure):
        try reader.structure { (id, kind, reader) throws(ThriftReader.Fault) in
          switch (id, kind) {
          case (1, .int32): header.valueCount = try reader.integer()
          case (4, .int32): header.encoding = try reader.integer()
          case (5, .int32): header.definitionByteCount = try reader.integer()
          case (6, .int32): header.repetitionByteCount = try reader.integer()
          case (7, .no): header.isPacked = false
          default: return false
          }
          return true
        }
      default: return false
      }
      return true
    }
  }

  private func damaged(_ byte: Int, expected: String, found: String) -> Diagnostic {
    ParquetReader.damaged(
      SourceLocation(path: content.path, byte: byte, group: group), expected: expected, found: found)
  }

  private static func codec(_ number: Int, at location: SourceLocation) throws(Diagnostic) -> BlockCodec? {
    switch number {
    case 0: return nil
    case 1: return .snappy
    case 2: return .gzip
    case 5: return .lz4Hadoop
    case 6: return .zstd
    case 7: return .lz4Raw
    default:
      let name = number == 3 ? "lzo" : number == 4 ? "brotli" : "compression \(number)"
      throw Diagnostic(
        "corpus.unsupported-parquet", "'\(location.path)' is packed with \(name), which is not read", at: location,
        expected: "none, snappy, gzip, lz4 or zstd", found: name, help: "write the file with zstd")
    }
  }
}
