import Blocks
import Files

/// The rows of one slice in memory.
struct LoadedSlice {
  struct Row {
    var key: UInt64
    /// Where its bytes start among all that are loaded.
    var start: Int
    var byteCount: Int
  }

  private var bytes: [UInt8] = []
  /// In the order in which they were loaded, until they are sorted.
  private(set) var rows: [Row] = []
  /// The file loaded last, for messages.
  private var path = ""

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
  }

  /// Appends the rows of one segment's piece of the slice.
  mutating func load(from file: any ReadableFile, at offset: Int, byteCount: Int) throws(Diagnostic) {
    let start = bytes.count
    path = file.path
    bytes.append(contentsOf: repeatElement(0, count: byteCount))
    guard try file.readExactly(into: &bytes, from: start, at: offset) else { throw Self.damaged(file.path) }
    var position = start
    while position < bytes.count {
      guard position + Segment.rowHeaderByteCount <= bytes.count else { throw Self.damaged(file.path) }
      let key = bytes.littleEndian(at: position, byteCount: 8)
      let payload = Int(bytes.littleEndian(at: position + 8, byteCount: 4))
      position += Segment.rowHeaderByteCount
      guard position + payload <= bytes.count else { throw Self.damaged(file.path) }
      rows.append(Row(key: key, start: position, byteCount: payload))
      position += payload
    }
  }

  /// Makes room for rows that are loaded one by one.
  mutating func reserve(rows count: Int) {
    removeAll()
    rows = Array(repeating: Row(key: 0, start: 0, byteCount: 0), count: count)
  }

  /// Loads one row, without its header, as the row of that number.
  mutating func load(
    row: Int, key: UInt64, from file: any ReadableFile, at offset: Int, byteCount: Int
  ) throws(Diagnostic) {
    let start = bytes.count
    path = file.path
    bytes.append(contentsOf: repeatElement(0, count: byteCount))
    // Only the row itself: the buffer behind `start` is as long as it is.
    guard try file.readExactly(into: &bytes, from: start, at: offset) else { throw Self.damaged(file.path) }
    rows[row] = Row(key: key, start: start, byteCount: byteCount)
  }

  /// By order key; equal keys stay in corpus order, in which the rows were loaded.
  mutating func sort() {
    rows.sort { $0.key != $1.key ? $0.key < $1.key : $0.start < $1.start }
  }

  func append(row: Int, to batch: inout ExampleBatch) throws(Diagnostic) {
    guard rows.indices.contains(row) else { throw Self.damaged(path) }
    let row = rows[row]
    try batch.decode(row: bytes.span.extracting(row.start..<row.start + row.byteCount), orderKey: row.key)
  }

  static func damaged(_ path: String) -> Diagnostic {
    Diagnostic(
      "build.damaged-segment", "a segment changed while it was published", at: SourceLocation(path: path),
      help: "something else writes to the work folder: build again with --fresh")
  }
}
