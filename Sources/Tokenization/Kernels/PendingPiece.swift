/// A piece between being found and being looked up.
///
/// Fused encoders find a batch of pieces first, which sends for their cache lines, and look them up after: then the
/// misses of a table larger than the processor's caches overlap instead of adding up.
struct PendingPiece {
  /// Pieces in a batch: their cache lines and this list stay in the first-level cache together.
  static let batchCount = 256

  var key: WordKey
  /// What finds the word in its table.
  var hash: UInt64
  var start: Int

  @inline(__always) var count: Int { key.count }
  @inline(__always) var end: Int { start + key.count }
}
