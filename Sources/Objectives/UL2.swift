public import Blocks

/// Mixes seven ways to damage a text, and says by a token which one it is.
///
/// - Source: Tay et al. 2022 (arXiv:2205.05131), §3.1; shares of 0.4, 0.4 and 0.2 for R, X and S as in its ablation.
/// - Input: a window of n ids, 2 ≤ n ≤ `windowing.length`; documents are joined without a mark, as in T5.
/// - Columns: `input_ids` [length], `labels`, `attention_mask` u8 [length] (dense); two lists (compact); `denoiser` u8:
///   its place in R1, R2, X1, X2, X3, X4, S.
/// - Randomness: the denoiser (purpose 7); then as `SpanCorruption`: 3, 4 and 31; the split of S (8).
/// - Guarantees: `restore` gives the window back; the mode token comes first in the input and is never hidden; sides
///   are those of `SpanCorruption`, and for S the prefix and the rest, without a sentinel.
/// - Drops: `window_too_short`. Fails: never.
/// - Cost: O(n); no allocation after the first example.
public struct UL2: Objective {
  public static let name = "ul2"
  public static let summary = "Mixes short spans, long spans and prefixes, named by a mode token (UL2)."
  public static let settings = [
    CommonSettings.length(512, "Tokens of an input, mode token, sentinels and eos included."),
    Setting(
      "window", .integer(2...CommonSettings.longest), default: .null,
      "Tokens of a window, the same for all denoisers. Left out, as many as `length`, or fewer where an input would not"
        + " fit."),
    Setting(
      "weights", .list(.integer(0...1000)),
      default: .list([2, 2, 1, 1, 1, 1, 2].map { SettingValue(.integer($0)) }),
      "How often each denoiser is drawn, in the order R1, R2, X1, X2, X3, X4, S."),
    Setting("mode_tokens", .flag, default: .flag(true), "Begin each input with mode_R, mode_X or mode_S."),
    Setting(
      "roll", .flag, default: .flag(false),
      "Turn the masks of R and X, so that noise may fall anywhere; without, a single span is always the end."),
    Setting(
      "s_split", .choice(Split.allCases.map(\.rawValue)), default: .text(Split.quarter.rawValue),
      "What S asks for. quarter: the last quarter. uniform: the rest behind a place drawn evenly."),
    CommonSettings.windowing(.packed),
    CommonSettings.layout,
    CommonSettings.tail,
  ]

  enum Split: String, CaseIterable {
    case quarter, uniform
  }

  public let drawNumber: UInt32 = 6
  public let schema: ExampleSchema
  public let windowing: Windowing

