public import Blocks

/// Two views of one text, or two texts of one record, that a model should place near each other.
///
/// - Source: SimCSE (Gao et al. 2021, arXiv:2104.08821), EDA (Wei and Zou 2019, arXiv:1901.11196), DeCLUTR (Giorgi et
///   al. 2021, arXiv:2006.03659), Contriever (Izacard et al. 2022, arXiv:2112.09118), CLEAR (Wu et al. 2020,
///   arXiv:2012.15466), ConSERT (Yan et al. 2021, arXiv:2105.11741); negatives by BM25 as in DPR (Karpukhin et al.
///   2020, arXiv:2004.04906).
/// - Input: a window of one document; n ≥ 1 for `dropout`, `eda` and `given`, n ≥ 2 for the others, all of a window for
///   `declutr`. Hard negatives, and the positive of `given`, are further segments of it.
/// - Columns: `dropout`, `consert`: `input_ids` [L], `attention_mask` u8 [L], the text once: the model makes the views;
///   `consert` adds `position_ids` [L] and `cutoff_rows`, a list. Others: both columns [V, L], `view_start` and
///   `view_length` u32 [V] (before token operations), V = 2, or anchors · (1 + positives) for `declutr`; `augment` adds
///   `operation`, as `eda` does, `clear` `view_operation` u8 [2]; `crop`, `clear` and `declutr` add `source_ids`, a
///   list. K negatives: `negative_ids` [K, L], `negative_mask` u8 [K, L], `negative_source_starts` u32 [K], and
///   `negative_doc_ids` u64 [K] unless they are given.
/// - Randomness: `augment`, `eda`: operation 7, positions 1, ids 5, insertions 11, fallbacks 9; `adjacent`: split 8;
///   `crop` and `clear`: purposes 13 and 14, one for each view; `declutr`: anchors 13, positives 14; `consert`:
///   positions 10, rows 12; negatives of the same document 6.
/// - Guarantees: no view is empty; a changed view differs from its text; no negative is equal to a view; `restore`
///   gives the window back, with its negatives.
/// - Drops: `window_too_short`, `no_positive`, `no_negative`, `leaking_negative`, `nothing_to_change`. Fails: never.
/// - Cost: O(n), and for BM25 a bounded search (`BM25Index`).
public struct ContrastivePairs: Objective {
  public static let name = "contrastive"
  public static let summary =
    "Views of one text (SimCSE, EDA, Contriever, CLEAR, DeCLUTR, ConSERT) or pairs of texts, with hard negatives."

  enum Pairs: String, CaseIterable {
    case dropout, augment, eda, adjacent, crop, clear, declutr, consert, given

    /// The text is stored once, and the model makes the views.
    var isOneView: Bool { self == .dropout || self == .consert }

    /// The window is a column of its own.
    var storesSource: Bool { self == .crop || self == .clear || self == .declutr }

    /// The number that keys the draws of each kind.
    var drawNumber: UInt32 {
      switch self {
      case .dropout, .given: 10
      case .augment, .eda: 11
      case .clear: 12
      case .adjacent, .declutr: 13
      case .crop: 14
      case .consert: 15
      }
    }
  }

  /// A token-level change of a copy. The raw value is the name in recipes.
  package enum Operation: String, CaseIterable {
    case delete, replace, insert, swap

    /// The column's value: the place in `allCases`.
    var number: UInt8 {
      switch self {
      case .delete: 0
      case .replace: 1
      case .insert: 2
      case .swap: 3
      }
    }
  }

  public let schema: ExampleSchema
  public let windowing: Windowing
  public let batchSize: Int?

  let length: Int
  let pairs: Pairs
  let operations: [Operation]
  let rate: Double
  let deletionRate: Threshold
  let words: WordEdits
  let crop: Crop
  let edits: ClearEdits
  let spans: AnchorSpans
  let embedding: EmbeddingNoise
  let frame: Frame
  let pad: UInt32
  let unknown: UInt32?
  let table: IDTable
  let columns: ColumnIndex
  let provenance: Provenance

  /// Positions of the columns; nil for those that these settings do not write.
  struct ColumnIndex {
    let inputIDs = 0
    let attentionMask = 1
    var viewStart: Int?
    var viewLength: Int?
    var operation: Int?
    var sourceIDs: Int?
    var positionIDs: Int?
    var cutoffRows: Int?
    var negatives: NegativeColumns?
  }

