public import Blocks

/// Predicts each token from those before it.
///
/// - Source: Radford et al. 2019; packing and resets as in Megatron-LM's `gpt_dataset`, labels as in Hugging Face.
/// - Input: a window of documents with their `eod`s, n ≥ 2.
/// - Columns: dense: `input_ids` [L], `labels` [L], `position_ids` [L], `attention_mask` u8 [L], `cu_seqlens` i32 list;
///   compact: `input_ids` and `cu_seqlens` as lists.
/// - Labels are not shifted: `labels[t]` is `input_ids[t]`, or -100 at pads and, with `reset`, at segment starts.
/// - Randomness: none.
/// - Guarantees: an `eod` belongs to the document before it and is always predicted; concatenated windows give the
///   stream.
/// - Drops: `window_too_short` (n < 2), `nothing_to_predict` (every segment is one token long).
/// - Cost: O(n); no allocation after the first example.
public struct CausalLM: Objective {
  public static let name = "clm"
  public static let summary = "Predicts each token from those before it (GPT)."
  public static let settings = [
    CommonSettings.length(256, "Tokens of a row, end-of-document tokens included."),
    CommonSettings.windowing(.packed),
    Setting(
      "reset", .flag, default: .flag(true),
      "Start positions and attention anew behind each document's end, and ask for no prediction across it."),
    Setting(
      "overlap_one", .flag, default: .flag(false),
      "Let windows overlap by one token, so that every token but a stream's first is predicted once."),
    CommonSettings.layout,
    CommonSettings.tail,
  ]

  public let drawNumber: UInt32 = 2
  public let schema: ExampleSchema
  public let windowing: Windowing

  let length: Int
  let resets: Bool
  let layout: Layout
  let endOfDocument: UInt32
  let pad: UInt32
  let table: IDTable
  let unknown: UInt32?
  let provenance: Provenance

  enum ColumnIndex {
    static let inputIDs = 0
    static let labels = 1, positionIDs = 2, attentionMask = 3
  }

  /// Position of `cu_seqlens`, the last column before the provenance.
  var segmentsColumn: Int { layout == .dense ? 4 : 1 }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    length = settings.integer("length")
    resets = settings.flag("reset")
    layout = settings.layout
    table = try IDTable(vocabulary, for: Self.name)
    endOfDocument = try vocabulary.require(.eod, for: Self.name)
    // Padding is told by its place, never by its id, so the end-of-document token may serve.
    pad = vocabulary.ids[.pad] ?? endOfDocument
    unknown = vocabulary.ids[.unk]
    let kind = settings.windowingKind
    windowing = Windowing(
      kind: kind, length: length, overlap: settings.flag("overlap_one") ? 1 : 0, endOfDocument: endOfDocument,
      tail: try settings.tail(in: layout))
    let columns = Self.columns(layout, length: length, vocabulary: vocabulary)
    provenance = Provenance(firstColumn: columns.count, kind: kind)
    schema = ExampleSchema(columns + Provenance.columns(kind))
  }

  private static func columns(_ layout: Layout, length: Int, vocabulary: SpecialTokens) -> [Column] {
    let segments = Column(
      "cu_seqlens", .int32, .list, "Where segments start, and the number of real tokens: as in packed attention.")
    switch layout {
    case .dense:
      return [
        Column("input_ids", vocabulary.idType, .fixed([length]), "Documents and their end-of-document tokens, padded."),
        Column(
          "labels", vocabulary.labelType, .fixed([length]),
          "The same ids, not shifted; -100 at pads and at the start of segments."),
        Column("position_ids", positionType(length), .fixed([length]), "Position in the segment, 0 at pads."),
        Column("attention_mask", .uint8, .fixed([length]), "1 for real tokens, 0 for padding."),
        segments,
      ]
    case .compact:
      return [
        Column("input_ids", vocabulary.idType, .list, "Documents and their end-of-document tokens."), segments,
      ]
    }
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    let ids = window.ids
    precondition(ids.count <= length, "a window is no longer than the windowing says")
    guard ids.count >= 2 else { return .windowTooShort }
    findSegments(in: ids, starts: &scratch.positions)
    if resets, scratch.positions.count > ids.count { return .nothingToPredict }
    batch.append(ids, paddedWith: pad, to: layout == .dense ? length : ids.count, column: ColumnIndex.inputIDs)
    if layout == .dense {
      label(ids, scratch: &scratch)
      batch.append(scratch.labels, ignoredTo: length, column: ColumnIndex.labels)
      batch.append(contentsOf: scratch.lengths.span, to: ColumnIndex.positionIDs)
      batch.append(repeating: 0, count: length - ids.count, to: ColumnIndex.positionIDs)
      batch.appendMask(ids.count, of: length, column: ColumnIndex.attentionMask)
    }
    batch.append(contentsOf: scratch.positions.span, to: segmentsColumn)
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  /// The segments' starts and the number of tokens: `cu_seqlens`. Without resets the window is one segment.
  func findSegments(in ids: [UInt32], starts: inout [Int32]) {
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    if resets {
      for index in ids.indices.dropLast() where ids[index] == endOfDocument { starts.append(Int32(index + 1)) }
    }
    starts.append(Int32(ids.count))
  }

  /// Fills `labels`, and `lengths` with the position ids, from the segments in `positions`.
  private func label(_ ids: [UInt32], scratch: inout ObjectiveScratch) {
    scratch.labels.removeAll(keepingCapacity: true)
    scratch.lengths.removeAll(keepingCapacity: true)
    for segment in 0..<scratch.positions.count - 1 {
      let start = Int(scratch.positions[segment])
      for index in start..<Int(scratch.positions[segment + 1]) {
        scratch.labels.append(Int32(truncatingIfNeeded: ids[index]))
        scratch.lengths.append(Int32(index - start))
      }
      if resets { scratch.labels[start] = ignoredLabel }
    }
  }
}