  let weights: [Int]
  /// By denoiser; nil for S.
  let noises: [NoiseMask?]
  /// By denoiser; nil without mode tokens.
  let modes: [UInt32]?
  let split: Split
  /// The sides of R and X.
  let format: SpanFormat
  let sentinels: Sentinels
  let sides: SidePair
  let table: IDTable
  let unknown: UInt32?
  let denoiserColumn: Int
  let provenance: Provenance

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    weights = try Self.weights(settings)
    split = Split(rawValue: settings.text("s_split")) ?? .quarter
    let isRolled = settings.flag("roll")
    format = SpanFormat(isClosed: isRolled)
    let noises = Denoiser.allCases.map { $0.noise.map { NoiseMask(.spans, $0, isRolled: isRolled) } }
    self.noises = noises
    modes = settings.flag("mode_tokens") ? try Self.modes(weights, vocabulary) : nil
    var shapes: [Shape] = []
    for (noise, weight) in zip(noises, weights) where weight > 0 {
      shapes.append(Shape(noise: noise, format: format, split: split))
    }
    let lengths = try Self.lengths(settings, shapes, reserved: modes == nil ? 0 : 1)
    table = try IDTable(vocabulary, for: Self.name)
    sentinels = try Sentinels(vocabulary, needing: lengths.sentinels, for: Self.name)
    sides = try SidePair(
      settings.layout, inputLength: settings.integer("length"), targetLength: lengths.targets, vocabulary: vocabulary,
      for: Self.name)
    unknown = vocabulary.ids[.unk]
    let kind = settings.windowingKind
    windowing = Windowing(kind: kind, length: lengths.tokens, tail: try settings.tail(in: settings.layout))
    var columns = sides.columns(
      input: "The mode token, if any; the window with sentinels for its hidden spans, or its prefix; and eos",
      target: "Each sentinel and its span, or the rest of the window; and eos", vocabulary: vocabulary)
    denoiserColumn = columns.count
    let names = Denoiser.allCases.map { "\($0.rawValue) \($0.name)" }.joined(separator: ", ")
    columns.append(Column("denoiser", .uint8, "Which noise it is: \(names)."))
    provenance = Provenance(firstColumn: columns.count, kind: kind)
    schema = ExampleSchema(columns + Provenance.columns(kind))
  }

  /// The weights, one for each denoiser.
  private static func weights(_ settings: Settings) throws(Diagnostic) -> [Int] {
    let weights = settings.numbers("weights").map { Int($0) }
    guard weights.count == Denoiser.allCases.count, weights.contains(where: { $0 > 0 }) else {
      throw settings.invalid(
        "weights", "is not seven weights, one at least above 0", help: "for example [2, 2, 1, 1, 1, 1, 2]")
    }
    return weights
  }

  /// The mode tokens by denoiser; those of weight 0 need none.
  private static func modes(_ weights: [Int], _ vocabulary: SpecialTokens) throws(Diagnostic) -> [UInt32] {
    var modes: [UInt32] = []
    for (denoiser, weight) in zip(Denoiser.allCases, weights) {
      modes.append(weight == 0 ? 0 : try vocabulary.require(denoiser.mode, for: name))
    }
    return modes
  }

  public var specialTokenNeeds: SpecialTokenNeeds {
    let drawn = Denoiser.allCases.filter { modes != nil && weights[$0.rawValue] > 0 }
    return SpecialTokenNeeds(roles: Set(drawn.map(\.mode)), sentinels: sentinels.needed)
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    let tokens = window.ids
    precondition(tokens.count <= windowing.length, "a window is no longer than the windowing says")
    guard tokens.count >= 2 else { return .windowTooShort }
    var mode = draws.stream(.mode)
    let denoiser = mode.weighted(weights)
    if let noise = noises[denoiser] {
      noise.mark(tokens.count, drawing: draws, scratch: &scratch)
      sentinels.writeInput(tokens, mask: scratch.mask, into: &scratch.ids)
      sentinels.writeTarget(
        tokens, mask: scratch.mask, as: .spans, isClosed: format.isClosed, into: &scratch.targets)
    } else {
      let prefix = prefix(tokens.count, drawing: draws)
      scratch.ids.removeAll(keepingCapacity: true)
      scratch.ids.append(contentsOf: tokens[..<prefix])
      scratch.ids.append(sides.endOfSequence)
      scratch.targets.removeAll(keepingCapacity: true)
      scratch.targets.append(contentsOf: tokens[prefix...])
      scratch.targets.append(sides.endOfSequence)
    }
    if let modes { scratch.ids.insert(modes[denoiser], at: 0) }
    sides.append(input: scratch.ids, target: scratch.targets, to: &batch)
    batch.append(denoiser, to: denoiserColumn)
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  /// The prefix of S.
  private func prefix(_ tokens: Int, drawing draws: ExampleDraws) -> Int {
    switch split {
    case .quarter: return Self.quarterPrefix(tokens)
    case .uniform:
      var places = draws.stream(.split)
      return 1 + places.bounded(tokens - 1)
    }
  }

  /// All but the last quarter, one token at least: 512 → 384.
  package static func quarterPrefix(_ tokens: Int) -> Int { tokens - max(1, roundedHalfEven(0.25 * Double(tokens))) }
}
