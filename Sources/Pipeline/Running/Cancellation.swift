import Synchronization

/// A wish to stop, from a signal handler or another thread; looked at between blocks.
public final class Cancellation: Sendable {
  private let requested = Atomic<Bool>(false)

  public init() {}

  /// Asks for a stop at the next block boundary. Safe in a signal handler.
  public func request() { requested.store(true, ordering: .relaxed) }

  public var isRequested: Bool { requested.load(ordering: .relaxed) }
}
