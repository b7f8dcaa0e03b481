public import Blocks

/// Distinct words with the number of times each was seen: what a tokenizer is trained on.
///
/// `WordCounts` holds them in memory; a table larger than memory may lie on disk. Training goes through them twice.
public protocol CountedWords: ~Copyable {
  /// Calls `body` with every word and its count: each word once, in an order that means nothing.
  func forEachWord(_ body: (Span<UInt8>, UInt64) throws(Diagnostic) -> Void) throws(Diagnostic)
}
