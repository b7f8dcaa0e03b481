public import Blocks

/// Predicts each token from those before it.
///
/// - Source: Radford et al. 2019; packing and resets as in Megatron-LM's `gpt_dataset`, labels as in Hugging Face; best
///   fit as Ding et al. 2024 (arXiv:2404.10830); fill-in-the-middle as Bavarian et al. 2022 (arXiv:2207.14255).
/// - Input: a window of documents with their `eod`s, n ≥ 2.
/// - Columns: dense: `input_ids` [L], `labels` [L], `position_ids` [L], `attention_mask` u8 [L], and if asked
///   `loss_mask` u8 [L] and `segment_ids` [L]; both layouts: `cu_seqlens` i32 list, and with a `fim_rate` `fim_mode`
///   u8, `fim_a` and `fim_b` u32, lists with a value for each segment; with `fim_context: document` `fim_count`, and
///   with `fim_level: character` `fim_char_a`, `fim_char_b` and `fim_char_count` u32 likewise.
/// - Labels: `labels[t]` is `input_ids[t]`, or -100 at pads and, with `reset`, at segment starts; with
///   `label_shift: next` it is the token behind `input_ids[t]`, and `loss_mask` tells where it counts.
/// - Randomness: none, or for fill-in-the-middle purposes 7 and 8, keyed by objective 16: by window, or by document.
/// - Guarantees: an `eod` belongs to the document before it and is always predicted; concatenated windows give the
///   stream, and fitted ones the documents.
/// - Drops: `window_too_short` (n < 2), `nothing_to_predict` (every segment is one token long).
/// - Cost: O(n); no allocation after the first example.
public struct CausalLM: Objective {
  public static let name = "clm"
  public static let summary = "Predicts each token from those before it (GPT), or fills in the middle."
  public static let settings =
    [
      CommonSettings.length(256, "Tokens of a row, end-of-document tokens included."),
      CommonSettings.windowing(.packed, [.document, .packed, .bestFit]),
      Setting(
        "reset", .flag, default: .flag(true),
        "Start positions and attention anew behind each document's end, and ask for no prediction across it."),
      Setting(
        "overlap_one", .flag, default: .flag(false),
        "Let windows overlap by one token, so that every token but a stream's first is predicted once."),
      Setting(
        "label_shift", .choice(Shift.allCases.map(\.rawValue)), default: .text(Shift.none.rawValue),
        "none: labels[t] is input_ids[t], shifted by the model (Hugging Face). next: labels[t] is the token behind it,"
          + " and loss_mask tells where it counts (Megatron)."),
      Setting(
        "loss_mask", .flag, default: .flag(false), "Add a column with 1 where a label counts; always there with next."),
      Setting(
        "segment_ids", .flag, default: .flag(false), "Add a column with the number of each token's segment, from 1."),
    ] + FillInTheMiddle.settings + [CommonSettings.layout, CommonSettings.tail]

  enum Shift: String, CaseIterable {
    case none, next
  }

  public let drawNumber: UInt32
  public let schema: ExampleSchema
  public let windowing: Windowing

  let length: Int
  let resets: Bool
  let shift: Shift
  let layout: Layout
  let fim: FillInTheMiddle?
  let endOfDocument: UInt32
  let pad: UInt32
  let table: IDTable
  let unknown: UInt32?
  let provenance: Provenance
  let columns: ColumnIndex

