/// How far a run is; what a progress line shows.
public struct Progress: Sendable {
  public enum Phase: String, Sendable {
    /// `counting` and `merging` are the two halves of training a tokenizer.
    case counting, merging, blocks, publishing
  }

  public var phase: Phase = .blocks
  public var documents = 0
  /// Decompressed bytes of the inputs.
  public var sourceBytes = 0
  public var tokens = 0
  /// Tokens of the vocabulary that is being trained, and how many it shall have.
  public var vocabulary = 0
  public var vocabularyTotal = 0
  /// Bytes of the input files that have been read, and their total; nil when an input has no size (standard input).
  public var inputBytes = 0
  public var inputTotal: Int?
  /// Blocks done, and how many of them an earlier run had done.
  public var blocks = 0
  public var blocksFoundDone = 0
  public var shards = 0
  public var shardTotal = 0
  /// Seconds since this phase began.
  public var seconds = 0.0

  public init() {}

  /// Share of the phase that is done, from 0 to 1; nil when the total is unknown.
  public var fraction: Double? {
    switch phase {
    case .publishing: return shardTotal > 0 ? Double(shards) / Double(shardTotal) : nil
    case .merging: return vocabularyTotal > 0 ? Double(vocabulary) / Double(vocabularyTotal) : nil
    case .counting, .blocks:
      guard let inputTotal, inputTotal > 0 else { return nil }
      return min(1, Double(inputBytes) / Double(inputTotal))
    }
  }

  /// Seconds that the rest of the phase will take at the speed so far.
  public var remainingSeconds: Double? {
    guard let fraction, fraction > 0.01 else { return nil }
    return seconds * (1 - fraction) / fraction
  }
}
