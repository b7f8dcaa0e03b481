internal import Blocks

/// The training words as runs of symbols in one arena; a run shrinks in place as its symbols are merged.
struct TrainingWords {
  struct Word {
    var start: Int
    var length: Int
    var count: Int64
  }

  private(set) var symbols: [UInt32] = []
  private(set) var words: [Word] = []

  /// Spells the words in the letters of an alphabet; letters it lacks are left out, and words of fewer than two
  /// symbols, which no merge can change.
  ///
  /// - Throws: `training.count-overflow` if a pair could occur more than 2^63 times.
  init(
    _ counts: borrowing WordCounts, _ model: TrainerSettings.Model, _ alphabet: TrainingAlphabet
  ) throws(Diagnostic) {
    var pairCount: UInt64 = 0
    for entry in counts.entries where entry.count > 0 {
      let start = symbols.count
      counts.forEachLetter(of: entry, model) { letter, isFirst in
        if let id = alphabet.id(of: letter, isFirst: isFirst) { symbols.append(id) }
      }
      let length = symbols.count - start
      guard length > 1 else {
        symbols.removeLast(length)
        continue
      }
      let (product, tooLarge) = UInt64(length).multipliedReportingOverflow(by: entry.count)
      let (sum, overflow) = pairCount.addingReportingOverflow(product)
      guard !tooLarge, !overflow, sum <= Int64.max else {
        throw Diagnostic(
          "training.count-overflow", "the words were seen too often to count their pairs",
          expected: "at most \(Int64.max) pairs in all", found: "more, at the word with the count \(entry.count)")
      }
      pairCount = sum
      words.append(Word(start: start, length: length, count: Int64(entry.count)))
    }
  }

  /// Calls `body` with each pair of neighbours in each word.
  func forEachPair(_ body: (SymbolPair, _ word: Int) -> Void) {
    for (number, word) in words.enumerated() {
      for index in word.start..<word.start + word.length - 1 {
        body(SymbolPair(symbols[index], symbols[index + 1]), number)
      }
    }
  }

  /// Puts `merged` in the place of the pair wherever it stands in a word, from left to right, and notes its neighbours.
  ///
  /// An occurrence right behind another has `merged` to its left, and notes that: so the sums of the tallies are the
  /// changes of the counts, `aaaa` included.
  mutating func merge(
    _ pair: SymbolPair, into merged: UInt32, inWord number: UInt32, left: inout NeighbourTally,
    right: inout NeighbourTally
  ) {
    let word = words[Int(number)]
    let end = word.start + word.length
    let (first, second) = (pair.left, pair.right)
    var read = word.start
    while read + 1 < end, symbols[read] != first || symbols[read + 1] != second { read += 1 }
    guard read + 1 < end else { return }
    var write = read
    while read < end {
      let symbol = symbols[read]
      if symbol == first, read + 1 < end, symbols[read + 1] == second {
        if write > word.start { left.note(symbols[write - 1], in: number, weight: word.count) }
        if read + 2 < end { right.note(symbols[read + 2], in: number, weight: word.count) }
        symbols[write] = merged
        read += 2
      } else {
        symbols[write] = symbol
        read += 1
      }
      write += 1
    }
    words[Int(number)].length = write - word.start
  }
}
