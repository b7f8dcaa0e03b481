import ArrowIPC
import Blocks
import Files

/// Where one record batch stands in its file, with every place checked against the file's bounds.
struct ArrowRecordBatch {
  /// One column of the batch.
  struct Place {
    var values: StoredBuffer
    var valueCount: Int
    /// The 32-bit offsets, for lists of at least one row.
    var offsets: StoredBuffer?
  }

  /// Where a buffer's bytes stand in the file.
  struct StoredBuffer {
    var range: Range<Int>
    /// Bytes once unpacked; nil when the file holds them as they are.
    var unpackedByteCount: Int?
  }

  var firstRow: Int
  var rowCount: Int
  /// From the message's first byte to the last of its body.
  var byteRange: Range<Int>
  /// One for each column.
  var places: [Place]
}

/// What an Arrow stream says of itself, read from its metadata alone: no value is touched.
struct ArrowDirectory {
  var schema = ExampleSchema([])
  var metadata: [(key: String, value: String)] = []
  var recordBatches: [ArrowRecordBatch] = []
  var rowCount = 0

  /// Walks over all messages of a stream.
  init(of bytes: UnsafeRawBufferPointer, path: String) throws(Diagnostic) {
    var walk = unsafe MessageWalk(bytes: bytes, path: path)
    guard let first = try walk.next() else { throw walk.truncated("a schema") }
    guard try first.table.uint8(ArrowFormat.MessageSlot.headerType) == ArrowFormat.Header.schema,
      let table = try first.table.table(ArrowFormat.MessageSlot.header), first.body.isEmpty
    else { throw first.table.damaged(expected: "a schema as the first message", found: "something else") }
    (schema, metadata) = try ArrowSchema.read(table)
    while let message = try walk.next() {
      guard try message.table.uint8(ArrowFormat.MessageSlot.headerType) == ArrowFormat.Header.recordBatch,
        let table = try message.table.table(ArrowFormat.MessageSlot.header)
      else { throw message.table.unsupported("a message of another kind", expected: "record batches") }
      let batch = unsafe try recordBatch(table, body: message.body, byteRange: message.byteRange, of: bytes)
      let (sum, overflow) = rowCount.addingReportingOverflow(batch.rowCount)
      guard !overflow else { throw table.damaged(expected: "row counts that add up", found: "\(batch.rowCount)") }
      rowCount = sum
      recordBatches.append(batch)
    }
  }

  private func recordBatch(
    _ table: FlatTableView, body: Range<Int>, byteRange: Range<Int>, of bytes: UnsafeRawBufferPointer
  ) throws(Diagnostic) -> ArrowRecordBatch {
    let compression = try table.table(ArrowFormat.RecordBatchSlot.compression)
    if let compression {
      guard try compression.uint8(ArrowFormat.Compression.codecSlot) == ArrowFormat.Compression.zstd,
        try compression.uint8(ArrowFormat.Compression.methodSlot) == ArrowFormat.Compression.buffer
      else { throw table.unsupported("record batches packed otherwise than with zstd", expected: "zstd, or none") }
    }
    let rows = try table.int64(ArrowFormat.RecordBatchSlot.length)
    guard rows >= 0 else { throw table.damaged(expected: "a number of rows", found: "\(rows)") }
    var cursor = unsafe BufferCursor(
      table: table, body: body, bytes: bytes, isPacked: compression != nil,
      nodes: try table.pairs(ArrowFormat.RecordBatchSlot.nodes),
      buffers: try table.pairs(ArrowFormat.RecordBatchSlot.buffers))
    var batch = ArrowRecordBatch(firstRow: rowCount, rowCount: rows, byteRange: byteRange, places: [])
    for column in schema.columns {
      try cursor.takeNode(count: rows)
      var valueCount = rows
      var offsets: ArrowRecordBatch.StoredBuffer?
      switch column.shape {
      case .scalar: break
      case .list:
        offsets = try cursor.takeOffsets(rowCount: rows)
        valueCount = try cursor.takeNode(count: nil)
      case .fixed(let dimensions):
        for length in dimensions {
          let (product, overflow) = valueCount.multipliedReportingOverflow(by: length)
          guard !overflow else { throw table.damaged(expected: "a number of values", found: "\(rows) rows") }
          valueCount = try cursor.takeNode(count: product)
        }
      }
      let values = try cursor.takeBuffer(elementCount: valueCount, byteWidth: column.type.byteWidth)
      batch.places.append(.init(values: values, valueCount: valueCount, offsets: offsets))
    }
    try cursor.finish()
    return batch
  }
}

