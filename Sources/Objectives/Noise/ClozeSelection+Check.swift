internal import Blocks

extension ClozeSelection {
  /// Proves that a selection can be the work of `mark`: its size by formula or bounds, its units whole.
  ///
  /// - Throws: `verify.selection-count`, `verify.whole-word`, `verify.span`.
  func check(_ row: [UInt32], _ selected: [Bool], _ reader: ExampleReader) throws(Diagnostic) {
    let taken = selected.reduce(0) { $0 + ($1 ? 1 : 0) }
    func require(_ range: ClosedRange<Int>, _ found: Int, _ what: String) throws(Diagnostic) {
      guard range.contains(found) else {
        throw reader.broken(
          "selection-count", "the number of selected \(what) is not what the settings give",
          expected: range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) ... \(range.upperBound)",
          found: "\(found)")
      }
    }
    var (starts, lengths): ([Int32], [Int32]) = ([], [])
    findUnits(in: row, starts: &starts, lengths: &lengths)
    let units = zip(starts, lengths).map { Int($0)..<Int($0 + $1) }
    let eligible = eligibleCount(in: row)
    guard eligible > 0 else { return try require(1...max(1, row.count), 0, "tokens") }
    if unit != .span { try requireWhole(units, selected, reader) }
    switch (count, unit) {
    case (.fixed, .token):
      let due = min(predictionCount(row.count), eligible)
      try require(due...due, taken, "tokens")
    case (.fixed, .wholeWord):
      let wanted = predictionCount(row.count)
      try require(1...wanted, taken, "tokens")
      for word in units where !selected[word.lowerBound] && word.count <= wanted - taken {
        throw reader.broken(
          "whole-word", "the word at token \(word.lowerBound) would have fitted, but is not selected",
          expected: "only words longer than \(wanted - taken) tokens left out", found: "\(word.count) tokens")
      }
    case (.fixed, .ngram):
      let wanted = predictionCount(row.count)
      try require(1...wanted, taken, "tokens")
      try requireNeighbours(units, selected, room: wanted - taken, reader)
    case (.fixed, .span):
      let due = spanBudget(eligible)
      try require(due...due, taken, "tokens")
      try requireWordsFromTheirStart(units, selected, reader)
    case (.fixed, .skipgram):
      let due = skipgramCount(eligible)
      try require(due...due, taken, "tokens")
    case (.stochastic, _):
      let chosen = units.reduce(0) { $0 + (selected[$1.lowerBound] ? 1 : 0) }
      let counts = stochasticCounts(units.count)
      guard let limit = maxPredictions else { return try require(counts, chosen, "units") }
      try require(1...limit, taken, "tokens")
      let least = unit == .token ? min(limit, counts.lowerBound) : 1
      try require(least...counts.upperBound, chosen, "units")
    case (.bernoulli, _):
      try require(1...eligible, taken, "tokens")
    }
  }

  private func requireWhole(
    _ units: [Range<Int>], _ selected: [Bool], _ reader: ExampleReader
  ) throws(Diagnostic) {
    for word in units {
      let chosen = selected[word].reduce(0) { $0 + ($1 ? 1 : 0) }
      guard chosen == 0 || chosen == word.count else {
        throw reader.broken(
          "whole-word", "the word at token \(word.lowerBound) is selected in part",
          expected: "all \(word.count) tokens or none", found: "\(chosen) of them")
      }
    }
  }

  /// A word that would have fitted is left out only because a selected one lies in reach of an n-gram from it.
  private func requireNeighbours(
    _ words: [Range<Int>], _ selected: [Bool], room: Int, _ reader: ExampleReader
  ) throws(Diagnostic) {
    for (index, word) in words.enumerated() where !selected[word.lowerBound] && word.count <= room {
      let reach = words[index..<min(index + ngrams.longest, words.count)]
      guard reach.contains(where: { selected[$0.lowerBound] }) else {
        throw reader.broken(
          "whole-word", "the word at token \(word.lowerBound) would have fitted, but is not selected",
          expected: "only words longer than \(room) tokens, or before a selected one, left out",
          found: "\(word.count) tokens")
      }
    }
  }

  /// Spans begin with a word, and only the last one drawn may end inside one: where the budget ended.
  private func requireWordsFromTheirStart(
    _ words: [Range<Int>], _ selected: [Bool], _ reader: ExampleReader
  ) throws(Diagnostic) {
    var cutWord: Int?
    for word in words {
      let chosen = selected[word].reduce(0) { $0 + ($1 ? 1 : 0) }
      guard chosen > 0, chosen < word.count else { continue }
      guard selected[word.prefix(chosen)].allSatisfy({ $0 }) else {
        throw reader.broken(
          "span", "the word at token \(word.lowerBound) is selected, but not from its start",
          expected: "its first \(chosen) tokens", found: "\(selected[word])")
      }
      guard cutWord == nil else {
        throw reader.broken(
          "span", "the words at tokens \(cutWord ?? 0) and \(word.lowerBound) are both selected in part",
          expected: "one word, where the budget ends")
      }
      cutWord = word.lowerBound
    }
  }
}
