internal import Blocks

/// UniLM's mixture of single tokens and short runs.
///
///     row        [CLS] a b c d [SEP] e f g [SEP]      count 3, runs of 2 or 3 tokens
///     d          no run                       d
///     b          a run of 3                   b c d    ends before [SEP], d is taken already
///     trimmed    one of b c d more than asked: three of them are kept at random
///
/// - Source: microsoft/unilm, `Preprocess4Seq2seq`; positions that are taken already are passed over without a draw.
package struct SkipgramSelection: Sendable {
  /// Weights of the lengths 1, 2, … as the paper has them, for statistics.
  let lawWeights: [Double]
  private let share: Threshold
  private let longest: Int
  private let table: IDTable

  init(share: Double, longest: Int, table: IDTable) {
    self.share = Threshold(longest < 2 ? 0 : share)
    lawWeights = longest < 2 ? [1] : [1 - share] + Array(repeating: share / Double(longest - 1), count: longest - 1)
    self.longest = longest
    self.table = table
  }

  /// Marks exactly `count` tokens in `scratch.mask` and returns how many.
  ///
  /// Positions are drawn from purpose 1; for each whether it is a run, and of how many tokens, from purpose 3; what is
  /// kept where the last run brings too many from purpose 9.
  ///
  /// - Precondition: `count` is no larger than the number of tokens that may be chosen.
  func mark(_ count: Int, in row: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) -> Int {
    var positions = draws.stream(.positionSelection)
    var runs = draws.stream(.noiseSpanLengths)
    scratch.mask.reset(to: false, count: row.count)
    table.findOrdinary(in: row, into: &scratch.positions)
    let places = scratch.positions.count
    var taken = 0
    for index in 0..<places where taken < count {
      if index < places - 1 { scratch.positions.swapAt(index, index + positions.bounded(places - index)) }
      let start = Int(scratch.positions[index])
      guard !scratch.mask[start] else { continue }
      let length = runs.bernoulli(share) ? 2 + runs.bounded(longest - 1) : 1
      for position in start..<min(start + length, row.count) {
        guard !table.isSpecial(row[position]) else { break }
        if !scratch.mask[position] { taken += 1 }
        scratch.mask[position] = true
      }
    }
    if taken > count { trim(to: count, drawing: draws, scratch: &scratch) }
    return count
  }

  private func trim(to count: Int, drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var kept = draws.stream(.countRounding)
    scratch.positions.removeAll(keepingCapacity: true)
    for position in scratch.mask.indices where scratch.mask[position] { scratch.positions.append(Int32(position)) }
    kept.partialShuffle(&scratch.positions, count: count)
    for index in count..<scratch.positions.count { scratch.mask[Int(scratch.positions[index])] = false }
  }
}
