public import Blocks

/// Hides some tokens and asks for them in place.
///
/// - Source: Devlin et al. 2019 (arXiv:1810.04805); google-research/bert `create_masked_lm_predictions`.
/// - Input: a window of n ≥ 1 ids; special ids in it (`unk`, separators) are never hidden.
/// - Columns: dense: `input_ids` [L], `labels` [L], `attention_mask` u8 [L]; compact: `input_ids`, `masked_positions`
///   and `masked_labels` as lists.
/// - Count: max(1, round-half-even(length · p)), the length counting the frame; at most `max_predictions`.
/// - Randomness: positions (purpose 1), one word of purpose 2 for each hidden token, one draw of purpose 5 for each
///   random one, in ascending order of position.
/// - Guarantees: `restore` gives the window back; the mask appears at selected positions only; no special id comes of
///   random replacement.
/// - Drops: `window_too_short` (nothing may be hidden), `no_word_fits` (whole words, all longer than the count).
/// - Cost: O(n); no allocation after the first example.
public struct MaskedLM: Objective {
  public static let name = "mlm"
  public static let summary = "Hides some tokens behind a mask and asks for them in place (BERT, RoBERTa)."
  public static let settings = [
    CommonSettings.length(128, "Tokens of a row, the two tokens of the frame included."),
    Setting(
      "mask_probability", .number(0.001...0.999), default: .number(0.15), "Share of a row's tokens that are selected."),
    TokenReplacement.setting,
    TokenSelection.setting,
    Setting(
      "max_predictions", .integer(1...CommonSettings.longest), default: .null,
      "At most this many selected tokens a row; null for no limit."),
    CommonSettings.windowing(.document),
    CommonSettings.layout,
    CommonSettings.tail,
  ]

  public let drawNumber: UInt32 = 1
  public let schema: ExampleSchema
  public let windowing: Windowing

  let length: Int
  let probability: Double
  let maxPredictions: Int
  let selection: TokenSelection
  let replacement: TokenReplacement
  let layout: Layout
  let frame: Frame
  let mask: UInt32
  let pad: UInt32
  let unknown: UInt32?
  let table: IDTable
  let provenance: Provenance

  /// Positions of the columns; the third is the mask of dense rows and the labels of compact ones.
  enum ColumnIndex {
    static let inputIDs = 0
    static let labels = 1, attentionMask = 2
    static let maskedPositions = 1, maskedLabels = 2
  }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    length = settings.integer("length")
    probability = settings.number("mask_probability")
    maxPredictions = settings.optionalInteger("max_predictions") ?? length
    layout = settings.layout
    table = try IDTable(vocabulary, for: Self.name)
    selection = TokenSelection(settings, table: table)
    replacement = try TokenReplacement(settings)
    frame = try Frame.classification(vocabulary, for: Self.name)
    mask = try vocabulary.require(.mask, for: Self.name)
    pad = layout == .dense ? try vocabulary.require(.pad, for: Self.name) : 0
    unknown = vocabulary.ids[.unk]
    let kind = settings.windowingKind
    windowing = Windowing(
      kind: kind, length: length - 2, endOfDocument: kind == .packed ? frame.closing : nil,
      tail: try settings.tail(in: layout))
    provenance = Provenance(firstColumn: 3, kind: kind)
    schema = ExampleSchema(
      Self.columns(layout, length: length, vocabulary: vocabulary) + Provenance.columns(kind))
  }

  private static func columns(_ layout: Layout, length: Int, vocabulary: SpecialTokens) -> [Column] {
    switch layout {
    case .dense:
      [
        Column("input_ids", vocabulary.idType, .fixed([length]), "The row with its selected tokens corrupted, padded."),
        Column(
          "labels", vocabulary.labelType, .fixed([length]), "The original id at selected positions, -100 elsewhere."),
        Column("attention_mask", .uint8, .fixed([length]), "1 for real tokens, 0 for padding."),
      ]
    case .compact:
      [
        Column("input_ids", vocabulary.idType, .list, "The row with its selected tokens corrupted."),
        Column("masked_positions", positionType(length), .list, "Selected positions of the row, ascending."),
        Column("masked_labels", vocabulary.idType, .list, "The original ids at those positions."),
      ]
    }
  }

  /// Tokens to select in a row of `count` tokens, the frame included: Python 3's rounding, not school rounding.
  package func predictionCount(_ count: Int) -> Int {
    min(maxPredictions, max(1, roundedHalfEven(Double(count) * probability)))
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    let count = window.ids.count + 2
    precondition(count <= length, "a window is no longer than the windowing says")
    var positions = draws.stream(.positionSelection)
    let selected = selection.mark(predictionCount(count), in: window.ids, drawing: &positions, scratch: &scratch)
    guard selected > 0 else {
      return selection.eligibleCount(in: window.ids) == 0 ? .windowTooShort : DropReason("no_word_fits")
    }
    corrupt(window.ids, drawing: draws, scratch: &scratch)
    switch layout {
    case .dense:
      batch.append(scratch.ids, paddedWith: pad, to: length, column: ColumnIndex.inputIDs)
      batch.append(scratch.labels, ignoredTo: length, column: ColumnIndex.labels)
      batch.appendMask(count, of: length, column: ColumnIndex.attentionMask)
    case .compact:
      batch.append(contentsOf: scratch.ids.span, to: ColumnIndex.inputIDs)
      batch.append(contentsOf: scratch.positions.span, to: ColumnIndex.maskedPositions)
      batch.append(contentsOf: scratch.targets.span, to: ColumnIndex.maskedLabels)
    }
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  /// Fills the scratch: the framed, corrupted `ids`, and `labels` (dense) or `positions` and `targets` (compact).
  private func corrupt(_ window: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var actions = draws.stream(.action)
    var replacements = draws.stream(.replacementIDs)
    scratch.ids.removeAll(keepingCapacity: true)
    scratch.ids.append(frame.opening)
    scratch.ids.append(contentsOf: window)
    scratch.ids.append(frame.closing)
    scratch.labels.removeAll(keepingCapacity: true)
    scratch.positions.removeAll(keepingCapacity: true)
    scratch.targets.removeAll(keepingCapacity: true)
    if layout == .dense { scratch.labels.append(contentsOf: repeatElement(ignoredLabel, count: window.count + 2)) }
    for index in window.indices where scratch.mask[index] {
      let original = window[index]
      scratch.ids[index + 1] = replacement.shown(
        for: original, mask: mask, table: table, actions: &actions, ids: &replacements)
      switch layout {
      case .dense: scratch.labels[index + 1] = Int32(truncatingIfNeeded: original)
      case .compact:
        scratch.positions.append(Int32(index + 1))
        scratch.targets.append(original)
      }
    }
  }
}
