import Blocks

/// Runs by their next word, the smallest first: a binary heap.
struct WordRunHeap {
  private var readers: [WordRunReader]

  init(_ readers: [WordRunReader]) {
    // Sorted is a heap, too.
    self.readers = readers.sorted { $0.word.lexicographicallyPrecedes($1.word) }
  }

  /// The smallest word with the sum of its counts, all runs moved past it; sums stop at the largest 64-bit number.
  mutating func popSmallest() throws(Diagnostic) -> (word: [UInt8], count: UInt64)? {
    guard let first = readers.first else { return nil }
    let word = first.word
    var count: UInt64 = 0
    while let first = readers.first, first.word == word {
      let (sum, overflow) = count.addingReportingOverflow(first.count)
      count = overflow ? .max : sum
      if try !first.next() {
        readers[0] = readers[readers.count - 1]
        readers.removeLast()
      }
      sink()
    }
    return (word, count)
  }

  /// Lets the root sink to where it belongs.
  private mutating func sink() {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < readers.count else { return }
      if child + 1 < readers.count, precedes(child + 1, child) { child += 1 }
      guard precedes(child, parent) else { return }
      readers.swapAt(child, parent)
      parent = child
    }
  }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    readers[left].word.lexicographicallyPrecedes(readers[right].word)
  }
}
