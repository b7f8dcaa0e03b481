/// A piece between being found and being looked up.
///
/// Fused encoders find a batch of pieces first, which sends for their cache lines, and look them up after: then the
/// misses of a table larger than the processor's caches overlap instead of adding up.
struct PendingPiece {
  /// Pieces in a batch: more lines than this are not in flight at once.
  static let batchCount = 32

  var start: Int
  var end: Int
  var key: WordCache.Key
}
