/// The tokens that one example is made of, gathered out of a block, and where they came from.
///
///     ids               7592 2088 [eod] 2178 2028 1012
///     segmentStarts     0               3                 a segment is (part of) one document, its `eod` included
///     sentenceStarts    0               3    5
public struct TokenWindow: Sendable, Equatable {
  /// The tokens, documents' ends marked by `eod` where the windowing says so. No other special id.
  public var ids: [UInt32] = []
  /// Where each document's part starts in `ids`; the first entry is 0.
  public var segmentStarts: [Int] = []
  /// Where sentences start in `ids`; empty unless the windowing asks for sentences.
  public var sentenceStarts: [Int] = []
  /// Id of the document in which the window starts.
  public var documentID: UInt64 = 0
  /// What keys the draws: the document's id, or the block's id for windows over several documents.
  public var originID: UInt64 = 0
  /// Number of the window in its origin, from 0.
  public var exampleIndex: UInt32 = 0
  /// First token of the window in its first document.
  public var sourceStart = 0
  /// The corruption copy, from 0.
  public var epoch: UInt16 = 0

  public init() {}
}
