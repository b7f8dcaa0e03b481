/// How two texts of one row are found: BERT's next sentences, or ALBERT's sentence order.
///
/// - Source: google-research/bert and google-research/albert, `create_instances_from_document`.
public struct SentencePairing: Sendable, Equatable {
  public enum Kind: String, Sendable, Equatable, CaseIterable {
    /// The second text is the next one (0), or comes from another document (1).
    case nextSentence = "nsp"
    /// Two texts that follow one another, in their order (0) or turned round (1).
    case sentenceOrder = "sop"
  }

  public let kind: Kind
  /// How often a document's pairs aim at a shorter length than they may have.
  public let shortShare: Double
  /// The number that keys the draws.
  public let drawNumber: UInt32

  public init(kind: Kind, shortShare: Double, drawNumber: UInt32) {
    self.kind = kind
    self.shortShare = shortShare
    self.drawNumber = drawNumber
  }
}
