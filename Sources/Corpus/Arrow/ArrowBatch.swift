import ArrowIPC
import Blocks
import Files

/// The arrays of one record batch, or of the entries of a dictionary: taken out of its body as they are asked for.
struct ArrowBatch {
  private let table: FlatTableView
  private let body: [UInt8]
  private let path: String
  private let unpacker: BlockUnpacker
  private let limit: Int
  private let nodes: [(count: Int, nullCount: Int)]
  private let buffers: [(offset: Int, byteCount: Int)]
  private let viewCounts: [Int]
  private let codec: BlockCodec?

  init(
    _ table: FlatTableView, _ body: [UInt8], _ path: String, _ unpacker: BlockUnpacker, limit: Int
  ) throws(Diagnostic) {
    self.table = table
    self.body = body
    self.path = path
    self.unpacker = unpacker
    self.limit = limit
    nodes = try table.pairs(ArrowFormat.RecordBatchSlot.nodes).map { (count: $0.0, nullCount: $0.1) }
    buffers = try table.pairs(ArrowFormat.RecordBatchSlot.buffers).map { (offset: $0.0, byteCount: $0.1) }
    viewCounts = try table.integers(ArrowFormat.RecordBatchSlot.viewCounts)
    if let compression = try table.table(ArrowFormat.RecordBatchSlot.compression) {
      guard try compression.uint8(1) == 0 else {
        throw table.unsupported("a compression of another kind", expected: "each buffer packed by itself")
      }
      switch try compression.uint8(0) {
      case 0: codec = .lz4
      case 1: codec = .zstd
      default: throw table.unsupported("an unknown compression", expected: "lz4 or zstd")
      }
    } else {
      codec = nil
    }
  }

  /// The column at the end of a path of fields, with the nulls of all of them.
  func column(_ path: [ArrowField], _ rowCount: Int) throws(Diagnostic) -> ArrowColumn {
    guard let field = path.last else { preconditionFailure("a path names a field") }
    var column = try column(field)
    guard column.count == rowCount else {
      throw table.damaged(expected: "an array of \(rowCount) rows", found: "\(column.count)")
    }
    for structure in path.dropLast() {
      column = column.inside(try buffer(structure.buffer + shift(of: structure), of: structure))
    }
    return column
  }

  private func column(_ field: ArrowField) throws(Diagnostic) -> ArrowColumn {
    guard field.node < nodes.count, nodes[field.node].count >= 0 else {
      throw table.damaged(expected: "an array for each field", found: "\(nodes.count)")
    }
    var parts: [[UInt8]] = []
    for index in 0..<field.bufferCount { parts.append(try buffer(field.buffer + shift(of: field) + index, of: field)) }
    if case .views = field.kind, field.dictionary == nil {
      guard field.viewCount < viewCounts.count, (0...buffers.count).contains(viewCounts[field.viewCount]) else {
        throw table.damaged(expected: "a count of buffers for each field of views", found: "\(viewCounts.count)")
      }
      for index in 0..<viewCounts[field.viewCount] {
        parts.append(try buffer(field.buffer + shift(of: field) + 2 + index, of: field))
      }
    }
    let child = try field.isList ? field.children.first.map { (child) throws(Diagnostic) in try column(child) } : nil
    guard
      let column = ArrowColumn(
        field, count: nodes[field.node].count, buffers: parts, child: child, index: field.dictionary?.index)
    else { throw table.unsupported("a column of \(field.typeName)", expected: "texts, integers or lists of them") }
    return column
  }

  /// Fields of views have buffers that the schema does not count; those of all fields before come first.
  private func shift(of field: ArrowField) -> Int {
    viewCounts.prefix(field.viewCount).reduce(0) { $0 &+ $1 }
  }

  private func buffer(_ index: Int, of field: ArrowField) throws(Diagnostic) -> [UInt8] {
    guard buffers.indices.contains(index) else {
      throw table.damaged(expected: "buffers for the field '\(field.name)'", found: "\(buffers.count)")
    }
    let place = buffers[index]
    guard place.offset >= 0, place.byteCount >= 0, place.offset <= body.count,
      place.byteCount <= body.count - place.offset
    else {
      throw table.damaged(
        expected: "a buffer inside the body of \(body.count) bytes",
        found: "\(place.byteCount) bytes at \(place.offset)")
    }
    let bytes = body[place.offset..<place.offset + place.byteCount]
    guard let codec, !bytes.isEmpty else { return Array(bytes) }
    // The unpacked size stands first; -1 says that packing did not pay.
    guard bytes.count >= 8 else { throw table.damaged(expected: "the size of a buffer", found: "\(bytes.count) bytes") }
    let size = Int(Int64(bitPattern: bits(of: body, at: place.offset * 8, count: 64)))
    if size == -1 { return Array(bytes.dropFirst(8)) }
    guard size >= 0, size <= limit else {
      throw Diagnostic(
        "corpus.page-too-large", "a buffer of '\(path)' is larger than it may be", at: SourceLocation(path: path),
        expected: "at most \(limit) bytes", found: "\(size) bytes", help: "raise `max_buffer_size` if it is one")
    }
    return try unpacker.unpack(bytes.dropFirst(8), codec, byteCount: size, at: SourceLocation(path: path))
  }
}
