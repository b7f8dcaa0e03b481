import Blocks
import Files
import Shards
import Synchronization

/// Turns finished segments into shards: the rows of all segments, in order, cut by rank into shards of equal count.
///
/// Every shard is made by itself out of the slices that its ranks touch, so shards may be made in any order by any
/// number of threads. Memory: one slice and one record batch for each thread; of sections that are laid out in batches,
/// one shard for each thread, and what `BatchedRows` says.
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
    /// Rows of a batch that must come from different documents; nil where that does not matter.
    var batchSize: Int?
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
  /// By section: the order of its rows where they are laid out in batches.
  private let layouts: [BatchedRows?]

  init(
    segments: [Segment.Index], sections: [Section], sliceBits: Int?, shardByteCount: Int, seed: UInt64,
    outputPath: String, in fileSystem: any FileSystem
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
    var layouts: [BatchedRows?] = []
    for section in sections {
      layouts.append(
        try section.batchSize.map { (size) throws(Diagnostic) in
          try BatchedRows(of: section, in: segments, batchSize: size, seed: seed, fileSystem)
        })
    }
    self.layouts = layouts
  }

  /// How many whole batches a section has; nil where rows are not laid out in batches.
  func batchCount(ofSection index: Int) -> Int? { layouts[index]?.batchCount }

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
      // Never more shards than rows: a shard without rows says nothing. Whole batches stay in one shard, and what is
      // left over goes to the last.
      let layout = layouts[index]
      let unit = layout?.batchSize ?? 1
      let units = layout?.batchCount ?? rows
      let count = max(1, min(units, (bytes + shardByteCount - 1) / shardByteCount))
      for shard in 0..<count {
        let end = shard + 1 == count ? rows : Self.rank(shard + 1, of: count, units) * unit
        let ranks = Self.rank(shard, of: count, units) * unit..<end
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
    if let layout = layouts[task.section] {
      try layout.load(task.ranks, of: section, in: segments, into: &slice, fileSystem)
      for row in 0..<task.ranks.count { try append(row: row, of: slice, to: &batch, &writer) }
      try writer.append(batch, rows: 0..<batch.rowCount)
      return try writer.finish()
    }
    let firstRanks = firstRanks[task.section]
    var next = task.ranks.lowerBound
    // The last part that starts at or before the first rank: one with rows.
    var part = firstRanks.partitioningIndex { $0 > next } - 1
    while next < task.ranks.upperBound {
      let end = min(firstRanks[part + 1], task.ranks.upperBound)
      if end > next {
        try load(part, of: section, into: &slice)
        for rank in next..<end { try append(row: rank - firstRanks[part], of: slice, to: &batch, &writer) }
        next = end
      }
      part += 1
    }
    try writer.append(batch, rows: 0..<batch.rowCount)
    return try writer.finish()
  }

  /// Appends a row to the record batch under way, and writes that when it is full.
  private func append(
    row: Int, of slice: LoadedSlice, to batch: inout ExampleBatch, _ writer: inout ArrowShardWriter
  ) throws(Diagnostic) {
    try slice.append(row: row, to: &batch)
    if batch.rowCount == 1_000 {
      try writer.append(batch, rows: 0..<batch.rowCount)
      batch.removeAll()
    }
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
