public import Blocks

/// Two views of one text that a model should place near each other.
///
/// - Source: SimCSE (Gao et al. 2021, arXiv:2104.08821), EDA (Wei and Zou 2019, arXiv:1901.11196), DeCLUTR (Giorgi et
///   al. 2021, arXiv:2006.03659), Contriever (Izacard et al. 2022, arXiv:2112.09118).
/// - Input: a window of one document; n ≥ 1 for `dropout`, n ≥ 2 for the others.
/// - Columns: `dropout`: `input_ids` [L], `attention_mask` u8 [L], the text once: the model's dropout makes the views.
///   Others: both columns [2, L], `view_start` and `view_length` u32 [2] (before token operations); `augment` adds
///   `operation`, `crop` adds `source_ids`, a list.
/// - Randomness: `augment`: operation 7, positions 1, ids 5, insertions 11, fallbacks 9; `adjacent`: split 8;
///   `crop`: purposes 13 and 14, one for each view.
/// - Guarantees: no view is empty; an augmented view differs from its text; `restore` gives the window back.
/// - Drops: `window_too_short`. Fails: never.
/// - Cost: O(n); no allocation after the first example.
public struct ContrastivePairs: Objective {
  public static let name = "contrastive"
  public static let summary = "Pairs of views of one text: dropout, augmented, adjacent, or cropped."
  public static let settings = [
    CommonSettings.length(64, "Tokens of a view, the two tokens of its frame included."),
    Setting(
      "pairs", .choice(Pairs.allCases.map(\.rawValue)), default: .text(Pairs.dropout.rawValue),
      "dropout: the text once, for a model that encodes it twice. augment: the text and a changed copy."
        + " adjacent: two neighbouring spans. crop: two random crops."),
    Setting(
      "operations", .list(.choice(Operation.allCases.map(\.rawValue))),
      default: .list([Operation.delete, .replace, .insert].map { SettingValue(.text($0.rawValue)) }),
      "What augment does to the copy; one of these is drawn for each example."),
    Setting("rate", .number(0.001...0.9), default: .number(0.1), "Share of tokens that augment changes."),
    Setting("ratio_min", .number(0.01...1), default: .number(0.1), "Shortest crop, as a share of the window."),
    Setting("ratio_max", .number(0.01...1), default: .number(0.5), "Longest crop, as a share of the window."),
    Setting("delete", .number(0...0.9), default: .number(0.1), "Probability that a crop loses a token."),
    CommonSettings.tail,
  ]

  enum Pairs: String, CaseIterable {
    case dropout, augment, adjacent, crop
  }

  /// A token-level change of a copy. The raw value is the name in recipes, the place in `allCases` the column's value.
  package enum Operation: String, CaseIterable {
    case delete, replace, insert, swap
  }

  public let schema: ExampleSchema
  public let windowing: Windowing

  let length: Int
  let pairs: Pairs
  let operations: [Operation]
  let rate: Double
  let deletionRate: Threshold
  let crop: Crop
  let frame: Frame
  let pad: UInt32
  let unknown: UInt32?
  let table: IDTable
  let provenance: Provenance

  enum ColumnIndex {
    static let inputIDs = 0
    static let attentionMask = 1
    static let viewStart = 2
    static let viewLength = 3
    /// `operation` of augmented pairs, `source_ids` of crops.
    static let extra = 4
  }

