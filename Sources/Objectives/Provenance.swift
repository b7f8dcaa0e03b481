internal import Blocks

/// The columns every row carries: where its window came from, and the window's fingerprint.
///
///     doc_id u64, example_index u32, epoch u16, source_start u32, source_length u32, window_hash u64
///     then, for windows over several documents, block_id u64; for documents fitted together, segment_doc_ids u64 and
///     segment_source_starts u32 as lists; for pairs, second_doc_id u64, second_source_start u32
struct Provenance: Sendable {
  /// Position of `doc_id` in the schema; the others follow.
  let firstColumn: Int
  let kind: Windowing.Kind
  /// Whether rows say where each of their segments comes from.
  let listsSegments: Bool

  init(firstColumn: Int, kind: Windowing.Kind, listsSegments: Bool = false) {
    self.firstColumn = firstColumn
    self.kind = kind
    self.listsSegments = listsSegments || kind == .bestFit
  }

  /// Position of the first column that only some windows have, behind `block_id`.
  private var further: Int { firstColumn + (kind.spansDocuments ? 7 : 6) }

  /// The columns in order; `block_id` only for windows over several documents.
  static func columns(_ kind: Windowing.Kind, listsSegments: Bool = false) -> [Column] {
    var columns = [
      Column("doc_id", .uint64, "XXH64 of the text of the document in which the window starts."),
      Column("example_index", .uint32, "Number of the window in its document or block, from 0."),
      Column("epoch", .uint16, "Number of the corruption copy, from 0."),
      Column("source_start", .uint32, "First token of the window in its first document."),
      Column("source_length", .uint32, "Tokens of the window, end-of-document marks included."),
      Column("window_hash", .uint64, "XXH64 of the window's ids before corruption, as little-endian 32-bit words."),
    ]
    if kind.spansDocuments {
      columns.append(Column("block_id", .uint64, "XXH64 of the ids of the block's documents: what keys the draws."))
    }
    if kind == .bestFit || listsSegments {
      columns[5].summary = "XXH64 of the window's ids, its seed made of where its segments come from."
      columns += [
        Column("segment_doc_ids", .uint64, .list, "The document of each segment."),
        Column("segment_source_starts", .uint32, .list, "The first token of each segment in its document."),
      ]
    }
    if kind == .sentencePairs {
      columns[5].summary = "XXH64 of the ids of both texts before corruption, its seed made of how they were paired."
      columns += [
        Column("second_doc_id", .uint64, "XXH64 of the text of the document that the second text comes from."),
        Column("second_source_start", .uint32, "First token of the second text in its document."),
      ]
    }
    return columns
  }

  /// Writes the columns of one row.
  func append(_ window: TokenWindow, to batch: inout ExampleBatch) {
    batch.append(window.documentID, to: firstColumn)
    batch.append(window.exampleIndex, to: firstColumn + 1)
    batch.append(window.epoch, to: firstColumn + 2)
    batch.append(window.sourceStart, to: firstColumn + 3)
    batch.append(window.ids.count, to: firstColumn + 4)
    batch.append(window.fingerprint, to: firstColumn + 5)
    if kind.spansDocuments { batch.append(window.originID, to: firstColumn + 6) }
    if listsSegments {
      for segment in window.segmentDocuments.indices {
        batch.append(window.segmentDocuments[segment], to: further)
        batch.append(window.segmentSources[segment], to: further + 1)
      }
    }
    if kind == .sentencePairs {
      batch.append(window.segmentDocuments[1], to: firstColumn + 6)
      batch.append(window.segmentSources[1], to: firstColumn + 7)
    }
  }

  /// The document in which the row's window starts.
  func documentID(in row: ExampleReader) -> UInt64 { UInt64(bitPattern: row.scalar(firstColumn)) }

  /// The first token of each segment in its document.
  func segmentSources(in row: ExampleReader) -> [Int64] { row.values(further + 1) }

  /// The first token of the row's window in its document.
  func sourceStart(in row: ExampleReader) -> Int { Int(row.scalar(firstColumn + 3)) }

  /// The window with these ids, put back in its place, its fingerprint compared.
  ///
  /// - Parameters:
  ///   - endOfDocument: the token that ends a segment, where windows hold several.
  ///   - pair: where the second of two texts starts, and whether it is out of place.
  ///   - segments: a window with the segments that this one has, and where each comes from.
  ///   - layouts: how the document of each segment was laid out.
  /// - Throws: `verify.source-length`, `verify.window-hash`.
  func window(
    of ids: [UInt32], endOfDocument: UInt32?, sentenceStarts: [Int] = [], pair: (start: Int, label: UInt8)? = nil,
    segments: TokenWindow? = nil, layouts: [DocumentLayout] = [], in row: ExampleReader
  ) throws(Diagnostic) -> TokenWindow {
    var window = TokenWindow()
    window.ids = ids
    window.segmentStarts = [0]
    if kind.spansDocuments, let endOfDocument {
      for index in ids.indices.dropLast() where ids[index] == endOfDocument { window.segmentStarts.append(index + 1) }
    }
    window.sentenceStarts = sentenceStarts
    window.documentID = UInt64(bitPattern: row.scalar(firstColumn))
    window.exampleIndex = UInt32(truncatingIfNeeded: row.scalar(firstColumn + 1))
    window.epoch = UInt16(truncatingIfNeeded: row.scalar(firstColumn + 2))
    window.sourceStart = Int(row.scalar(firstColumn + 3))
    window.originID = kind.spansDocuments ? UInt64(bitPattern: row.scalar(firstColumn + 6)) : window.documentID
    if listsSegments {
      window.segmentDocuments = row.values(further).map { UInt64(bitPattern: $0) }
      window.segmentSources = row.values(further + 1).map { Int($0) }
      guard window.segmentDocuments.count == window.segmentStarts.count,
        window.segmentSources.count == window.segmentStarts.count,
        window.segmentDocuments.first == window.documentID, window.segmentSources.first == window.sourceStart
      else {
        throw row.broken(
          "segments", "the row does not say where each segment comes from",
          expected: "\(window.segmentStarts.count) documents and starts, the first those of the row",
          found: "\(window.segmentDocuments.count) documents, \(window.segmentSources.count) starts")
      }
    }
    if let pair {
      window.segmentStarts.append(pair.start)
      window.pairLabel = pair.label
      window.segmentDocuments = [window.documentID, UInt64(bitPattern: row.scalar(firstColumn + 6))]
      window.segmentSources = [window.sourceStart, Int(row.scalar(firstColumn + 7))]
    }
    if let segments {
      window.segmentStarts = segments.segmentStarts
      window.segmentDocuments = segments.segmentDocuments
      window.segmentSources = segments.segmentSources
    }
    window.segmentLayouts = layouts
    guard row.scalar(firstColumn + 4) == ids.count else {
      throw row.broken(
        "source-length", "source_length is not the length of the restored window",
        expected: "\(ids.count) tokens, as the row restores to", found: "\(row.scalar(firstColumn + 4))")
    }
    let hash = window.fingerprint
    guard row.scalar(firstColumn + 5) == Int64(bitPattern: hash) else {
      throw row.broken(
        "window-hash", "the row does not restore to the window it was made of",
        expected: "window_hash \(Digest.hex(UInt64(bitPattern: row.scalar(firstColumn + 5))))",
        found: "the restored ids hash to \(Digest.hex(hash))",
        help: "an id in this row was changed, moved or lost after it was written")
    }
    return window
  }
}

extension Column {
  /// A scalar column.
  init(_ name: String, _ type: ElementType, _ summary: String) {
    self.init(name, type, .scalar, summary)
  }
}