extension CausalLM {
  /// The real tokens of a row, the padding behind them proved.
  private func ids(_ row: ExampleReader) throws(Diagnostic) -> [UInt32] {
    let column = ColumnIndex.inputIDs
    let count = layout == .dense ? try row.realCount(ColumnIndex.attentionMask) : row.values(column).count
    guard (2...length).contains(count) else {
      throw row.broken(
        "length", "the row has a length it cannot have", expected: "2 ... \(length) tokens", found: "\(count)")
    }
    if layout == .dense { try row.requirePadding(column, count..<length, Int64(pad)) }
    return try row.ids(column, 0..<count, below: table.size)
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: ids(row), endOfDocument: endOfDocument, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let ids = try ids(row)
    try row.requireOrdinary(
      ids, ColumnIndex.inputIDs, from: 0, table: table, allowing: [endOfDocument, unknown])
    var starts: [Int32] = []
    findSegments(in: ids, starts: &starts)
    guard row.values(segmentsColumn) == starts.map(Int64.init) else {
      throw row.broken(
        "segments", "cu_seqlens does not follow the end-of-document tokens", expected: "\(starts)",
        found: "\(row.values(segmentsColumn))")
    }
    if layout == .dense { try checkDense(ids, starts, row) }
    _ = try provenance.window(of: ids, endOfDocument: endOfDocument, in: row)
  }

  private func checkDense(_ ids: [UInt32], _ starts: [Int32], _ row: ExampleReader) throws(Diagnostic) {
    let labels = row.values(ColumnIndex.labels)
    let positions = row.values(ColumnIndex.positionIDs)
    for (start, end) in zip(starts, starts.dropFirst()) {
      for index in Int(start)..<Int(end) {
        let ignored = resets && index == Int(start)
        let label = ignored ? Int64(ignoredLabel) : Int64(ids[index])
        guard labels[index] == label else {
          throw row.broken(
            "label", ColumnIndex.labels, at: index,
            ignored ? "crosses the end of a document" : "is not the token at its place", expected: "\(label)")
        }
        guard positions[index] == Int64(index - Int(start)) else {
          throw row.broken(
            "position", ColumnIndex.positionIDs, at: index, "does not count from its segment's start",
            expected: "\(index - Int(start))")
        }
      }
    }
    try row.requirePadding(ColumnIndex.labels, ids.count..<length, Int64(ignoredLabel))
    try row.requirePadding(ColumnIndex.positionIDs, ids.count..<length, 0)
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let ids = try? ids(row) else {
      return ExampleSection.raw(example, ["input_ids"])
    }
    var starts: [Int32] = []
    findSegments(in: ids, starts: &starts)
    var tokens: [ExampleSection.Token] = []
    for (segment, (start, end)) in zip(starts, starts.dropFirst()).enumerated() {
      for index in Int(start)..<Int(end) {
        let given = resets && index == Int(start)
        let mark: ExampleSection.Mark = ids[index] == endOfDocument ? .special : given ? .prefix : .target
        tokens.append(.init(ids[index], mark, group: segment))
      }
    }
    return [ExampleSection("input and target", tokens)]
  }

  /// Nothing is drawn, so there is nothing to expect.
  public var expectations: [Expectation] { [] }
}
