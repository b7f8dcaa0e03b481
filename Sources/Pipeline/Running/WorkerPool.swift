import Blocks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Threads that run the same work, and the first thing that went wrong in any of them.
///
/// Threads, not tasks: the count is exact, and a blocking read starves nobody.
struct WorkerPool {
  /// What happened, and how early in the corpus: of several failures, the earliest one is reported.
  struct Failure {
    var position: (Int, Int)
    var diagnostic: Diagnostic
  }

  private struct State {
    var running: Int
    var failure: Failure?
  }

  let threadCount: Int

  /// Starts one thread; it ends with `body`.
  static func startThread(_ body: @escaping @Sendable () -> Void) { Thread.start(body) }

  /// Runs `work` once in each thread and returns when all have ended.
  ///
  /// - Parameters:
  ///   - whileWaiting: called about five times a second in the calling thread.
  ///   - stop: called once, from a worker, when one fails; it must make the others end soon.
  /// - Throws: the earliest failure.
  func run(
    whileWaiting: () -> Void, stop: @escaping @Sendable () -> Void,
    _ work: @escaping @Sendable (_ worker: Int) -> Failure?
  ) throws(Diagnostic) {
    let state = Monitor(State(running: threadCount))
    for worker in 0..<threadCount {
      Thread.start {
        let failure = work(worker)
        if failure != nil { stop() }
        state.withLock { state in
          state.running -= 1
          if let failure, failure.position < state.failure?.position ?? (.max, .max) { state.failure = failure }
        }
      }
    }
    while true {
      let isDone = state.wait(milliseconds: 200) { $0.running == 0 ? true : nil }
      whileWaiting()
      if isDone == true { break }
    }
    if let failure = state.withLock({ $0.failure }) { throw failure.diagnostic }
  }
}

/// A detached thread of the operating system.
private enum Thread {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  static func start(_ run: @escaping @Sendable () -> Void) {
    // Left to pthread_attr_init to fill.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { unsafe attributes.deallocate() }
    unsafe pthread_attr_init(attributes)
    unsafe pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    // What the main thread has; the system's default for other threads differs from one to the next.
    unsafe pthread_attr_setstacksize(attributes, 8 << 20)
    var thread = pthread_t()
    let argument = unsafe Unmanaged.passRetained(Body(run)).toOpaque()
    let status = unsafe pthread_create(
      &thread, attributes,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, argument)
    precondition(status == 0, "the system refused to start a thread (error \(status))")
    unsafe pthread_attr_destroy(attributes)
  }
}
