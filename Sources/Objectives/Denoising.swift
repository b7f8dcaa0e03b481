public import Blocks

/// Damages a text in several ways and asks for the whole text back.
///
/// - Source: Lewis et al. 2020 (arXiv:1910.13461); fairseq `DenoisingDataset`, with the paper's settings as defaults.
/// - Input: a window of n ≥ 2 ids of one document, with its sentences when they change places.
/// - Columns: `input_ids`, the damaged text in its frame; `labels`, the text in its frame; `attention_mask` (dense);
///   `sentence_starts` and `permutation` lists when sentences move; `rotation` when the text is turned.
/// - Order of the steps: `permute_sentences`, `delete`, `replace`, `mask`, `infill`, `insert`, `rotate`.
/// - Randomness: positions 1, random flags 2, span lengths 3, starts 4, ids 5, order 10, insertions 11, rotation 31.
/// - Guarantees: `labels` hold the window; no special id but the mask is put in; input rows never exceed
///   `inputCapacity` (insertions beyond it are left out).
/// - Drops: `window_too_short`. Fails: never.
/// - Cost: O(n); no allocation after the first example.
public struct Denoising: Objective {
  public static let name = "denoising"
  public static let summary = "Masks, deletes, permutes, turns: damages a text and asks for all of it (BART)."
  public static let settings = [
    CommonSettings.length(512, "Tokens of a text, the two tokens of its frame included."),
    Setting(
      "noise", .either([.choice(["bart"]), .list(.choice(Step.allCases.map(\.rawValue)))]), default: .text("bart"),
      "bart: sentences change places, spans are infilled, and insert and rotate if their rates are above 0. Or a list"
        + " of steps, applied in this order: " + Step.allCases.map(\.rawValue).joined(separator: ", ") + "."),
    Setting("mask", .number(0...0.9), default: .number(0.3), "Share of tokens to mask, delete, replace or infill."),
    Setting("poisson_lambda", .number(0...100), default: .number(3), "Mean length of infilled spans: 3 or 3.5."),
    Setting(
      "replace_length", .integer(-1...1), default: .integer(1),
      "What an infilled span shows: 1 one mask, 0 nothing, -1 a mask for each token."),
    Setting("mask_random", .number(0...1), default: .number(0), "Share of masks that show a random token instead."),
    Setting(
      "permute_sentences", .number(0...1), default: .number(1), "Share of the sentences that change places."),
    Setting("insert", .number(0...1), default: .number(0), "Masks put between tokens, as a share of the tokens."),
    Setting("rotate", .number(0...1), default: .number(0), "Probability that the text is turned."),
    TokenSelection.setting,
    CommonSettings.layout,
    CommonSettings.tail,
  ]

  /// One kind of damage, in the order in which steps are applied.
  enum Step: String, CaseIterable {
    case permuteSentences = "permute_sentences"
    case delete, replace, mask, infill, insert, rotate
  }

  public let drawNumber: UInt32
  public let schema: ExampleSchema
  public let windowing: Windowing

  let length: Int
  /// Tokens an input has at most: longer than the text where tokens are put in.
  let inputCapacity: Int
  /// The same before the step `insert`.
  let infilledCapacity: Int
  let steps: Set<Step>
  let rate: Double
  /// Mean length of infilled spans.
  let lambda: Double
  let insertRate: Double
  let selection: TokenSelection
  let infilling: Infilling
  let insertion: Insertion
  let permutation: SentencePermutation
  let rotation: Rotation
  let layout: Layout
  let frame: Frame
  let mask: UInt32?
  let pad: UInt32
  let unknown: UInt32?
  let table: IDTable
  let columns: ColumnIndex
  let provenance: Provenance

  /// Positions of the columns; nil for those that these settings do not write.
  struct ColumnIndex {
    let inputIDs = 0
    let labels = 1
    var attentionMask: Int?
    var sentenceStarts: Int?
    var permutation: Int?
    var rotation: Int?
  }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    let isBART = settings.texts("noise") == ["bart"]
    let steps = try Self.steps(settings)
    self.steps = steps
    drawNumber = isBART ? 7 : 9
    length = settings.integer("length")
    rate = settings.number("mask")
    insertRate = settings.number("insert")
    layout = settings.layout
    table = try IDTable(vocabulary, for: Self.name)
    frame = try Frame.sequence(vocabulary, for: Self.name)
    unknown = vocabulary.ids[.unk]
    pad = layout == .dense ? try vocabulary.require(.pad, for: Self.name) : 0
    let needsMask = !steps.isDisjoint(with: [.mask, .infill, .insert])
    let maskID = needsMask ? try vocabulary.require(.mask, for: Self.name) : 0
    mask = needsMask ? maskID : nil
    selection = TokenSelection(settings, table: table)
    lambda = settings.number("poisson_lambda")
    guard let lengths = SamplingTable.poisson(mean: lambda) else {
      throw settings.invalid(
        "poisson_lambda", "has no exact table of span lengths", help: "use 3 (the paper) or 3.5 (the released models)")
    }
    let replacement = Infilling.Replacement(rawValue: settings.integer("replace_length")) ?? .one
    let maskRandom = settings.number("mask_random")
    infilling = Infilling(
      rate: rate, lengths: lengths, replacement: replacement, random: Threshold(maskRandom), mask: maskID, table: table)
    insertion = Insertion(randomShare: maskRandom, mask: maskID, table: table)
    permutation = SentencePermutation(share: settings.number("permute_sentences"))
    rotation = Rotation(probability: Threshold(settings.number("rotate")))

