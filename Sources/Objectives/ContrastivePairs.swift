public import Blocks

/// Two views of one text that a model should place near each other.
///
/// - Source: SimCSE (Gao et al. 2021, arXiv:2104.08821), EDA (Wei and Zou 2019, arXiv:1901.11196), DeCLUTR (Giorgi et
///   al. 2021, arXiv:2006.03659), Contriever (Izacard et al. 2022, arXiv:2112.09118), CLEAR (Wu et al. 2020,
///   arXiv:2012.15466), ConSERT (Yan et al. 2021, arXiv:2105.11741).
/// - Input: a window of one document; n ≥ 1 for `dropout`, n ≥ 2 for the others, all of a window for `declutr`.
/// - Columns: `dropout`, `consert`: `input_ids` [L], `attention_mask` u8 [L], the text once: the model makes the views;
///   `consert` adds `position_ids` [L] and `cutoff_rows`, a list. Others: both columns [V, L], `view_start` and
///   `view_length` u32 [V] (before token operations), V = 2, or anchors · (1 + positives) for `declutr`; `augment` adds
///   `operation`, `clear` `view_operation` u8 [2]; `crop`, `clear` and `declutr` add `source_ids`, a list.
/// - Randomness: `augment`: operation 7, positions 1, ids 5, insertions 11, fallbacks 9; `adjacent`: split 8; `crop`
///   and `clear`: purposes 13 and 14, one for each view; `declutr`: anchors 13, positives 14; `consert`: positions 10,
///   rows 12.
/// - Guarantees: no view is empty; an augmented view differs from its text; `restore` gives the window back.
/// - Drops: `window_too_short`. Fails: never.
/// - Cost: O(n); no allocation after the first example.
public struct ContrastivePairs: Objective {
  public static let name = "contrastive"
  public static let summary = "Views of one text: dropout, augmented, adjacent, cropped, spans near anchors, shuffled."

  enum Pairs: String, CaseIterable {
    case dropout, augment, adjacent, crop, clear, declutr, consert

    /// The text is stored once, and the model makes the views.
    var isOneView: Bool { self == .dropout || self == .consert }

    /// The window is a column of its own.
    var storesSource: Bool { self == .crop || self == .clear || self == .declutr }
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
  }

  public var drawNumber: UInt32 {
    switch pairs {
    case .dropout: 10
    case .augment: 11
    case .clear: 12
    case .adjacent, .declutr: 13
    case .crop: 14
    case .consert: 15
    }
  }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    length = settings.integer("length")
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
    let windowLength =
      switch pairs {
      case .dropout, .clear, .consert: capacity
      case .augment: Self.longestWindow(capacity, rate: rate, inserts: operations.contains(.insert))
      // Not twice the capacity: a full window would have one place to part it, and every epoch the same views.
      case .adjacent: capacity + capacity / 2
      case .crop: crop.longestWindow(capacity)
      case .declutr: spans.windowLength
      }
    guard windowLength >= 2 else {
      throw settings.invalid("length", "leaves no room for two tokens and their frame", help: "use 8 or more")
    }
    windowing = Windowing(kind: .document, length: windowLength, tail: try settings.tail(in: .dense))
    let (columns, index) = Self.columns(
      pairs, length: length, views: pairs == .declutr ? spans.viewCount : 2, vocabulary: vocabulary)
    self.columns = index
    provenance = Provenance(firstColumn: columns.count, kind: .document)
    schema = ExampleSchema(columns + Provenance.columns(.document))
  }

  /// Tokens that a window must have.
  var shortestWindow: Int {
    switch pairs {
    case .dropout: 1
    case .declutr: spans.windowLength
    default: 2
    }
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    precondition(window.ids.count <= windowing.length, "a window is no longer than the windowing says")
    guard window.ids.count >= shortestWindow else { return .windowTooShort }
    switch pairs {
    case .dropout: appendView(window.ids[...], to: &batch)
    case .augment: appendAugmented(window.ids, drawing: draws, scratch: &scratch, to: &batch)
    case .adjacent: appendAdjacent(window.ids, drawing: draws, to: &batch)
    case .crop: appendCrops(window.ids, drawing: draws, scratch: &scratch, to: &batch)
    case .clear: appendEdited(window.ids, drawing: draws, scratch: &scratch, to: &batch)
    case .declutr: appendSpans(window.ids, drawing: draws, scratch: &scratch, to: &batch)
    case .consert: appendShuffled(window.ids, drawing: draws, scratch: &scratch, to: &batch)
    }
    if let column = columns.sourceIDs { batch.append(contentsOf: window.ids.span, to: column) }
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }
}
