internal import Blocks

/// ALBERT's n-grams: runs of whole words, shorter ones more often.
///
///     words      un##aff##able  the  play##ing  cat       count 4, up to 3 words
///     start      play##ing, n = 3: only two words are left; 3 tokens, they fit
///     start      the, n = 2: reaches into words that are taken, skipped
///     start      un##aff##able, n = 1: 3 tokens exceed what is left, skipped
///
/// - Source: google-research/albert, `create_masked_lm_predictions`. Its early test for taken words does nothing (a
///   `continue` of the inner loop): the length is drawn first, and the words are tested afterwards, as here.
package struct NGramSelection: Sendable {
  let lengths: SamplingTable
  /// Weights of the lengths 1, 2, … as the paper has them, for statistics.
  let lawWeights: [Double]
  private let words: TokenSelection
  private let table: IDTable

  init(longest: Int, favorsShorter: Bool, table: IDTable) {
    lengths = .ngram(longest: longest, favorsShorter: favorsShorter)
    let weights = (1...longest).map { 1 / Double($0) }
    lawWeights = favorsShorter ? weights : weights.reversed()
    words = TokenSelection(unit: .wholeWord, table: table)
    self.table = table
  }

  var longest: Int { lengths.thresholds.count }

  /// Marks at most `count` tokens in `scratch.mask` and returns how many.
  ///
  /// Starts are drawn from purpose 1, lengths from purpose 3, one for each start that is tried.
  func mark(_ count: Int, in row: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) -> Int {
    var starts = draws.stream(.positionSelection)
    var sizes = draws.stream(.noiseSpanLengths)
    scratch.mask.reset(to: false, count: row.count)
    words.findWords(in: row, starts: &scratch.positions, lengths: &scratch.lengths)
    let wordCount = scratch.positions.count
    scratch.order.removeAll(keepingCapacity: true)
    for word in 0..<wordCount { scratch.order.append(Int32(word)) }
    var taken = 0
    for index in 0..<wordCount where taken < count {
      if index < wordCount - 1 { scratch.order.swapAt(index, index + starts.bounded(wordCount - index)) }
      let first = Int(scratch.order[index])
      let drawn = lengths.firstValue + sizes.index(in: lengths)
      let range = tokens(ofWords: drawn, from: first, fitting: count - taken, scratch: scratch)
      guard !range.isEmpty, range.allSatisfy({ !scratch.mask[$0] }) else { continue }
      for position in range { scratch.mask[position] = true }
      taken += range.count
    }
    return taken
  }

  /// The tokens of up to `count` consecutive words, as many as fit; empty where not even the first does.
  private func tokens(
    ofWords count: Int, from first: Int, fitting limit: Int, scratch: borrowing ObjectiveScratch
  ) -> Range<Int> {
    let start = Int(scratch.positions[first])
    var end = start
    for word in first..<min(first + count, scratch.positions.count) {
      // A special token between two words ends the n-gram.
      guard Int(scratch.positions[word]) == end, end + Int(scratch.lengths[word]) - start <= limit else { break }
      end += Int(scratch.lengths[word])
    }
    return start..<end
  }
}