/// Goes through the nodes and buffers of a record batch in the order in which its columns take them.
///
/// `@safe`: loads are checked against the body, which is inside the bytes that whoever makes the cursor lends.
@safe
private struct BufferCursor {
  let table: FlatTableView
  let body: Range<Int>
  let bytes: UnsafeRawBufferPointer
  let isPacked: Bool
  let nodes: [(count: Int, nullCount: Int)]
  let buffers: [(offset: Int, byteCount: Int)]
  var nextNode = 0
  var nextBuffer = 0

  init(
    table: FlatTableView, body: Range<Int>, bytes: UnsafeRawBufferPointer, isPacked: Bool, nodes: [(Int, Int)],
    buffers: [(Int, Int)]
  ) {
    self.table = table
    self.body = body
    unsafe self.bytes = bytes
    self.isPacked = isPacked
    self.nodes = nodes.map { (count: $0.0, nullCount: $0.1) }
    self.buffers = buffers.map { (offset: $0.0, byteCount: $0.1) }
  }

  /// The length of the next array, which must have no nulls; its validity bitmap is passed over.
  @discardableResult
  mutating func takeNode(count: Int?) throws(Diagnostic) -> Int {
    guard nextNode < nodes.count else { throw table.damaged(expected: "more array lengths", found: "\(nodes.count)") }
    let node = nodes[nextNode]
    nextNode += 1
    guard node.count >= 0, node.count == count ?? node.count else {
      throw table.damaged(expected: "an array of \(count ?? 0) values", found: "\(node.count)")
    }
    guard node.nullCount == 0 else { throw table.unsupported("\(node.nullCount) nulls", expected: "no nulls") }
    try takeBuffer(elementCount: 0, byteWidth: 1)
    return node.count
  }

  /// Where the 32-bit offsets of a list column start; nil for no rows, for which some writers leave them out.
  mutating func takeOffsets(rowCount: Int) throws(Diagnostic) -> ArrowRecordBatch.StoredBuffer? {
    guard rowCount < Int.max else { throw table.damaged(expected: "a number of rows", found: "\(rowCount)") }
    let offsets = try takeBuffer(elementCount: rowCount == 0 ? 0 : rowCount + 1, byteWidth: 4)
    return rowCount == 0 ? nil : offsets
  }

  /// Where the next buffer stands in the file, with room for at least so many elements.
  @discardableResult
  mutating func takeBuffer(
    elementCount: Int, byteWidth: Int
  ) throws(Diagnostic) -> ArrowRecordBatch.StoredBuffer {
    guard nextBuffer < buffers.count else { throw table.damaged(expected: "more buffers", found: "\(buffers.count)") }
    let buffer = buffers[nextBuffer]
    nextBuffer += 1
    guard buffer.offset >= 0, buffer.offset % 8 == 0, buffer.byteCount >= 0, buffer.offset <= body.count,
      buffer.byteCount <= body.count - buffer.offset
    else {
      throw table.damaged(
        expected: "a buffer inside the body of \(body.count) bytes, at a multiple of 8",
        found: "\(buffer.byteCount) bytes at \(buffer.offset)")
    }
    let start = body.lowerBound + buffer.offset
    var stored = ArrowRecordBatch.StoredBuffer(range: start..<start + buffer.byteCount)
    if isPacked, buffer.byteCount > 0 { try takePrefix(of: &stored) }
    guard elementCount <= (stored.unpackedByteCount ?? stored.range.count) / byteWidth else {
      throw table.damaged(
        expected: "a buffer of \(elementCount) values of \(byteWidth) bytes",
        found: "\(stored.unpackedByteCount ?? stored.range.count) bytes")
    }
    return stored
  }

  /// Reads the length in front of a packed buffer.
  private func takePrefix(of buffer: inout ArrowRecordBatch.StoredBuffer) throws(Diagnostic) {
    let width = ArrowFormat.Compression.prefixByteCount
    let packed = buffer.range.count - width
    guard packed >= 0 else {
      throw table.damaged(expected: "a length of 8 bytes", found: "\(buffer.range.count) bytes")
    }
    let bits = unsafe bytes.loadUnaligned(fromByteOffset: buffer.range.lowerBound, as: Int64.self)
    let length = Int(Int64(littleEndian: bits))
    buffer.range = buffer.range.lowerBound + width..<buffer.range.upperBound
    if length == ArrowFormat.Compression.stored { return }
    // A block of zstd takes at least 4 bytes and gives at most 128 KiB: so no file asks for more memory than this.
    guard length >= 0, length >> 15 <= packed else {
      throw table.damaged(expected: "a length that \(packed) packed bytes can have", found: "\(length)")
    }
    buffer.unpackedByteCount = length
  }