    // Spans that keep their length leave no room for the masks of empty spans (1.7 % of the budget on average).
    let keepsLength = steps.contains(.infill) && replacement == .eachToken
    infilledCapacity = length + (keepsLength ? (infilling.budget(length) + 7) / 8 : 0)
    inputCapacity =
      infilledCapacity
      + (steps.contains(.insert) ? roundedUp(Double(infilledCapacity) * insertRate) : 0)
    windowing = Windowing(
      kind: .document, length: length - 2, tail: try settings.tail(in: layout),
      needsSentences: steps.contains(.permuteSentences))
    var columns = Self.columns(layout, length: length, capacity: inputCapacity, vocabulary: vocabulary)
    var index = ColumnIndex()
    if layout == .dense { index.attentionMask = 2 }
    let position = positionType(length)
    if steps.contains(.permuteSentences) {
      index.sentenceStarts = columns.count
      index.permutation = columns.count + 1
      columns += [
        Column("sentence_starts", position, .list, "Where the text's sentences start, the opening token not counted."),
        Column("permutation", position, .list, "The sentences in their new order."),
      ]
    }
    if steps.contains(.rotate) {
      index.rotation = columns.count
      columns.append(
        Column("rotation", positionType(inputCapacity), "Position of the new first token in the frame; 0 for none."))
    }
    self.columns = index
    provenance = Provenance(firstColumn: columns.count, kind: .document)
    schema = ExampleSchema(columns + Provenance.columns(.document))
  }

  /// The steps asked for, their rates proved to be above zero.
  private static func steps(_ settings: Settings) throws(Diagnostic) -> Set<Step> {
    let names = settings.texts("noise")
    let rates: [(step: Step, key: String)] = [
      (.permuteSentences, "permute_sentences"), (.insert, "insert"), (.rotate, "rotate"),
    ]
    if names == ["bart"] {
      return Set([Step.infill] + rates.filter { settings.number($0.key) > 0 }.map(\.step))
    }
    let steps = Set(names.compactMap(Step.init(rawValue:)))
    guard !steps.isEmpty, steps.count == names.count else {
      throw settings.invalid("noise", "is not a list of different steps", help: "name one step or more, each once")
    }
    for (step, key) in rates {
      if steps.contains(step), settings.number(key) == 0 {
        throw settings.invalid("noise", "lists \(key), whose rate is 0", help: "set \(key), for example to 1.0")
      }
      if !steps.contains(step), settings.number(key) > 0, step != .permuteSentences {
        throw settings.invalid(key, "has no effect: `noise` does not list it", help: "add \(key) to `noise`")
      }
    }
    if settings.number("mask") == 0, !steps.isDisjoint(with: [.mask, .delete, .replace, .infill]) {
      throw settings.invalid("mask", "is 0, so that nothing is damaged", help: "set it, for example to 0.3")
    }
    return steps
  }

  private static func columns(
    _ layout: Layout, length: Int, capacity: Int, vocabulary: SpecialTokens
  ) -> [Column] {
    let ids = vocabulary.idType
    switch layout {
    case .dense:
      return [
        Column("input_ids", ids, .fixed([capacity]), "The damaged text in its frame, padded."),
        Column("labels", vocabulary.labelType, .fixed([length]), "The text in its frame; -100 at pads."),
        Column("attention_mask", .uint8, .fixed([capacity]), "1 for real tokens of the input, 0 for padding."),
      ]
    case .compact:
      return [
        Column("input_ids", ids, .list, "The damaged text in its frame."),
        Column("labels", ids, .list, "The text in its frame."),
      ]
    }
  }

  /// Tokens that a step of the generic kind touches: round-half-even(n · rate), at least one, never all.
  func touchedCount(_ count: Int) -> Int {
    min(max(roundedHalfEven(Double(count) * rate), 1), count - 1)
  }
}
