public import Blocks
internal import Files

/// Threads that do pieces of work for others: see `Workers`.
public struct WorkerThreads: Workers {
  public let count: Int

  /// - Parameter count: 0 for one on each core.
  public init(_ count: Int = 0) {
    self.count = count > 0 ? count : max(1, processorCount())
  }

  /// Pieces begun beyond the one taken last, for each thread.
  private static let ahead = 3

  private struct State<Piece: Sendable> {
    var next = 0
    var taken = 0
    var isStopped = false
    var running: Int
    var done: [Int: Piece] = [:]
  }

  public func inOrder<Piece: Sendable>(
    _ pieces: Int, _ work: @escaping @Sendable (_ number: Int) -> Piece, take: (Piece) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let threads = min(count, pieces)
    guard threads > 1 else { return try CallingThread().inOrder(pieces, work, take: take) }
    let limit = threads * Self.ahead
    let state = Monitor(State<Piece>(running: threads))
    for _ in 0..<threads {
      WorkerPool.startThread {
        while true {
          let number: Int? = state.wait { state in
            if state.isStopped || state.next == pieces { return .some(nil) }
            guard state.next < state.taken + limit else { return nil }
            state.next += 1
            return state.next - 1
          }
          guard let number else { break }
          let piece = work(number)
          state.withLock { $0.done[number] = piece }
        }
        state.withLock { $0.running -= 1 }
      }
    }
    // No thread outlives the call: what it lends may go away afterwards.
    defer {
      state.withLock { $0.isStopped = true }
      _ = state.wait { $0.running == 0 ? true : nil }
    }
    for number in 0..<pieces {
      let piece = state.wait { state -> Piece? in
        guard let piece = state.done.removeValue(forKey: number) else { return nil }
        return piece
      }
      state.withLock { $0.taken = number + 1 }
      try take(piece)
    }
  }
}