  func finish() throws(Diagnostic) {
    guard nextNode == nodes.count, nextBuffer == buffers.count else {
      throw table.damaged(
        expected: "\(nextNode) arrays in \(nextBuffer) buffers", found: "\(nodes.count) in \(buffers.count)")
    }
  }
}

/// The messages of a stream, one after the other, up to its end mark, which must end the file.
///
/// `@safe`: every load is checked against the count of the bytes, which whoever makes the walk lends for its length.
@safe
private struct MessageWalk {
  struct Message {
    var table: FlatTableView
    /// In bytes of the file.
    var body: Range<Int>
    var byteRange: Range<Int>
  }

  let bytes: UnsafeRawBufferPointer
  let path: String
  var position = 0

  init(bytes: UnsafeRawBufferPointer, path: String) {
    unsafe self.bytes = bytes
    self.path = path
  }

  mutating func next() throws(Diagnostic) -> Message? {
    let start = position
    guard let mark = word(at: start) else { throw truncated("the next message, or the end of the stream") }
    guard mark == ArrowFormat.continuation else {
      throw Diagnostic(
        start == 0 ? "shards.not-arrow" : "shards.damaged-metadata",
        start == 0 ? "\(path) is not an Arrow stream" : "\(path) has no message where one should start",
        at: SourceLocation(path: path, byte: start), expected: "the bytes FF FF FF FF",
        found: hexadecimalBytes(mark),
        help: start == 0 ? "shards are files like data-00000-of-00016.arrow" : ShardReader.damageHelp)
    }
    guard let size = word(at: start + 4) else { throw truncated("the size of a message") }
    if size == 0 {
      guard unsafe start + 8 == bytes.count else {
        throw unsafe Diagnostic(
          "shards.trailing-bytes", "\(path) goes on behind the end of its stream",
          at: SourceLocation(path: path, byte: start + 8), expected: "the end of the file",
          found: "\(bytes.count - start - 8) more bytes", help: ShardReader.damageHelp)
      }
      return nil
    }
    guard size % 8 == 0, unsafe Int(size) <= bytes.count - start - 8 else {
      if size % 8 == 0 { throw truncated("\(size) bytes of metadata") }
      throw damaged(at: start + 4, expected: "a size of metadata, a multiple of 8", found: "\(size)")
    }
    let metadata = start + 8..<start + 8 + Int(size)
    let buffer = unsafe FlatBuffer(
      bytes: Array(bytes[metadata]), path: path, fileOffset: metadata.lowerBound, area: ShardReader.area)
    let table = try buffer.root()
    guard try table.int16(ArrowFormat.MessageSlot.version) >= ArrowFormat.oldestVersion else {
      throw table.unsupported("a metadata version before V4", expected: "V4 or V5")
    }
    let bodyByteCount = try table.int64(ArrowFormat.MessageSlot.bodyLength)
    guard bodyByteCount >= 0, bodyByteCount % 8 == 0 else {
      throw table.damaged(expected: "a body of a multiple of 8 bytes", found: "\(bodyByteCount)")
    }
    guard unsafe bodyByteCount <= bytes.count - metadata.upperBound else {
      throw truncated("a body of \(bodyByteCount) bytes")
    }
    position = metadata.upperBound + bodyByteCount
    return Message(table: table, body: metadata.upperBound..<position, byteRange: start..<position)
  }

  /// Four bytes, little-endian; nil behind the end.
  private func word(at offset: Int) -> UInt32? {
    guard unsafe offset <= bytes.count - 4 else { return nil }
    return unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  func truncated(_ expected: String) -> Diagnostic {
    unsafe Diagnostic(
      "shards.truncated", "\(path) ends before its stream does", at: SourceLocation(path: path, byte: bytes.count),
      expected: expected, found: "end of file", help: ShardReader.damageHelp)
  }

  private func damaged(at offset: Int, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      "shards.damaged-metadata", "the metadata of \(path) is damaged",
      at: SourceLocation(path: path, byte: offset), expected: expected, found: found, help: ShardReader.damageHelp)
  }
}

/// The four bytes of a word in the order of the file: `50 4B 03 04`.
private func hexadecimalBytes(_ word: UInt32) -> String {
  [0, 8, 16, 24].map { shift in
    let digits = String(UInt8(truncatingIfNeeded: word >> shift), radix: 16, uppercase: true)
    return digits.utf8.count == 1 ? "0" + digits : digits
  }.joined(separator: " ")
}
