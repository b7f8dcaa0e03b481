package import Blocks

/// SpanBERT's spans: runs of whole words of geometric length, until a budget of tokens is spent.
///
///     word starts   1 0 1 1 0 0 1 1 1 0      budget 6, draws (words, anchor): (1, 9) (2, 3)
///     (1, 9)        . . . . . . . . × ×      the anchor's word from its start
///     (2, 3)        . . . × × × × . × ×      two words; the budget ends there
///
/// - Source: facebookresearch/SpanBERT, `span_masking`; lengths renormalised, not clipped. A special token ends a span
///   and is never part of one.
package struct SpanSelection: Sendable {
  package let lengths: SamplingTable
  /// Weights of the lengths 1, 2, … as the paper has them, for statistics.
  let lawWeights: [Double]
  private let table: IDTable

  package init(p: Double, longest: Int, table: IDTable) {
    lengths = .geometric(p: p, longest: longest)
    lawWeights = (0..<longest).map { words in (0..<words).reduce(p) { weight, _ in weight * (1 - p) } }
    self.table = table
  }

  /// Marks exactly `budget` tokens in `scratch.mask` and returns how many.
  ///
  /// A try draws a length (purpose 3) and an anchor among the tokens that may be chosen (purpose 4); an anchor that is
  /// marked already is a try for nothing. After fifty vain tries for each such token the first unmarked one is taken.
  ///
  /// - Precondition: the budget is no larger than the number of tokens that may be chosen.
  func mark(_ budget: Int, in row: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) -> Int {
    var sizes = draws.stream(.noiseSpanLengths)
    var anchors = draws.stream(.spanStarts)
    scratch.mask.reset(to: false, count: row.count)
    table.findOrdinary(in: row, into: &scratch.positions)
    var vainTries = 0
    var marked = 0
    while marked < budget {
      let words = lengths.firstValue + sizes.index(in: lengths)
      var anchor: Int
      if vainTries < 50 * scratch.positions.count {
        anchor = Int(scratch.positions[anchors.bounded(scratch.positions.count)])
        if scratch.mask[anchor] {
          vainTries += 1
          continue
        }
      } else {
        anchor = row.indices.first { !scratch.mask[$0] && !table.isSpecial(row[$0]) } ?? 0
      }
      marked += cover(words, from: anchor, of: row, spending: budget - marked, mask: &scratch.mask)
    }
    return marked
  }

  /// Marks a span of `words` words around the start of the anchor's word, and returns how many tokens are new; the
  /// last word is cut where `budget` new tokens are spent.
  package func cover(
    _ words: Int, from anchor: Int, of row: [UInt32], spending budget: Int, mask: inout [Bool]
  ) -> Int {
    var position = anchor
    while position > 0, table.continuesWord(row[position], after: row[position - 1]) { position -= 1 }
    var (started, new) = (0, 0)
    while position < row.count, new < budget, !table.isSpecial(row[position]) {
      if started == 0 || !table.continuesWord(row[position], after: row[position - 1]) { started += 1 }
      if started > words { break }
      if !mask[position] {
        mask[position] = true
        new += 1
      }
      position += 1
    }
    return new
  }
}