  /// Positions of the columns.
  struct ColumnIndex {
    let inputIDs = 0
    let labels = 1, positionIDs = 2, attentionMask = 3
    var lossMask: Int?
    var segmentIDs: Int?
    var segments = 1
    /// `fim_mode`; `fim_a` and `fim_b` follow.
    var fim = 2
  }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    length = settings.integer("length")
    resets = settings.flag("reset")
    shift = Shift(rawValue: settings.text("label_shift")) ?? .none
    layout = settings.layout
    fim = try FillInTheMiddle(settings, vocabulary: vocabulary, for: Self.name)
    drawNumber = fim == nil ? 2 : 16
    table = try IDTable(vocabulary, for: Self.name)
    endOfDocument = try vocabulary.require(.eod, for: Self.name)
    // Padding is told by its place, never by its id, so the end-of-document token may serve.
    pad = vocabulary.ids[.pad] ?? endOfDocument
    unknown = vocabulary.ids[.unk]
    let kind = settings.windowingKind
    try Self.checkTogether(settings, kind: kind, shift: shift, layout: layout, hasFIM: fim != nil)
    let laysOutDocuments = fim?.context == .document
    let laysOutSegments = fim?.context == .window
    let stretches = shift == .next && kind != .bestFit && !laysOutSegments
    var windowing = Windowing(
      kind: kind, length: shift == .next ? length + 1 : length,
      overlap: stretches || settings.flag("overlap_one") ? 1 : 0,
      segmentRoom: laysOutSegments ? FillInTheMiddle.markCount : 0, endOfDocument: endOfDocument,
      tail: try settings.tail(in: layout))
    windowing.fim = laysOutDocuments ? fim : nil
    self.windowing = windowing
    var columns = ColumnIndex()
    let list = Self.columns(settings, shift, layout, fim, vocabulary: vocabulary, index: &columns)
    self.columns = columns
    provenance = Provenance(firstColumn: list.count, kind: kind, listsSegments: windowing.listsSegments)
    schema = ExampleSchema(list + Provenance.columns(kind, listsSegments: windowing.listsSegments))
  }

  public var specialTokenNeeds: SpecialTokenNeeds {
    SpecialTokenNeeds(roles: fim == nil ? [] : [.fimPrefix, .fimMiddle, .fimSuffix])
  }

  /// - Throws: `settings.invalid` for settings that contradict one another.
  private static func checkTogether(
    _ settings: Settings, kind: Windowing.Kind, shift: Shift, layout: Layout, hasFIM: Bool
  ) throws(Diagnostic) {
    if kind == .bestFit {
      guard settings.flag("reset") else {
        throw settings.invalid(
          "reset", "does not go with windowing: best_fit", help: "documents of a row have nothing to do with each other"
        )
      }
      guard settings.optionalText("tail") != "drop" else {
        throw settings.invalid("tail", "does not go with windowing: best_fit", help: "no row of it is a tail")
      }
    }
    if settings.flag("overlap_one"), kind == .bestFit || hasFIM || shift == .next {
      throw settings.invalid(
        "overlap_one", "does not go with best_fit, a fim_rate or label_shift: next",
        help: "leave it out; label_shift: next predicts every token once by itself")
    }
    if layout == .compact {
      for key in ["loss_mask", "segment_ids"] where settings.flag(key) {
        throw settings.invalid(key, "has no column in the compact layout", help: "it follows from cu_seqlens")
      }
      if shift == .next {
        throw settings.invalid("label_shift", "has no labels to shift in the compact layout", help: "use layout: dense")
      }
    }
    if hasFIM, settings.integer("length") < 8 {
      throw settings.invalid("length", "leaves no room for the marks of fill-in-the-middle", help: "use 8 or more")
    }
  }

  private static func columns(
    _ settings: Settings, _ shift: Shift, _ layout: Layout, _ fim: FillInTheMiddle?, vocabulary: SpecialTokens,
    index: inout ColumnIndex
  ) -> [Column] {
    let length = settings.integer("length")
    let row: Column.Shape = layout == .dense ? .fixed([length]) : .list
    var columns = [Column("input_ids", vocabulary.idType, row, "Documents and their end-of-document tokens.")]
    if layout == .dense {
      columns[0].summary = "Documents and their end-of-document tokens, padded."
      let labels =
        shift == .none
        ? "The same ids, not shifted; -100 at pads and at the start of segments."
        : "The ids that follow; -100 at pads."
      columns += [
        Column("labels", vocabulary.labelType, row, labels),
        Column("position_ids", positionType(length), row, "Position in the segment, 0 at pads."),
        Column("attention_mask", .uint8, row, "1 for real tokens, 0 for padding."),
      ]
      if settings.flag("loss_mask") || shift == .next {
        index.lossMask = columns.count
        columns.append(Column("loss_mask", .uint8, row, "1 where the label counts, 0 elsewhere."))
      }
      if settings.flag("segment_ids") {
        index.segmentIDs = columns.count
        columns.append(Column("segment_ids", positionType(length), row, "Number of the segment from 1, 0 at pads."))
      }
    }
    index.segments = columns.count
    columns.append(
      Column(
        "cu_seqlens", .int32, .list, "Where segments start, and the number of real tokens: as in packed attention."))
    if let fim {
      index.fim = columns.count
      columns += fim.columns
    }
    return columns
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    guard window.ids.count >= 2 else { return .windowTooShort }
    let dropped: DropReason?
    if let fim, fim.context == .window {
      // The row is taken out while it is used, so that labels may be made in the rest of the scratch.
      var row: [UInt32] = []
      swap(&row, &scratch.ids)
      fim.transform(window, endOfDocument: endOfDocument, drawing: draws, into: &row, scratch: &scratch)
      dropped = append(row, scratch: &scratch, to: &batch)
      swap(&row, &scratch.ids)
    } else {
      dropped = append(window.ids, scratch: &scratch, to: &batch)
      if dropped == nil, let fim { appendLayouts(of: window, fim, drawing: draws, to: &batch) }
    }
    if let dropped { return dropped }
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  /// Appends how the document of each segment was laid out, its mode and cuts as they are drawn.
  private func appendLayouts(
    of window: TokenWindow, _ fim: FillInTheMiddle, drawing draws: ExampleDraws, to batch: inout ExampleBatch
  ) {
    for (layout, document) in zip(window.segmentLayouts, window.segmentDocuments) {
      let drawn = fim.layout(cutting: layout.cutCount, drawing: draws.ofDocument(document))
      let isToken = fim.level == .token
      batch.append(drawn.mode, to: columns.fim)
      batch.append(isToken ? drawn.cutA : layout.a, to: columns.fim + 1)
      batch.append(isToken ? drawn.cutB : layout.b, to: columns.fim + 2)
      batch.append(layout.count, to: columns.fim + 3)
      guard !isToken else { continue }
      batch.append(drawn.cutA, to: columns.fim + 4)
      batch.append(drawn.cutB, to: columns.fim + 5)
      batch.append(layout.cutCount, to: columns.fim + 6)
    }
  }

  /// Appends the columns of a row but its provenance.
  private func append(
    _ ids: [UInt32], scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) -> DropReason? {
    let count = shift == .next ? ids.count - 1 : ids.count
    precondition(count <= length, "a window is no longer than the windowing says")
    findSegments(in: ids, count: count, starts: &scratch.positions)
    guard predictedCount(ids, count: count, segments: scratch.positions.count - 1) > 0 else {
      return .nothingToPredict
    }
    batch.append(contentsOf: ids.span.extracting(0..<count), to: columns.inputIDs)
    if layout == .dense {
      batch.append(repeating: pad, count: length - count, to: columns.inputIDs)
      appendDense(ids, count: count, scratch: &scratch, to: &batch)
    }
    batch.append(contentsOf: scratch.positions.span, to: columns.segments)
    if fim?.context == .window {
      for (index, value) in scratch.order.enumerated() { batch.append(value, to: columns.fim + index % 3) }
    }
    return nil
  }
}