  /// Positions of the columns that hold hard negatives.
  struct NegativeColumns {
    let ids: Int
    let attentionMask: Int
    let sourceStarts: Int
    /// Nil for given ones, which come from the row's own document.
    let documents: Int?
  }

  public var drawNumber: UInt32 { pairs.drawNumber }
  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    length = settings.integer("length")
    batchSize = settings.optionalInteger("batch_size")
    pairs = Pairs(rawValue: settings.text("pairs")) ?? .dropout
    operations = try settings.distinct("operations")
    rate = settings.number("rate")
    deletionRate = Threshold(rate)
    crop = try Self.crop(settings)
    table = try IDTable(vocabulary, for: Self.name)
    edits = try Self.edits(settings, pairs, table: table, vocabulary: vocabulary)
    spans = try Self.spans(settings, pairs)
    embedding = Self.embedding(settings)
    frame = try Frame.classification(vocabulary, for: Self.name)
    pad = try vocabulary.require(.pad, for: Self.name)
    unknown = vocabulary.ids[.unk]
    let capacity = length - 2
    words = try Self.words(settings, pairs, table: table, vocabulary: vocabulary, capacity: capacity)
    let cropWindow = try Self.cropWindow(settings, pairs, crop, capacity: capacity)
    let windowLength =
      switch pairs {
      case .dropout, .clear, .consert, .given: capacity
      case .eda: words.longestWindow
      case .augment: Self.longestWindow(capacity, rate: rate, inserts: operations.contains(.insert))
      // Not twice the capacity: a full window would have one place to part it, and every epoch the same views.
      case .adjacent: capacity + capacity / 2
      case .crop: cropWindow
      case .declutr: spans.windowLength
      }
    guard windowLength >= 2 else {
      throw settings.invalid("length", "leaves no room for two tokens and their frame", help: "use 8 or more")
    }
    var windowing = Windowing(
      kind: pairs == .given ? .records : .document, length: windowLength, tail: try settings.tail(in: .dense))
    windowing.negatives = try Self.negatives(settings, pairs, longest: capacity, drawNumber: pairs.drawNumber)
    self.windowing = windowing
    let (columns, index) = Self.columns(
      pairs, length: length, views: pairs == .declutr ? spans.viewCount : 2, negatives: windowing.negatives,
      vocabulary: vocabulary)
    self.columns = index
    provenance = Provenance(firstColumn: columns.count, kind: .document)
    schema = ExampleSchema(columns + Provenance.columns(.document))
  }

  /// Tokens that a window must have.
  var shortestWindow: Int {
    switch pairs {
    case .dropout, .eda, .given: 1
    case .declutr: spans.windowLength
    default: 2
    }
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    // The text alone: negatives, and the positive of a record, are further segments.
    let hasSegments = pairs == .given || windowing.negatives != nil
    let text = hasSegments ? Array(window.segment(0)) : window.ids
    precondition(text.count <= windowing.length, "a window is no longer than the windowing says")
    guard text.count >= shortestWindow else { return .windowTooShort }
    let positives = pairs == .given ? 2 : 1
    if hasSegments {
      guard window.segmentStarts.count >= positives else { return .noPositive }
      guard window.segmentStarts.count == positives + (windowing.negatives?.count ?? 0) else { return .noNegative }
    }
    switch pairs {
    case .dropout: appendView(text[...], to: &batch)
    case .augment: appendAugmented(text, drawing: draws, scratch: &scratch, to: &batch)
    case .eda:
      guard appendReworded(text, drawing: draws, scratch: &scratch, to: &batch) else { return .nothingToChange }
    case .adjacent: appendAdjacent(text, drawing: draws, to: &batch)
    case .crop: appendCrops(text, drawing: draws, scratch: &scratch, to: &batch)
    case .clear: appendEdited(text, drawing: draws, scratch: &scratch, to: &batch)
    case .declutr: appendSpans(text, drawing: draws, scratch: &scratch, to: &batch)
    case .consert: appendShuffled(text, drawing: draws, scratch: &scratch, to: &batch)
    case .given: appendGiven(window, to: &batch)
    }
    if let column = columns.sourceIDs { batch.append(contentsOf: text.span, to: column) }
    if let columns = columns.negatives {
      for segment in positives..<window.segmentStarts.count { appendNegative(segment, of: window, columns, to: &batch) }
      guard !leaks(columns, in: batch) else {
        batch.discardRow()
        return .leakingNegative
      }
    }
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }
}
