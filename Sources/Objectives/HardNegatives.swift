/// Where the texts come from that a model should tell from a pair although they look like it.
///
/// - Source: SimCSE (arXiv:2104.08821) for given ones; DPR (Karpukhin et al. 2020, arXiv:2004.04906) for BM25.
public struct HardNegatives: Sendable, Equatable {
  public enum Kind: String, Sendable, Equatable, CaseIterable {
    /// Further texts of the record.
    case given
    /// Other windows of the same document, drawn for each epoch.
    case sameSource = "same_source"
    /// The windows of other documents of the block that BM25 finds nearest.
    case bm25
  }

  public let kind: Kind
  /// Negatives of each window; a window that does not find as many has none.
  public let count: Int
  /// Tokens of the longest negative; a longer one is cut off at its end.
  public let longest: Int
  /// The number that keys the draws.
  public let drawNumber: UInt32

  public init(kind: Kind, count: Int, longest: Int, drawNumber: UInt32) {
    self.kind = kind
    self.count = count
    self.longest = longest
    self.drawNumber = drawNumber
  }
}
