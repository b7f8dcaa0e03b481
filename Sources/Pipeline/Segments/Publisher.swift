import Blocks
import Files
import Shards
import Synchronization

/// Turns finished segments into shards: the rows of all segments, in order, cut by rank into shards of equal count.
///
/// Every shard is made by itself out of the slices that its ranks touch, so shards may be made in any order by any
/// number of threads, processes and machines.
///
/// - Memory: for each thread `pieceByteCount` and one record batch; of sections that are laid out in batches, one shard
///   for each thread, and what `BatchedRows` says.
struct Publisher: Sendable {
  /// What is published as one list of shards: one split of one objective, or one bin of it.
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
  let outputPath: String
  let fileSystem: any FileSystem
  private let sharding: Recipe.Sharding
  private let compression: ShardCompression
  /// Nil: segment order is row order. Else slices are sorted by order key.
  private let sliceBits: Int?
  /// Memory for the rows that one thread has at hand.
  private let pieceByteCount: Int
  /// For each section the number of rows before each part that is loaded at once, and behind the last: a slice of all
  /// segments, or one segment's rows.
  private let firstRanks: [[Int]]
  /// By section: the order of its rows where they are laid out in batches.
  private let layouts: [BatchedRows?]

  init(
    segments: [Segment.Index], sections: [Section], sliceBits: Int?, recipe: Recipe, pieceByteCount: Int,
    in fileSystem: any FileSystem
  ) throws(Diagnostic) {
    self.segments = segments
    self.sections = sections
    self.sliceBits = sliceBits
    self.pieceByteCount = pieceByteCount
    sharding = recipe.sharding
    compression = recipe.compression
    outputPath = recipe.outputPath
    self.fileSystem = fileSystem
    let seed = recipe.seed
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
      let wanted =
        switch sharding {
        case .bytes(let limit): (bytes + limit - 1) / limit
        case .rows(let limit): (units + max(1, limit / unit) - 1) / max(1, limit / unit)
        case .count(let count): count
        }
      let count = max(1, min(units, wanted))
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

  /// Where a shard goes, from the dataset's folder on.
  func path(of task: Task) -> String {
    sections[task.section].folder + "/" + shardFileName(index: task.shard, count: task.shardCount)
  }

  /// Writes one shard.
  func publish(_ task: Task) throws(Diagnostic) -> ShardSummary {
    let section = sections[task.section]
    var writer = try ArrowShardWriter(
      path: outputPath + "/" + path(of: task), schema: section.schema, metadata: section.metadata,
      compression: compression, in: fileSystem)
    var batch = ExampleBatch(schema: section.schema)
    var slice = LoadedSlice()
    if let layout = layouts[task.section] {
      try layout.load(task.ranks, of: section, in: segments, into: &slice, fileSystem)
      for row in 0..<task.ranks.count { try append(row: row, of: slice, to: &batch, &writer) }
      try writer.append(batch, rows: 0..<batch.rowCount)
      return try writer.finish()
    }
    let firstRanks = firstRanks[task.section]
    // The last part that starts at or before the first rank: one with rows.
    var part = firstRanks.partitioningIndex { $0 > task.ranks.lowerBound } - 1
    var rank = task.ranks.isEmpty ? task.ranks.upperBound : firstRanks[part]
    while rank < task.ranks.upperBound {
      var pieces = try pieces(of: part, of: section)
      while rank < task.ranks.upperBound, try pieces.next(into: &slice) {
        let ours = task.ranks.clamped(to: rank..<rank + slice.rows.count)
        for row in ours { try append(row: row - rank, of: slice, to: &batch, &writer) }
        rank += slice.rows.count
      }
      part += 1
      guard rank >= min(firstRanks[part], task.ranks.upperBound) else { throw LoadedSlice.damaged(outputPath) }
    }
    try writer.append(batch, rows: 0..<batch.rowCount)
    return try writer.finish()
  }

  /// Appends a row to the rows under way, and hands those on when they are many.
  private func append(
    row: Int, of slice: LoadedSlice, to batch: inout ExampleBatch, _ writer: inout ArrowShardWriter
  ) throws(Diagnostic) {
    try slice.append(row: row, to: &batch)
    if batch.rowCount == 1_000 || batch.buffers.contains(where: { $0.bytes.count > 1 << 22 }) {
      try writer.append(batch, rows: 0..<batch.rowCount)
      batch.removeAll()
    }
  }

  /// A slice of all segments, in its order, or all rows of one segment.
  private func pieces(of part: Int, of section: Section) throws(Diagnostic) -> SortedPieces {
    guard let sliceBits else {
      let place = segments[part].sections[section.number]
      let rows = place.byteOffset..<place.byteOffset + place.byteCount
      return SortedPieces(of: [rows], in: [segments[part]], keys: nil, budget: pieceByteCount, fileSystem)
    }
    var ranges: [Range<Int>] = []
    for segment in segments {
      let place = segment.sections[section.number]
      guard place.rowCount > 0 else {
        ranges.append(0..<0)
        continue
      }
      let file = try fileSystem.openForReading(segment.path)
      let places = try place.slicePlaces(part...part + 1, in: file)
      ranges.append(place.byteOffset + places[0].bytes..<place.byteOffset + places[1].bytes)
    }
    let width = sliceBits == 0 ? 0 : UInt64(1) << UInt64(64 - sliceBits)
    let first = UInt64(part) &* width
    return SortedPieces(
      of: ranges, in: segments, keys: first...(first &+ width &- 1), budget: pieceByteCount, fileSystem)
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
