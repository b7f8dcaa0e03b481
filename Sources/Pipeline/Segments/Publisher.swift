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

  /// A run of consecutive ranks that is loaded at once.
  private struct RankedSlice {
    var firstRank: Int
    var rowCount: Int
    /// Segment, offset, length: in segment order.
    var pieces: [(segment: Int, offset: Int, byteCount: Int)]
  }

  let segments: [Segment.Index]
  let sections: [Section]
  /// True: slices are sorted by order key. False: segment order is row order.
  let isSorted: Bool
  let shardByteCount: Int
  let outputPath: String
  let fileSystem: any FileSystem

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
      let count = max(1, (bytes + shardByteCount - 1) / shardByteCount)
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
    for ranked in rankedSlices(of: section) {
      let ranks =
        max(
          ranked.firstRank, task.ranks.lowerBound)..<max(
          max(ranked.firstRank, task.ranks.lowerBound), min(ranked.firstRank + ranked.rowCount, task.ranks.upperBound))
      if ranks.isEmpty { continue }
      slice.removeAll()
      for piece in ranked.pieces where piece.byteCount > 0 {
        let file = try fileSystem.openForReading(segments[piece.segment].path)
        try slice.load(from: file, at: piece.offset, byteCount: piece.byteCount)
      }
      if isSorted { slice.sort() }
      for rank in ranks {
        try slice.append(row: rank - ranked.firstRank, to: &batch)
        if batch.rowCount == 1_000 {
          try writer.append(batch, rows: 0..<batch.rowCount)
          batch.removeAll()
        }
      }
    }
    try writer.append(batch, rows: 0..<batch.rowCount)
    return try writer.finish()
  }

  private func rankedSlices(of section: Section) -> [RankedSlice] {
    var slices: [RankedSlice] = []
    if isSorted {
      let count = segments.first?.sections[section.number].slices.count ?? 0
      slices = Array(repeating: RankedSlice(firstRank: 0, rowCount: 0, pieces: []), count: count)
    }
    for (number, segment) in segments.enumerated() {
      let part = segment.sections[section.number]
      var offset = part.byteOffset
      if !isSorted {
        slices.append(
          RankedSlice(firstRank: 0, rowCount: part.rowCount, pieces: [(number, offset, part.byteCount)]))
        continue
      }
      for (index, slice) in part.slices.enumerated() {
        slices[index].rowCount += slice.rowCount
        slices[index].pieces.append((number, offset, slice.byteCount))
        offset += slice.byteCount
      }
    }
    var rank = 0
    for index in slices.indices {
      slices[index].firstRank = rank
      rank += slices[index].rowCount
    }
    return slices
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

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
  }

  /// Appends the rows of one segment's piece of the slice.
  mutating func load(from file: any ReadableFile, at offset: Int, byteCount: Int) throws(Diagnostic) {
    let start = bytes.count
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
    let row = rows[row]
    try batch.decode(row: bytes.span.extracting(row.start..<row.start + row.byteCount), orderKey: row.key)
  }

  private static func damaged(_ path: String) -> Diagnostic {
    Diagnostic(
      "build.damaged-segment", "a segment changed while it was published", at: SourceLocation(path: path),
      help: "something else writes to the work folder: build again with --fresh")
  }
}
