import Blocks
import Files

/// Rows of a section in memory.
struct LoadedSlice {
  struct Row {
    var key: UInt64
    /// Where its bytes start among all that are loaded.
    var start: Int
    var byteCount: UInt32
    /// Which segment it came from.
    var segment: Int32
  }

  private var bytes: [UInt8] = []
  /// In the order in which they were loaded, until they are sorted.
  private(set) var rows: [Row] = []
  /// The file loaded last, for messages.
  private var path = ""

  /// Bytes that the rows take in memory.
  var byteCount: Int { bytes.count + rows.count * MemoryLayout<Row>.stride }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
  }

  /// Appends rows of one segment as long as their keys are not above a bound.
  ///
  /// - Parameters:
  ///   - range: where whole rows, ascending by key, lie in the file.
  ///   - longestRead: how much is read at once; more only where one row needs it.
  /// - Returns: bytes of the file that were taken, and whether a row above the bound came up.
  mutating func load(
    from file: any ReadableFile, _ range: Range<Int>, segment: Int, keysUpTo bound: UInt64 = .max,
    longestRead: Int = .max
  ) throws(Diagnostic) -> (byteCount: Int, isBeyond: Bool) {
    path = file.path
    let start = bytes.count
    var room = min(range.count, longestRead)
    while true {
      bytes.append(contentsOf: repeatElement(0, count: start + room - bytes.count))
      guard try file.readExactly(into: &bytes, from: start, at: range.lowerBound) else {
        throw Self.damaged(file.path)
      }
      let (end, isBeyond, missing) = parse(from: start, segment: segment, keysUpTo: bound)
      if end > start || isBeyond {
        bytes.removeLast(bytes.count - end)
        return (end - start, isBeyond)
      }
      guard room < range.count else { throw Self.damaged(file.path) }
      room = min(range.count, room + missing)
    }
  }

  /// Finds the rows in the bytes from a position on.
  ///
  /// - Returns: where the last whole row ends; whether a row above the bound follows; how many bytes the row behind
  ///   lacks.
  private mutating func parse(
    from start: Int, segment: Int, keysUpTo bound: UInt64
  ) -> (end: Int, isBeyond: Bool, missing: Int) {
    var position = start
    while position < bytes.count {
      let payloadStart = position + Segment.rowHeaderByteCount
      guard payloadStart <= bytes.count else { return (position, false, payloadStart - bytes.count) }
      let key = bytes.littleEndian(at: position, byteCount: 8)
      if key > bound { return (position, true, 0) }
      let payload = Int(bytes.littleEndian(at: position + 8, byteCount: 4))
      guard payloadStart + payload <= bytes.count else {
        return (position, false, payloadStart + payload - bytes.count)
      }
      rows.append(
        Row(key: key, start: payloadStart, byteCount: UInt32(payload), segment: Int32(truncatingIfNeeded: segment)))
      position = payloadStart + payload
    }
    return (position, false, 0)
  }

  /// Forgets rows whose keys are above a bound.
  ///
  /// - Parameter forgotten: called for each with its segment and the bytes that it has in the file.
  mutating func drop(keysAbove bound: UInt64, _ forgotten: (_ segment: Int, _ byteCount: Int) -> Void) {
    var kept = 0
    var position = 0
    unsafe bytes.withUnsafeMutableBytes { bytes in
      for row in rows {
        let count = Int(row.byteCount)
        guard row.key <= bound else {
          forgotten(Int(row.segment), count + Segment.rowHeaderByteCount)
          continue
        }
        let source = unsafe UnsafeRawBufferPointer(rebasing: bytes[row.start..<row.start + count])
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[position...]).copyMemory(from: source)
        rows[kept] = row
        rows[kept].start = position
        kept += 1
        position += count
      }
    }
    rows.removeLast(rows.count - kept)
    bytes.removeLast(bytes.count - position)
  }

  /// Makes room for rows that are loaded one by one.
  mutating func reserve(rows count: Int) {
    removeAll()
    rows = Array(repeating: Row(key: 0, start: 0, byteCount: 0, segment: 0), count: count)
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
    rows[row] = Row(key: key, start: start, byteCount: UInt32(byteCount), segment: 0)
  }

  /// By order key; equal keys stay in corpus order, in which the rows were loaded.
  mutating func sort() {
    rows.sort { $0.key != $1.key ? $0.key < $1.key : $0.start < $1.start }
  }

  func append(row: Int, to batch: inout ExampleBatch) throws(Diagnostic) {
    guard rows.indices.contains(row) else { throw Self.damaged(path) }
    let row = rows[row]
    try batch.decode(row: bytes.span.extracting(row.start..<row.start + Int(row.byteCount)), orderKey: row.key)
  }

  static func damaged(_ path: String) -> Diagnostic {
    Diagnostic(
      "build.damaged-segment", "a segment changed while it was published", at: SourceLocation(path: path),
      help: "something else writes to the work folder: run the same command again")
  }
}
