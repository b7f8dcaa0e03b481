import Blocks
import Files
import Objectives

/// The order in which a section's rows are published so that no batch has two rows of one document.
///
/// Documents are told by their `doc_id`, so that exact duplicates count as one. Rows that fill no batch, and those of
/// documents with more rows than there are batches, stand behind the last batch, by their order keys.
///
/// The order depends on the rows alone, in the order of blocks: so not on threads, parts or slices.
///
/// - Memory: about 80 bytes for each row of the section.
struct BatchedRows: Sendable {
  /// Where a row lies.
  private struct Place {
    var segment: Int32
    var byteCount: Int32
    /// In the segment's file, behind the row's header.
    var offset: Int
    var key: UInt64
  }

  let batchSize: Int
  let batchCount: Int
  /// In the order of publishing.
  private let places: [Place]

  init(
    of section: Publisher.Section, in segments: [Segment.Index], batchSize: Int, seed: UInt64,
    _ fileSystem: any FileSystem
  ) throws(Diagnostic) {
    self.batchSize = batchSize
    let column = section.schema.index(of: "doc_id")
    var found: [Place] = []
    var documents: [UInt64] = []
    var slice = LoadedSlice()
    var batch = ExampleBatch(schema: section.schema)
    for (number, segment) in segments.enumerated() where segment.sections[section.number].rowCount > 0 {
      let stored = segment.sections[section.number]
      slice.removeAll()
      let rows = stored.byteOffset..<stored.byteOffset + stored.byteCount
      let (byteCount, _) = try slice.load(
        from: try fileSystem.openForReading(segment.path), rows, segment: number)
      guard byteCount == stored.byteCount else { throw LoadedSlice.damaged(segment.path) }
      for (index, row) in slice.rows.enumerated() {
        found.append(
          Place(
            segment: Int32(number), byteCount: Int32(truncatingIfNeeded: row.byteCount),
            offset: stored.byteOffset + row.start,
            key: row.key))
        batch.removeAll()
        try slice.append(row: index, to: &batch)
        documents.append(batch.buffers[column].bytes.littleEndian(at: 0, byteCount: 8))
      }
    }

    // The rows of each document, documents by their ids.
    let order = found.indices.sorted { (documents[$0], $0) < (documents[$1], $1) }
    var firsts: [Int] = []
    for (place, row) in order.enumerated() where place == 0 || documents[row] != documents[order[place - 1]] {
      firsts.append(place)
    }
    let ends = firsts.dropFirst() + [order.count]
    let layout = BatchLayout(
      pairCounts: zip(firsts, ends).map { $1 - $0 }, batchSize: batchSize, seed: seed, epoch: 0)
    batchCount = layout.batchCount
    let batched = layout.pairs.map { order[firsts[$0.document] + $0.number] }
    var isBatched = Array(repeating: false, count: found.count)
    for row in batched { isBatched[row] = true }
    let rest = found.indices.filter { !isBatched[$0] }.sorted { (found[$0].key, $0) < (found[$1].key, $1) }
    places = (batched + rest).map { found[$0] }
  }

  /// Loads the rows of some ranks, in their order. Each segment is read once, from front to back.
  func load(
    _ ranks: Range<Int>, of section: Publisher.Section, in segments: [Segment.Index], into slice: inout LoadedSlice,
    _ fileSystem: any FileSystem
  ) throws(Diagnostic) {
    let order = ranks.sorted {
      (places[$0].segment, places[$0].offset) < (places[$1].segment, places[$1].offset)
    }
    slice.reserve(rows: ranks.count)
    var next = 0
    while next < order.count {
      let segment = places[order[next]].segment
      let file = try fileSystem.openForReading(segments[Int(segment)].path)
      while next < order.count, places[order[next]].segment == segment {
        let place = places[order[next]]
        try slice.load(
          row: order[next] - ranks.lowerBound, key: place.key, from: file, at: place.offset,
          byteCount: Int(place.byteCount))
        next += 1
      }
    }
  }
}
