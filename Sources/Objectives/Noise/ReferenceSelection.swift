internal import Blocks

/// Runs of words selected once more by the rules of the papers, for statistics: written for the eye, in doubles, with
/// draws of its own.
///
/// Nothing of it reaches a dataset. A dataset whose runs are longer or shorter than its settings say differs from what
/// this selects of the same texts.
struct ReferenceSelection: Sendable {
  private let selection: ClozeSelection
  private let table: IDTable
  /// Weight of each length, from 1 on.
  private let weights: [Double]

  init(_ selection: ClozeSelection) {
    self.selection = selection
    table = selection.table
    weights =
      switch selection.unit {
      case .span: selection.spans.lawWeights
      case .ngram: selection.ngrams.lawWeights
      case .skipgram: selection.skipgrams.lawWeights
      case .token, .wholeWord: [1]
      }
  }

  var longest: Int { weights.count }

  /// Words of one of a row's runs: of the first in half of the rows, of the last in the others; nil where there is
  /// none.
  func runLength(_ row: [UInt32], _ selected: [Bool]) -> Int? {
    let fromEnd = (row.reduce(0) { $0 ^ $1 }) & 1 == 1
    guard let place = fromEnd ? selected.lastIndex(of: true) : selected.firstIndex(of: true) else { return nil }
    var (start, end) = (place, place + 1)
    while start > 0, selected[start - 1] { start -= 1 }
    while end < selected.count, selected[end] { end += 1 }
    return (start..<end).reduce(0) { $0 + ($1 == start || startsUnit($1, row) ? 1 : 0) }
  }

  /// Skip-grams count tokens, the others words.
  private func startsUnit(_ index: Int, _ row: [UInt32]) -> Bool {
    selection.unit == .skipgram || index == 0 || !table.continuesWord(row[index], after: row[index - 1])
  }

  private func drawLength(_ stream: inout RandomStream) -> Int {
    var rest = stream.double() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      if rest < weight { return index + 1 }
      rest -= weight
    }
    return weights.count
  }

  /// The tokens of up to `count` units from a place on; they end before a special token.
  private func units(_ count: Int, from start: Int, of row: [UInt32]) -> Range<Int> {
    var (end, units) = (start, 0)
    while end < row.count, !table.isSpecial(row[end]) {
      if end == start || startsUnit(end, row) { units += 1 }
      if units > count { break }
      end += 1
    }
    return start..<end
  }

  func select(_ row: [UInt32], drawing stream: inout RandomStream) -> [Bool] {
    switch selection.unit {
    case .span: selectSpans(row, &stream)
    case .ngram: selectNGrams(row, &stream)
    case .token, .wholeWord, .skipgram: selectSkipgrams(row, &stream)
    }
  }

  /// SpanBERT: anchors anywhere, spans from the start of the anchor's word, until the budget of tokens is spent.
  private func selectSpans(_ row: [UInt32], _ stream: inout RandomStream) -> [Bool] {
    var selected = Array(repeating: false, count: row.count)
    let eligible = row.indices.filter { !table.isSpecial(row[$0]) }
    var left = selection.spanBudget(eligible.count)
    while left > 0 {
      let length = drawLength(&stream)
      var start = eligible[stream.bounded(eligible.count)]
      guard !selected[start] else { continue }
      while !startsUnit(start, row) { start -= 1 }
      for position in units(length, from: start, of: row) where !selected[position] && left > 0 {
        selected[position] = true
        left -= 1
      }
    }
    return selected
  }

  /// ALBERT: words in random order, each the start of as many as were drawn and fit; none where a token is taken.
  private func selectNGrams(_ row: [UInt32], _ stream: inout RandomStream) -> [Bool] {
    var selected = Array(repeating: false, count: row.count)
    var starts = row.indices.filter { !table.isSpecial(row[$0]) && startsUnit($0, row) }
    stream.partialShuffle(&starts, count: starts.count)
    var left = selection.predictionCount(row.count)
    for start in starts where left > 0 {
      var words = drawLength(&stream)
      while words > 0, units(words, from: start, of: row).count > left { words -= 1 }
      let range = units(words, from: start, of: row)
      guard words > 0, range.allSatisfy({ !selected[$0] }) else { continue }
      for position in range { selected[position] = true }
      left -= range.count
    }
    return selected
  }

  /// UniLM: tokens in random order, now and then with some behind them; what is too many is given back at random.
  private func selectSkipgrams(_ row: [UInt32], _ stream: inout RandomStream) -> [Bool] {
    var selected = Array(repeating: false, count: row.count)
    var eligible = row.indices.filter { !table.isSpecial(row[$0]) }
    let wanted = selection.skipgramCount(eligible.count)
    var taken = 0
    stream.partialShuffle(&eligible, count: eligible.count)
    for start in eligible where taken < wanted && !selected[start] {
      for position in units(drawLength(&stream), from: start, of: row) where !selected[position] {
        selected[position] = true
        taken += 1
      }
    }
    var chosen = selected.indices.filter { selected[$0] }
    stream.partialShuffle(&chosen, count: chosen.count)
    for position in chosen.dropFirst(wanted) { selected[position] = false }
    return selected
  }
}
