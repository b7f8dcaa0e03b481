/// How the documents of a block are cut into windows.
public struct Windowing: Sendable, Equatable {
  public enum Kind: String, Sendable, Equatable, CaseIterable {
    /// Each document by itself: windows never hold two documents.
    case document
    /// All documents of the block one after the other, cut every `length` tokens.
    case packed
    /// As `packed`, cut where sentences start: as many whole sentences as fit (RoBERTa's FULL-SENTENCES).
    case fullSentences = "full_sentences"
    /// As `document`, cut where sentences start (RoBERTa's DOC-SENTENCES).
    case docSentences = "doc_sentences"
    /// All documents of the block, fitted into windows so that only those longer than a window are cut.
    case bestFit = "best_fit"
    /// Two texts, of whole sentences but for what is cut off to make them fit; drawn anew for each epoch.
    case sentencePairs = "sentence_pairs"
    /// The texts of one record, each cut off where it is too long.
    case records

    /// Whether one window may hold several documents, so that the block is what keys its draws.
    public var spansDocuments: Bool {
      switch self {
      case .packed, .fullSentences, .bestFit: true
      case .document, .docSentences, .sentencePairs, .records: false
      }
    }

    /// Whether windows hold whole sentences; one that is longer than a window is cut all the same.
    public var keepsSentences: Bool { self == .fullSentences || self == .docSentences }

    /// One clause for reference pages.
    var summary: String {
      switch self {
      case .document: "windows never hold two documents"
      case .packed: "documents one after the other, cut every window's length"
      case .fullSentences: "as packed, but cut between sentences"
      case .docSentences: "as document, but cut between sentences"
      case .bestFit: "documents fitted together so that only those longer than a window are cut"
      case .sentencePairs: "two texts of one row, following one another or not"
      case .records: "the texts of one record"
      }
    }
  }

  /// What becomes of the last, short window of a document or block. A full window is never dropped.
  public enum Tail: String, Sendable, Equatable, CaseIterable {
    /// Kept; rows are padded by the objective when its columns have fixed length, and are short otherwise.
    case keep
    /// Left out and counted as `tail_dropped`.
    case drop
  }

  public let kind: Kind
  /// Tokens in a full window, `eod` included.
  public var length: Int
  /// Tokens by which consecutive windows overlap (0 for all objectives but those that predict each token once).
  public var overlap: Int
  /// What each segment of a window takes of its length beside its tokens: room for what an objective adds to it.
  public var segmentRoom: Int
  /// Appended to every document when given.
  public var endOfDocument: UInt32?
  public var tail: Tail
  /// Sentences must be found: to be gathered with the windows, or to cut between them.
  public var needsSentences: Bool
  /// How pairs are made; given with `sentencePairs`, and only then.
  public let pairing: SentencePairing?
  /// Negatives that each window gets as further segments; with `document` and `records` only.
  public var negatives: HardNegatives?
  /// Let windows say from which document each segment comes, and from where in it.
  package var namesDocuments = false
  /// Lays documents out before they are cut.
  package var fim: FillInTheMiddle?
  /// Several ways to cut, in place of this one; all of them keep to documents, or none does.
  public let deal: WindowDeal?

  public init(
    kind: Kind, length: Int, overlap: Int = 0, segmentRoom: Int = 0, endOfDocument: UInt32? = nil,
    tail: Tail = .keep, needsSentences: Bool = false
  ) {
    self.kind = kind
    self.length = length
    self.overlap = overlap
    self.segmentRoom = segmentRoom
    self.endOfDocument = endOfDocument
    self.tail = tail
    pairing = nil
    deal = nil
    self.needsSentences = needsSentences || kind.keepsSentences
  }

  /// Pairs of texts with `length` tokens in both at most.
  public init(_ pairing: SentencePairing, length: Int) {
    kind = .sentencePairs
    self.length = length
    overlap = 0
    segmentRoom = 0
    endOfDocument = nil
    tail = .keep
    needsSentences = true
    self.pairing = pairing
    deal = nil
  }

  /// Windows that are cut each in one of several ways.
  ///
  /// - Precondition: all of them keep to documents or none does, and each could cut a window by itself.
  public init(_ deal: WindowDeal) {
    precondition(deal.windowings.allSatisfy(\.isCuttable), "windows are cut one after the other")
    let spansDocuments = deal.windowings[0].kind.spansDocuments
    precondition(deal.windowings.allSatisfy { $0.kind.spansDocuments == spansDocuments }, "one kind of origin")
    kind = spansDocuments ? .packed : .document
    length = deal.windowings.map(\.length).max() ?? 0
    overlap = 0
    segmentRoom = 0
    let marks = Set(deal.windowings.map(\.endOfDocument))
    endOfDocument = marks.count == 1 ? deal.windowings[0].endOfDocument : nil
    tail = .keep
    needsSentences = deal.windowings.contains(where: \.needsSentences)
    pairing = nil
    self.deal = deal
  }

  /// Whether windows follow one another in a stream, each cut by its place alone.
  var isCuttable: Bool {
    [.document, .packed, .fullSentences, .docSentences].contains(kind) && negatives == nil && fim == nil
      && deal == nil
  }

  /// The token of its document at which a window starts by its number; nil where that depends on other documents or on
  /// sentences.
  public func sourceStart(ofWindow number: Int) -> Int? {
    guard kind == .document, pairing == nil, fim == nil, segmentRoom == 0 else { return nil }
    return number * (length - overlap)
  }

  /// Whether windows depend on seed and epoch: each epoch then has its own.
  public var isDrawn: Bool {
    pairing != nil || negatives?.kind == .sameSource || fim != nil || deal != nil
  }

  /// Whether windows can be cut only where the documents' texts are at hand.
  public var needsText: Bool { fim?.level == .character }

  /// Whether windows list the documents of their segments, which do not follow from the block.
  public var listsSegments: Bool { kind == .bestFit || fim != nil }

  /// What was cut and what was left out, so that no token goes missing unseen.
  public struct Report: Sendable, Equatable {
    public var windows = 0
    /// Tokens in windows, `eod`s and overlaps included.
    public var tokens = 0
    /// Tokens left out by `tail: drop`, or cut off pairs that were too long.
    public var droppedTokens = 0
    public var droppedTails = 0
  }
}
