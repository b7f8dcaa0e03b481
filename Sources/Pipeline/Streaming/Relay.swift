import Blocks

/// Blocks of one stream for several workers, whose results are handed over in the order of the stream.
///
/// A worker takes the next block with its turn, works on it beside the others, and waits for its turn before it hands
/// the result over; so no more blocks are in memory than there are workers.
final class Relay<Result: Sendable>: Sendable {
  private struct Source: ~Copyable {
    var blocks: TextBlocks
    var nextTurn = 0
    var isDone = false
  }

  private struct Turns {
    var current = 0
    var hasFailed = false
    var result: Result
  }

  private let source: Monitor<Source>
  private let turns: Monitor<Turns>

  init(_ blocks: consuming TextBlocks, result: Result) {
    source = Monitor(Source(blocks: blocks))
    turns = Monitor(Turns(result: result))
  }

  var result: Result { turns.withLock { $0.result } }

  /// No more blocks are read; those at hand are still handed over.
  func stop() { source.withLock { $0.isDone = true } }

  /// Reads the next block.
  ///
  /// - Returns: its turn, or nil when there is nothing left.
  func next(into block: inout DocumentBlock) throws(Diagnostic) -> Int? {
    var failure: Diagnostic?
    let turn: Int? = source.withLock { source in
      do throws(Diagnostic) {
        guard !source.isDone, try source.blocks.next(into: &block) else {
          source.isDone = true
          return nil
        }
        source.nextTurn += 1
        return source.nextTurn - 1
      } catch {
        source.isDone = true
        failure = error
        return nil
      }
    }
    if let failure { throw failure }
    return turn
  }

  /// Waits for a turn and calls `body`, alone; does nothing when an earlier turn failed.
  func handOver(_ turn: Int, _ body: (inout Result) throws(Diagnostic) -> Void) throws(Diagnostic) {
    let state: (isOurs: Bool, result: Result) = turns.wait { turns in
      turns.hasFailed || turns.current == turn ? (!turns.hasFailed, turns.result) : nil
    }
    guard state.isOurs else { return }
    var result = state.result
    do throws(Diagnostic) {
      try body(&result)
      turns.withLock { turns in
        turns.result = result
        turns.current += 1
      }
    } catch {
      turns.withLock { $0.hasFailed = true }
      throw error
    }
  }
}
