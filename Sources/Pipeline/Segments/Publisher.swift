import Blocks
import Files
import Shards
import Synchronization

/// Turns finished segments into shards: the rows of all segments, in order, cut by rank into shards of equal count.
///
/// Every shard is made by itself out of the slices that its ranks touch, so shards may be made in any order by any
/// number of threads. Memory: one slice and one record batch for each thread.
struct Publisher: Sendable {
  /// What is published as one list of shards: one split of one objective.
  struct Section: Sendable {
    /// Position in every segment's list of sections.
    var number: Int
    /// Where its shards go, relative to the dataset: `mlm/train`.
    var folder: String
    var schema: ExampleSchema
    /// What each shard says of itself: its objective, and what it was made by.
    var metadata: [(key: String, value: String)]
  }

  /// One shard to make.
  struct Task: Sendable, Equatable {
    var section: Int
    var shard: Int
    var shardCount: Int
    /// First row and the row behind the last, in the order of the whole section.
    var ranks: Range<Int>
  }

  let segments: [Segment.Index]
  let sections: [Section]
  let shardByteCount: Int
  let outputPath: String
  let fileSystem: any FileSystem
  /// Nil: segment order is row order. Else slices are sorted by order key.
  private let sliceBits: Int?
  /// For each section the number of rows before each part that is loaded at once, and behind the last: a slice of all
  /// segments, or one segment's rows.
  private let firstRanks: [[Int]]

  init(
    segments: [Segment.Index], sections: [Section], sliceBits: Int?, shardByteCount: Int, outputPath: String,
    in fileSystem: any FileSystem
  ) throws(Diagnostic) {
    self.segments = segments
    self.sections = sections
    self.sliceBits = sliceBits
    self.shardByteCount = shardByteCount
    self.outputPath = outputPath
    self.fileSystem = fileSystem
    var firstRanks: [[Int]] = []
    for section in sections {
      if let sliceBits {
        firstRanks.append(try Self.rowsBeforeSlices(of: section, in: segments, count: 1 << sliceBits, fileSystem))
      } else {
        var ranks = [0]
        for segment in segments { ranks.append(ranks[ranks.count - 1] + segment.sections[section.number].rowCount) }
        firstRanks.append(ranks)
      }
    }
    self.firstRanks = firstRanks
  }

  /// The sum over all segments of the rows before each slice and behind the last.
  private static func rowsBeforeSlices(
    of section: Section, in segments: [Segment.Index], count: Int, _ fileSystem: any FileSystem
  ) throws(Diagnostic) -> [Int] {
    var rows = [Int](repeating: 0, count: count + 1)
    for segment in segments where segment.sections[section.number].rowCount > 0 {
      let file = try fileSystem.openForReading(segment.path)
      let places = try segment.sections[section.number].slicePlaces(0...count, in: file)
      for slice in 0...count { rows[slice] += places[slice].rows }
    }
    return rows
  }

  func rowCount(of section: Section) -> Int {
    segments.reduce(0) { $0 + $1.sections[section.number].rowCount }
  }

  /// All shards of all sections. At least one shard a section, even where it has no row, so that every split can be
  /// opened.
  func tasks() -> [Task] {
    var tasks: [Task] = []
    for (index, section) in sections.enumerated() {
      let rows = rowCount(of: section)
      let bytes = segments.reduce(0) { $0 + $1.sections[section.number].byteCount } - rows * Segment.rowHeaderByteCount
      // Never more shards than rows: a shard without rows says nothing.
      let count = max(1, min(rows, (bytes + shardByteCount - 1) / shardByteCount))
      for shard in 0..<count {
        let ranks = Self.rank(shard, of: count, rows)..<Self.rank(shard + 1, of: count, rows)
        tasks.append(Task(section: index, shard: shard, shardCount: count, ranks: ranks))
      }
    }
    return tasks
  }

