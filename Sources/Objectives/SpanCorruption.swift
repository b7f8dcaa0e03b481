public import Blocks

/// Replaces random spans by sentinels and asks for the spans back.
///
/// - Source: Raffel et al. 2020, §3.1.4 and §3.3 (arXiv:1910.10683); T5's `random_spans_noise_mask` and its siblings,
///   `noise_span_to_unique_sentinel` and its siblings.
/// - Input: a window of n ids, 2 ≤ n ≤ `tokensLength`; documents are joined without a mark, as in T5.
/// - Columns: `input_ids` [length], `labels` [`targetsLength`], `attention_mask` u8 [length] (dense); two lists
///   (compact); `span_starts` and `span_lengths` lists where the target holds bare tokens.
/// - Randomness: see `NoiseMask.mark`; by default lengths of noise spans (purpose 3), lengths of kept spans (purpose
///   4): two partial shuffles.
/// - Guarantees: `restore` gives the window back; each sentinel once per side, in order; both sides end with eos. By
///   default no closing sentinel, the first token is never noise, the last one always.
/// - Drops: `window_too_short`; `too_many_spans` (`noise: iid` alone, one window in about 30,000 at worst). Fails:
///   never.
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
    Setting(
      "noise", .choice(NoiseMask.Kind.allCases.map(\.rawValue)), default: .text(NoiseMask.Kind.spans.rawValue),
      "Where the noise falls. spans: spans of random lengths. iid: each token by itself. regular: spans of one length,"
        + " 1 to 5, evenly. prefix: the window's start."),
    Setting("roll", .flag, default: .flag(false), "Turn the mask of `noise: spans`, so that noise may fall anywhere."),
    Setting(
      "inputs", .choice(SpanFormat.Input.allCases.map(\.rawValue)), default: .text(SpanFormat.Input.sentinels.rawValue),
      "What hidden spans show. sentinels: one of its own for each. span_mask: the first sentinel for each. token_mask:"
        + " the first sentinel for each token. drop: nothing."),
    Setting(
      "targets", .choice(SpanFormat.Target.allCases.map(\.rawValue)), default: .text(SpanFormat.Target.spans.rawValue),
      "What is asked for. spans: each sentinel and its span. full: the whole window. tokens: the hidden tokens alone."),
    CommonSettings.windowing(.packed),
    CommonSettings.layout,
    CommonSettings.tail,
  ]

  public let drawNumber: UInt32 = 5
  public let schema: ExampleSchema
  public let windowing: Windowing

  /// Tokens of a full window.
  let tokensLength: Int
  let noise: NoiseMask
  let format: SpanFormat
  let sentinels: Sentinels
  let sides: SidePair
  let table: IDTable
  let unknown: UInt32?
  /// Position of `span_starts`; `span_lengths` follows. Nil where the row shows its spans.
  let spansColumn: Int?
  let provenance: Provenance

  /// Tokens of a target column.
  package var targetsLength: Int { sides.targetLength }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    let length = settings.integer("length")
    noise = try Self.noise(settings)
    format = try Self.format(settings, of: noise)
    let lengths = Self.lengths(for: length, noise: noise, format: format)
    tokensLength = lengths.tokens
    guard tokensLength >= 2 else {
      throw settings.invalid("length", "is too short for one span", help: "use 4 or more")
    }
    table = try IDTable(vocabulary, for: Self.name)
    sentinels = try Sentinels(vocabulary, needing: lengths.sentinels, for: Self.name)
    sides = try SidePair(
      settings.layout, inputLength: length, targetLength: lengths.targets, vocabulary: vocabulary, for: Self.name)
    unknown = vocabulary.ids[.unk]
    let kind = settings.windowingKind
    windowing = Windowing(kind: kind, length: tokensLength, tail: try settings.tail(in: settings.layout))
    var columns = sides.columns(
      input: Self.summary(format.input), target: Self.summary(format.target), vocabulary: vocabulary)
    if format.target == .tokens {
      spansColumn = columns.count
      let position = positionType(tokensLength)
      columns += [
        Column("span_starts", position, .list, "Where the hidden spans start in the window, ascending."),
        Column("span_lengths", position, .list, "Tokens of each hidden span."),
      ]
    } else {
      spansColumn = nil
    }
    provenance = Provenance(firstColumn: columns.count, kind: kind)
    schema = ExampleSchema(columns + Provenance.columns(kind))
  }

  public var specialTokenNeeds: SpecialTokenNeeds { SpecialTokenNeeds(sentinels: sentinels.needed) }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    let tokens = window.ids
    precondition(tokens.count <= tokensLength, "a window is no longer than the windowing says")
    guard tokens.count >= 2 else { return .windowTooShort }
    noise.mark(tokens.count, drawing: draws, scratch: &scratch)
    if noise.kind == .iid, format.sentinelCount(runs: Sentinels.runCount(scratch.mask)) > sentinels.ids.count {
      return DropReason("too_many_spans")
    }
    sentinels.writeInput(tokens, mask: scratch.mask, as: format.input, into: &scratch.ids)
    sentinels.writeTarget(
      tokens, mask: scratch.mask, as: format.target, isClosed: format.isClosed, into: &scratch.targets)
    sides.append(input: scratch.ids, target: scratch.targets, to: &batch)
    if let spansColumn { appendSpans(scratch.mask, column: spansColumn, to: &batch) }
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  private func appendSpans(_ mask: [Bool], column: Int, to batch: inout ExampleBatch) {
    var start = 0
    for index in mask.indices where mask[index] {
      if index == 0 || !mask[index - 1] {
        start = index
        batch.append(start, to: column)
      }
      if index + 1 == mask.count || !mask[index + 1] { batch.append(index + 1 - start, to: column + 1) }
    }
  }
}
