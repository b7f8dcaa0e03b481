import Palimpsest
import Synchronization
import Testing

@Suite struct WorkerThreadsTests {
  private let all: [any Workers] = [CallingThread(), WorkerThreads(1), WorkerThreads(2), WorkerThreads(7)]

  @Test("Results are taken in order, each once, whoever does the work")
  func order() throws {
    for workers in all {
      for count in [0, 1, 2, 50] {
        var taken: [Int] = []
        try workers.inOrder(count) { number in
          // Some pieces take longer than those behind them.
          (0..<(number % 5) * 1000).reduce(number) { $0 ^ $1 ^ $1 }
        } take: { piece throws(Diagnostic) in
          taken.append(piece)
        }
        #expect(taken == Array(0..<count))
      }
    }
  }

  @Test("What taking throws stops the work soon, and comes out")
  func failure() throws {
    for workers in all {
      let begun = Counter()
      let error = #expect(throws: Diagnostic.self) {
        try workers.inOrder(1000) { number in
          begun.add()
          return number
        } take: { piece throws(Diagnostic) in
          if piece == 3 { throw Diagnostic("test.stop", "no more") }
        }
      }
      #expect(error?.code == "test.stop")
      // Three pieces ahead for each of seven threads, and the one that each has in hand.
      #expect(begun.value <= 4 + 4 * 7)
    }
  }

  private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add() { count.add(1, ordering: .relaxed) }
  }
}
