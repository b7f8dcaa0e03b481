public import Blocks
internal import Files

/// Independent pieces of work on several threads, for callers that may not start any themselves.
public enum Parallel {
  /// Runs every piece once, in their order as threads become free, and returns when all have ended.
  ///
  /// - Parameter threads: 0 for one a core.
  public static func run(_ pieces: [@Sendable () -> Void], threads: Int = 0) throws(Diagnostic) {
    let count = min(pieces.count, threads > 0 ? threads : processorCount())
    guard count > 1 else {
      for piece in pieces { piece() }
      return
    }
    let next = Monitor(0)
    try WorkerPool(threadCount: count).run(
      whileWaiting: {}, stop: {},
      { _ in
        while true {
          let index = next.withLock { next in
            next += 1
            return next - 1
          }
          guard index < pieces.count else { return nil }
          pieces[index]()
        }
      })
  }
}
