public import Blocks

/// Replaces random spans by sentinels and asks for the spans back.
///
/// - Source: Raffel et al. 2020, §3.1.4 (arXiv:1910.10683); T5's `random_spans_noise_mask`,
///   `noise_span_to_unique_sentinel`.
/// - Input: a window of n ids, 2 ≤ n ≤ `tokensLength`; documents are joined without a mark, as in T5.
/// - Columns: `input_ids` [length], `labels` [`targetsLength`], `attention_mask` u8 [length] (dense); two lists
///   (compact).
/// - Randomness: lengths of noise spans (purpose 3), lengths of kept spans (purpose 4): two partial shuffles.
/// - Guarantees: `restore` gives the window back; each sentinel once per side, in order; no closing sentinel; the first
///   token is never noise, the last one always; both sides end with eos.
/// - Drops: `window_too_short`. Fails: never.
/// - Cost: O(n); no allocation after the first example.
public struct SpanCorruption: Objective {
  public static let name = "span_corruption"
  public static let summary = "Replaces random spans by sentinels and asks for the spans (T5)."
  public static let settings = [
    CommonSettings.length(512, "Tokens of an input, sentinels and eos included; windows are longer (568 for 512)."),
    Setting(
      "noise_density", .number(0.001...0.95), default: .number(0.15), "Share of a window's tokens that is hidden."),
    Setting(
      "mean_noise_span_length", .number(1...1024), default: .number(3), "Mean length of a hidden span in tokens."),
    CommonSettings.windowing(.packed),
    CommonSettings.layout,
    CommonSettings.tail,
  ]

  public let drawNumber: UInt32 = 5
  public let schema: ExampleSchema
  public let windowing: Windowing

  let length: Int
  /// Tokens of a full window.
  let tokensLength: Int
  /// Tokens of a target column.
  package let targetsLength: Int
  let noise: SpanNoise
  let sentinels: Sentinels
  let layout: Layout
  let pad: UInt32
  let table: IDTable
  let unknown: UInt32?
  let provenance: Provenance

  enum ColumnIndex {
    static let inputIDs = 0
    static let labels = 1
    static let attentionMask = 2
  }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    length = settings.integer("length")
    noise = SpanNoise(
      density: settings.number("noise_density"), meanSpanLength: settings.number("mean_noise_span_length"))
    let lengths = noise.lengths(for: length)
    tokensLength = lengths.tokens
    targetsLength = lengths.targets
    guard tokensLength >= 2 else {
      throw settings.invalid("length", "is too short for one span", help: "use 4 or more")
    }
    layout = settings.layout
    table = try IDTable(vocabulary, for: Self.name)
    sentinels = try Sentinels(vocabulary, needing: lengths.spans, for: Self.name)
    pad = layout == .dense ? try vocabulary.require(.pad, for: Self.name) : 0
    unknown = vocabulary.ids[.unk]
    let kind = settings.windowingKind
    windowing = Windowing(kind: kind, length: tokensLength, tail: try settings.tail(in: layout))
    let columns = Self.columns(layout, length: length, targets: targetsLength, vocabulary: vocabulary)
    provenance = Provenance(firstColumn: columns.count, kind: kind)
    schema = ExampleSchema(columns + Provenance.columns(kind))
  }

  private static func columns(
    _ layout: Layout, length: Int, targets: Int, vocabulary: SpecialTokens
  ) -> [Column] {
    let ids = vocabulary.idType
    switch layout {
    case .dense:
      return [
        Column("input_ids", ids, .fixed([length]), "The window with sentinels for its hidden spans, and eos; padded."),
        Column("labels", vocabulary.labelType, .fixed([targets]), "Each sentinel and its span, and eos; -100 at pads."),
        Column("attention_mask", .uint8, .fixed([length]), "1 for real tokens of the input, 0 for padding."),
      ]
    case .compact:
      return [
        Column("input_ids", ids, .list, "The window with sentinels for its hidden spans, and eos."),
        Column("labels", ids, .list, "Each sentinel and its span, and eos."),
      ]
    }
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    let tokens = window.ids
    precondition(tokens.count <= tokensLength, "a window is no longer than the windowing says")
    guard tokens.count >= 2 else { return .windowTooShort }
    _ = noise.mark(tokens.count, drawing: draws, scratch: &scratch)
    sentinels.writeInput(tokens, mask: scratch.mask, into: &scratch.ids)
    sentinels.writeTarget(tokens, mask: scratch.mask, into: &scratch.targets)
    batch.append(contentsOf: scratch.ids.span, to: ColumnIndex.inputIDs)
    batch.append(contentsOf: scratch.targets.span, to: ColumnIndex.labels)
    if layout == .dense {
      batch.append(repeating: pad, count: length - scratch.ids.count, to: ColumnIndex.inputIDs)
      batch.append(repeating: ignoredLabel, count: targetsLength - scratch.targets.count, to: ColumnIndex.labels)
      batch.appendMask(scratch.ids.count, of: length, column: ColumnIndex.attentionMask)
    }
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }
}