  public var drawNumber: UInt32 {
    switch pairs {
    case .dropout: 10
    case .augment: 11
    case .adjacent: 13
    case .crop: 14
    }
  }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    length = settings.integer("length")
    pairs = Pairs(rawValue: settings.text("pairs")) ?? .dropout
    operations = settings.texts("operations").compactMap(Operation.init(rawValue:))
    rate = settings.number("rate")
    deletionRate = Threshold(rate)
    crop = Crop(
      shortest: settings.number("ratio_min"), longest: settings.number("ratio_max"),
      deletion: Threshold(settings.number("delete")))
    guard Set(operations).count == operations.count, !operations.isEmpty else {
      throw settings.invalid("operations", "is not a list of different operations", help: "name one or more, each once")
    }
    guard crop.shortest <= crop.longest else {
      throw settings.invalid("ratio_min", "is above ratio_max", help: "lower it, or raise ratio_max")
    }
    table = try IDTable(vocabulary, for: Self.name)
    frame = try Frame.classification(vocabulary, for: Self.name)
    pad = try vocabulary.require(.pad, for: Self.name)
    unknown = vocabulary.ids[.unk]
    let capacity = length - 2
    let windowLength =
      switch pairs {
      case .dropout: capacity
      case .augment: Self.longestWindow(capacity, rate: rate, inserts: operations.contains(.insert))
      // Not twice the capacity: a full window would have one place to part it, and every epoch the same views.
      case .adjacent: capacity + capacity / 2
      case .crop: crop.longestWindow(capacity)
      }
    guard windowLength >= 2 else {
      throw settings.invalid("length", "leaves no room for two tokens and their frame", help: "use 8 or more")
    }
    windowing = Windowing(kind: .document, length: windowLength, tail: try settings.tail(in: .dense))
    let columns = Self.columns(pairs, length: length, vocabulary: vocabulary)
    provenance = Provenance(firstColumn: columns.count, kind: .document)
    schema = ExampleSchema(columns + Provenance.columns(.document))
  }

  private static func columns(_ pairs: Pairs, length: Int, vocabulary: SpecialTokens) -> [Column] {
    guard pairs != .dropout else {
      return [
        Column("input_ids", vocabulary.idType, .fixed([length]), "The text in its frame, padded; encode it twice."),
        Column("attention_mask", .uint8, .fixed([length]), "1 for real tokens, 0 for padding."),
      ]
    }
    var columns = [
      Column("input_ids", vocabulary.idType, .fixed([2, length]), "The two views in their frames, padded."),
      Column("attention_mask", .uint8, .fixed([2, length]), "1 for real tokens, 0 for padding."),
      Column("view_start", .uint32, .fixed([2]), "First token of each view in the window, before it was changed."),
      Column("view_length", .uint32, .fixed([2]), "Tokens of each view, before it was changed."),
    ]
    switch pairs {
    case .augment:
      let names = Operation.allCases.enumerated().map { "\($0.offset) \($0.element.rawValue)" }
      columns.append(
        Column("operation", .uint8, "What changed the second view: " + names.joined(separator: ", ") + "."))
    case .crop:
      columns.append(Column("source_ids", vocabulary.idType, .list, "The window that both views were cropped from."))
    case .dropout, .adjacent: break
    }
    return columns
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    precondition(window.ids.count <= windowing.length, "a window is no longer than the windowing says")
    guard window.ids.count >= (pairs == .dropout ? 1 : 2) else { return .windowTooShort }
    switch pairs {
    case .dropout: appendView(window.ids[...], to: &batch)
    case .augment: appendAugmented(window.ids, drawing: draws, scratch: &scratch, to: &batch)
    case .adjacent: appendAdjacent(window.ids, drawing: draws, to: &batch)
    case .crop: appendCrops(window.ids, drawing: draws, scratch: &scratch, to: &batch)
    }
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  /// Writes one view in its frame, padded, and its mask.
  func appendView(_ ids: ArraySlice<UInt32>, to batch: inout ExampleBatch) {
    let column = ColumnIndex.inputIDs
    batch.append(frame.opening, to: column)
    batch.append(contentsOf: ids.span, to: column)
    batch.append(frame.closing, to: column)
    batch.append(repeating: pad, count: length - ids.count - 2, to: column)
    batch.appendMask(ids.count + 2, of: length, column: ColumnIndex.attentionMask)
  }

  func appendBounds(_ ranges: (Range<Int>, Range<Int>), to batch: inout ExampleBatch) {
    batch.append(ranges.0.lowerBound, to: ColumnIndex.viewStart)
    batch.append(ranges.1.lowerBound, to: ColumnIndex.viewStart)
    batch.append(ranges.0.count, to: ColumnIndex.viewLength)
    batch.append(ranges.1.count, to: ColumnIndex.viewLength)
  }

  private func appendAdjacent(_ ids: [UInt32], drawing draws: ExampleDraws, to batch: inout ExampleBatch) {
    let splits = splits(ids.count)
    var split = draws.stream(.split)
    let place = splits.lowerBound + split.bounded(splits.count)
    appendView(ids[..<place], to: &batch)
    appendView(ids[place...], to: &batch)
    appendBounds((0..<place, place..<ids.count), to: &batch)
  }

  /// Where a window of n ≥ 2 tokens may be parted so that both sides fit.
  package func splits(_ count: Int) -> ClosedRange<Int> {
    max(1, count - (length - 2))...min(count - 1, length - 2)
  }

  private func appendCrops(
    _ ids: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) {
    let first = crop.draw(ids, view: 0, drawing: draws, into: &scratch.ids)
    appendView(scratch.ids[...], to: &batch)
    let second = crop.draw(ids, view: 1, drawing: draws, into: &scratch.ids)
    appendView(scratch.ids[...], to: &batch)
    appendBounds((first, second), to: &batch)
    batch.append(contentsOf: ids.span, to: ColumnIndex.extra)
  }
}