  /// `shard * rows / count` without overflow: shard sizes differ by at most one (specification 6.6).
  private static func rank(_ shard: Int, of count: Int, _ rows: Int) -> Int {
    let product = rows.multipliedFullWidth(by: shard)
    return count.dividingFullWidth(product).quotient
  }

  /// Writes one shard.
  func publish(_ task: Task) throws(Diagnostic) -> ShardSummary {
    let section = sections[task.section]
    let path = outputPath + "/" + section.folder + "/" + shardFileName(index: task.shard, count: task.shardCount)
    var writer = try ArrowShardWriter(
      path: path, schema: section.schema, metadata: section.metadata, in: fileSystem)
    var batch = ExampleBatch(schema: section.schema)
    var slice = LoadedSlice()
    let firstRanks = firstRanks[task.section]
    var next = task.ranks.lowerBound
    // The last part that starts at or before the first rank: one with rows.
    var part = firstRanks.partitioningIndex { $0 > next } - 1
    while next < task.ranks.upperBound {
      let end = min(firstRanks[part + 1], task.ranks.upperBound)
      if end > next {
        try load(part, of: section, into: &slice)
        for rank in next..<end {
          try slice.append(row: rank - firstRanks[part], to: &batch)
          if batch.rowCount == 1_000 {
            try writer.append(batch, rows: 0..<batch.rowCount)
            batch.removeAll()
          }
        }
        next = end
      }
      part += 1
    }
    try writer.append(batch, rows: 0..<batch.rowCount)
    return try writer.finish()
  }

  /// Loads a slice of all segments, in its order, or all rows of one segment.
  private func load(_ part: Int, of section: Section, into slice: inout LoadedSlice) throws(Diagnostic) {
    slice.removeAll()
    guard sliceBits != nil else {
      let (segment, place) = (segments[part], segments[part].sections[section.number])
      let file = try fileSystem.openForReading(segment.path)
      return try slice.load(from: file, at: place.byteOffset, byteCount: place.byteCount)
    }
    for segment in segments where segment.sections[section.number].rowCount > 0 {
      let place = segment.sections[section.number]
      let file = try fileSystem.openForReading(segment.path)
      let places = try place.slicePlaces(part...part + 1, in: file)
      if places[1].bytes == places[0].bytes { continue }
      try slice.load(
        from: file, at: place.byteOffset + places[0].bytes, byteCount: places[1].bytes - places[0].bytes)
    }
    slice.sort()
  }
}

extension Segment.Section {
  /// How many rows and bytes of the section stand before some slices.
  fileprivate func slicePlaces(
    _ slices: ClosedRange<Int>, in file: any ReadableFile
  ) throws(Diagnostic) -> [(rows: Int, bytes: Int)] {
    let width = Segment.sliceEntryByteCount
    var bytes = [UInt8](repeating: 0, count: slices.count * width)
    let start = byteOffset + byteCount + slices.lowerBound * width
    guard try file.readExactly(into: &bytes, at: start) else { throw LoadedSlice.damaged(file.path) }
    let places = (0..<slices.count).map { index in
      let rows = Int(clamping: bytes.littleEndian(at: index * width, byteCount: 8))
      return (rows: rows, bytes: Int(clamping: bytes.littleEndian(at: index * width + 8, byteCount: 8)))
    }
    let isAscending = zip(places, places.dropFirst()).allSatisfy { $0.rows <= $1.rows && $0.bytes <= $1.bytes }
    guard isAscending, (places.last?.rows ?? 0) <= rowCount, (places.last?.bytes ?? 0) <= byteCount else {
      throw LoadedSlice.damaged(file.path)
    }
    return places
  }
}

extension [Int] {
  /// The first index of an ascending list at which a condition holds that holds from there on.
  fileprivate func partitioningIndex(where isBehind: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The rows of one slice in memory.
private struct LoadedSlice {
  private struct Row {
    var key: UInt64
    var start: Int
    var byteCount: Int
  }

  private var bytes: [UInt8] = []
  private var rows: [Row] = []
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
