import Blocks
import Files
import JSONText

/// One finished block on disk: the rows of every objective and split, sorted, and what was counted on the way.
///
///     "PLSEGM01"
///     section 0: rows, slices    a section is one objective × split (× bin); rows by (order key, row), or by row alone
///     section 1: rows, slices
///     …
///     footer (JSON)              where the sections lie, the block's counts
///     u64 footer length · u64 XXH64 of all bytes before it · "PLSEGEND"
///
///     row     u64 order key · u32 length · the row's bytes (`ExampleBatch.encode`)        little-endian
///     slices  u64 rows · u64 bytes, before each slice and behind the last
///
/// A slice is the part of a section whose keys share their top bits, so that publishing finds any key range of all
/// segments without reading the rest. Their places stay on disk: their number grows with the corpus, and so does that
/// of the segments. Segments live in the work folder only; their layout may change between versions.
enum Segment {
  static let head = Array("PLSEGM01".utf8)
  static let tail = Array("PLSEGEND".utf8)
  static let rowHeaderByteCount = 12
  /// Footer length, checksum, tail mark.
  static let trailerByteCount = 24

  /// Two numbers for each slice, and for the end of the last.
  static let sliceEntryByteCount = 16

  /// Where a section's rows lie; its slices' places stand behind them.
  struct Section: Sendable, Equatable {
    var byteOffset: Int
    var rowCount = 0
    var byteCount = 0
  }

  /// A segment's file and footer.
  struct Index: Sendable {
    var path: String
    var summary: BlockSummary
    var sections: [Section]
    /// XXH64 of what the file holds.
    var checksum: UInt64 = 0
  }

  /// `000012-000345.segment`: the file of block 345 of input file 12.
  static func fileName(file: Int, block: Int) -> String {
    "\(padded(file))-\(padded(block)).segment"
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}

/// Writes a segment; the file appears whole, under its final name, when `finish` returns.
struct SegmentWriter: ~Copyable {
  private let path: String
  private let sliceBits: Int
  private let isSorted: Bool
  private var file: AtomicFile
  private var hash = XXH64()
  private var position = 0
  private var sections: [Segment.Section] = []
  private var buffer: [UInt8] = []
  private var order: [Int] = []

  /// - Parameter sliceBits: rows are sorted by order key and sliced by its top bits; nil keeps their order.
  init(path: String, sliceBits: Int?, in fileSystem: any FileSystem) throws(Diagnostic) {
    file = try AtomicFile(path, in: fileSystem)
    self.path = path
    self.sliceBits = sliceBits ?? 0
    isSorted = sliceBits != nil
    // Sections start behind the head; it goes out with the first rows.
    buffer = Segment.head
  }

  /// Appends the next section: rows of a batch, in their order.
  mutating func append(section batch: borrowing ExampleBatch, rows: some Sequence<Int>) throws(Diagnostic) {
    try flush()
    var section = Segment.Section(byteOffset: position)
    var places: [UInt8] = []
    var nextSlice = 0
    /// Ends the slices before one with the rows so far.
    func endSlices(before slice: Int) {
      while nextSlice <= slice {
        places.append(littleEndian: UInt64(section.rowCount), byteCount: 8)
        places.append(littleEndian: UInt64(section.byteCount), byteCount: 8)
        nextSlice += 1
      }
    }
    order.removeAll(keepingCapacity: true)
    order.append(contentsOf: rows)
    if isSorted {
      let keys = batch.orderKeys
      order.sort { keys[$0] != keys[$1] ? keys[$0] < keys[$1] : $0 < $1 }
    }
    for row in order {
      let key = batch.orderKeys[row]
      let start = buffer.count
      buffer.append(littleEndian: key, byteCount: 8)
      buffer.append(littleEndian: 0, byteCount: 4)
      batch.encode(row: row, into: &buffer)
      let byteCount = buffer.count - start
      let payload = UInt64(byteCount - Segment.rowHeaderByteCount)
      for byte in 0..<4 { buffer[start + 8 + byte] = UInt8(truncatingIfNeeded: payload >> UInt64(8 * byte)) }
      endSlices(before: sliceBits == 0 ? 0 : Int(key >> UInt64(64 - sliceBits)))
      section.rowCount += 1
      section.byteCount += byteCount
      if buffer.count >= 1 << 20 { try flush() }
    }
    try flush()
    endSlices(before: 1 << sliceBits)
    try write(places)
    sections.append(section)
  }

  /// Writes the footer and gives the file its name.
  consuming func finish(_ summary: BlockSummary) throws(Diagnostic) -> Segment.Index {
    try flush()
    var index = Segment.Index(path: path, summary: summary, sections: sections)
    let footer = JSONWriter.bytes(of: index.footer)
    try write(footer)
    var trailer: [UInt8] = []
    trailer.append(littleEndian: UInt64(footer.count), byteCount: 8)
    try write(trailer)
    trailer.removeAll()
    index.checksum = hash.value
    trailer.append(littleEndian: hash.value, byteCount: 8)
    trailer.append(contentsOf: Segment.tail)
    try file.write(trailer)
    // No sync: a segment torn by a power loss fails its checksum and is made again.
    try file.commit(durable: false)
    return index
  }

  private mutating func flush() throws(Diagnostic) {
    try write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private mutating func write(_ bytes: [UInt8]) throws(Diagnostic) {
    hash.update(unsafe bytes.span.bytes)
    position += bytes.count
    try file.write(bytes)
  }
}

extension [UInt8] {
  /// Appends the low bytes of a number, lowest first.
  mutating func append(littleEndian value: UInt64, byteCount: Int) {
    for byte in 0..<byteCount { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
  }

  /// Reads a number of `byteCount` bytes, lowest first.
  func littleEndian(at offset: Int, byteCount: Int) -> UInt64 {
    var value: UInt64 = 0
    for byte in 0..<byteCount { value |= UInt64(self[offset + byte]) << UInt64(8 * byte) }
    return value
  }
}
