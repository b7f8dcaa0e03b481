public import Blocks

/// Hides one half of a text in one piece and asks a decoder for it.
///
/// - Source: Song et al. 2019 (arXiv:1905.02450); microsoft/MASS `restricted_mask_sent`.
/// - Input: a window of n ids, 2 ≤ n < length, behind one `bos`.
/// - Columns: dense: `input_ids` [length], `labels` [K], `attention_mask` u8 [length], `decoder_input_ids` [K],
///   `decoder_position_ids` [K], K being the longest fragment; compact: `input_ids` and `labels` lists,
///   `fragment_start`.
/// - Count: k = max(1, round-half-even(n · fragment)) tokens.
/// - Randomness: start (purpose 8): one time in five the first place, one in five the last, else uniform; one word of
///   purpose 2 for each hidden token, one draw of purpose 5 for each random one.
/// - Guarantees: `restore` gives the window back; the decoder is given the tokens before those it is asked for, at
///   their own places; nothing outside the fragment changes.
/// - Drops: `window_too_short`. Fails: never.
/// - Cost: O(n); no allocation after the first example.
public struct MASS: Objective {
  public static let name = "mass"
  public static let summary = "Hides half of a text in one piece and asks a decoder for it (MASS)."
  public static let settings = [
    CommonSettings.length(512, "Tokens of an input, its bos included."),
    Setting("fragment", .number(0.01...1), default: .number(0.5), "Share of a window's tokens that is hidden."),
    TokenReplacement.setting,
    CommonSettings.windowing(.document),
    CommonSettings.layout,
    CommonSettings.tail,
  ]

  public let drawNumber: UInt32 = 8
  public let schema: ExampleSchema
  public let windowing: Windowing

  let length: Int
  let share: Double
  let replacement: TokenReplacement
  let layout: Layout
  let opening: UInt32
  let mask: UInt32
  let pad: UInt32
  let unknown: UInt32?
  let table: IDTable
  let provenance: Provenance

  /// Positions of the columns; the third is the mask of dense rows and the place of the fragment in compact ones.
  enum ColumnIndex {
    static let inputIDs = 0
    static let labels = 1
    static let attentionMask = 2, decoderInputIDs = 3, decoderPositionIDs = 4
    static let fragmentStart = 2
  }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    length = settings.integer("length")
    share = settings.number("fragment")
    layout = settings.layout
    replacement = try TokenReplacement(settings)
    table = try IDTable(vocabulary, for: Self.name)
    opening = try Frame.sequence(vocabulary, for: Self.name).opening
    mask = try vocabulary.require(.mask, for: Self.name)
    pad = layout == .dense ? try vocabulary.require(.pad, for: Self.name) : 0
    unknown = vocabulary.ids[.unk]
    let kind = settings.windowingKind
    windowing = Windowing(kind: kind, length: length - 1, tail: try settings.tail(in: layout))
    let longest = Self.fragmentLength(length - 1, share: share)
    let columns = Self.columns(layout, length: length, fragment: longest, vocabulary: vocabulary)
    provenance = Provenance(firstColumn: columns.count, kind: kind)
    schema = ExampleSchema(columns + Provenance.columns(kind))
  }

  private static func columns(
    _ layout: Layout, length: Int, fragment: Int, vocabulary: SpecialTokens
  ) -> [Column] {
    let (ids, position) = (vocabulary.idType, positionType(length))
    switch layout {
    case .dense:
      return [
        Column("input_ids", ids, .fixed([length]), "The bos and the window, its fragment hidden; padded."),
        Column("labels", vocabulary.labelType, .fixed([fragment]), "The fragment; -100 at pads."),
        Column("attention_mask", .uint8, .fixed([length]), "1 for real tokens of the input, 0 for padding."),
        Column("decoder_input_ids", ids, .fixed([fragment]), "The token before each of the fragment's; padded."),
        Column("decoder_position_ids", position, .fixed([fragment]), "Where those stand in the input; 0 at pads."),
      ]
    case .compact:
      return [
        Column("input_ids", ids, .list, "The bos and the window, its fragment hidden."),
        Column("labels", ids, .list, "The fragment."),
        Column("fragment_start", position, "Where the fragment starts in the input; the bos stands at 0."),
      ]
    }
  }

  /// Tokens of the fragment of a window: the half of 10 is 5, of 5 it is 2 (half to even).
  package static func fragmentLength(_ tokens: Int, share: Double) -> Int {
    min(tokens, max(1, roundedHalfEven(Double(tokens) * share)))
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    let tokens = window.ids
    precondition(tokens.count < length, "a window is no longer than the windowing says")
    guard tokens.count >= 2 else { return .windowTooShort }
    let count = Self.fragmentLength(tokens.count, share: share)
    let start = drawStart(places: tokens.count - count + 1, drawing: draws)
    var actions = draws.stream(.action)
    var replacements = draws.stream(.replacementIDs)
    scratch.ids.removeAll(keepingCapacity: true)
    scratch.ids.append(opening)
    scratch.ids.append(contentsOf: tokens[..<(start - 1)])
    for token in tokens[(start - 1)..<(start - 1 + count)] {
      scratch.ids.append(
        replacement.shown(for: token, mask: mask, table: table, actions: &actions, ids: &replacements))
    }
    scratch.ids.append(contentsOf: tokens[(start - 1 + count)...])
    write(
      scratch.ids, fragment: tokens.span.extracting(start - 1..<start - 1 + count), start, before: tokens, to: &batch)
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  /// Where the fragment starts, the bos standing at 0: 1 ... `places`.
  private func drawStart(places: Int, drawing draws: ExampleDraws) -> Int {
    var starts = draws.stream(.split)
    switch starts.bounded(5) {
    case 0: return 1
    case 1: return places
    default: return 1 + starts.bounded(places)
    }
  }

  private func write(
    _ input: [UInt32], fragment: Span<UInt32>, _ start: Int, before tokens: [UInt32], to batch: inout ExampleBatch
  ) {
    batch.append(contentsOf: input.span, to: ColumnIndex.inputIDs)
    batch.append(contentsOf: fragment, to: ColumnIndex.labels)
    guard layout == .dense else {
      batch.append(start, to: ColumnIndex.fragmentStart)
      return
    }
    let rest = (schema.columns[ColumnIndex.labels].fixedCount ?? 0) - fragment.count
    batch.append(repeating: pad, count: length - input.count, to: ColumnIndex.inputIDs)
    batch.append(repeating: ignoredLabel, count: rest, to: ColumnIndex.labels)
    batch.appendMask(input.count, of: length, column: ColumnIndex.attentionMask)
    batch.append(start == 1 ? opening : tokens[start - 2], to: ColumnIndex.decoderInputIDs)
    batch.append(contentsOf: fragment.extracting(0..<fragment.count - 1), to: ColumnIndex.decoderInputIDs)
    batch.append(repeating: pad, count: rest, to: ColumnIndex.decoderInputIDs)
    for offset in 0..<fragment.count { batch.append(start - 1 + offset, to: ColumnIndex.decoderPositionIDs) }
    batch.append(repeating: 0, count: rest, to: ColumnIndex.decoderPositionIDs)
  }
}
