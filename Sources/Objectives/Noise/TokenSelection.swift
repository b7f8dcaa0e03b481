internal import Blocks

/// Where the noise falls, one token or one whole word at a time: positions without replacement.
///
///     ids        un ##aff ##able the play ##ing      count 3
///     words      ─────0───────── ─1─ ────2─────      order drawn: 1, 0 (3 tokens: would exceed, skipped), 2
///     marked                      ×    ×    ×
package struct TokenSelection: Sendable {
  package enum Unit: String, CaseIterable {
    case token
    case wholeWord = "whole_word"
  }

  let unit: Unit
  let table: IDTable

  static let setting = Setting(
    "unit", .choice(Unit.allCases.map(\.rawValue)), default: .text(Unit.token.rawValue),
    "What is chosen as one: token, or whole_word (all tokens of a word or none).")

  package init(unit: Unit, table: IDTable) {
    self.unit = unit
    self.table = table
  }

  init(_ settings: Settings, table: IDTable) {
    unit = Unit(rawValue: settings.text("unit")) ?? .token
    self.table = table
  }

  /// Number of tokens that may be chosen: all but special ones.
  func eligibleCount(in ids: [UInt32]) -> Int {
    var count = 0
    for id in ids where !table.isSpecial(id) { count += 1 }
    return count
  }

  /// Marks at most `count` tokens in `scratch.mask` and returns how many.
  ///
  /// Tokens: exactly `count`, or all eligible ones if there are fewer. Words: in random order until the budget is
  /// spent, skipping those that would exceed it, so that fewer tokens, even none, may be marked.
  func mark(
    _ count: Int, in ids: [UInt32], drawing stream: inout RandomStream, scratch: inout ObjectiveScratch
  ) -> Int {
    scratch.mask.reset(to: false, count: ids.count)
    switch unit {
    case .token: return markTokens(count, in: ids, drawing: &stream, scratch: &scratch)
    case .wholeWord: return markWords(count, in: ids, drawing: &stream, scratch: &scratch)
    }
  }

  private func markTokens(
    _ count: Int, in ids: [UInt32], drawing stream: inout RandomStream, scratch: inout ObjectiveScratch
  ) -> Int {
    table.findOrdinary(in: ids, into: &scratch.positions)
    let count = min(count, scratch.positions.count)
    stream.partialShuffle(&scratch.positions, count: count)
    let positions = scratch.positions
    unsafe scratch.mask.withUnsafeMutableBufferPointer { mask in
      // Positions come from `ids`, and the mask has a flag for each of those.
      for index in 0..<count { unsafe mask[Int(positions[index])] = true }
    }
    return count
  }

  private func markWords(
    _ count: Int, in ids: [UInt32], drawing stream: inout RandomStream, scratch: inout ObjectiveScratch
  ) -> Int {
    findWords(in: ids, starts: &scratch.positions, lengths: &scratch.lengths)
    var budget = WordBudget(tokens: count)
    let wordCount = scratch.positions.count
    for index in 0..<wordCount where !budget.isSpent {
      if index < wordCount - 1 {
        let other = index + stream.bounded(wordCount - index)
        scratch.positions.swapAt(index, other)
        scratch.lengths.swapAt(index, other)
      }
      let length = Int(scratch.lengths[index])
      guard budget.takes(length) else { continue }
      let start = Int(scratch.positions[index])
      for position in start..<start + length { scratch.mask[position] = true }
    }
    return budget.taken
  }

  /// The words of a window: special tokens belong to none and end the word before them.
  package func findWords(in ids: [UInt32], starts: inout [Int32], lengths: inout [Int32]) {
    starts.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    for position in ids.indices where !table.isSpecial(ids[position]) {
      if position > 0, table.continuesWord(ids[position], after: ids[position - 1]) {
        lengths[lengths.count - 1] += 1
      } else {
        starts.append(Int32(position))
        lengths.append(1)
      }
    }
  }
}

/// BERT's walk over words: stop when the budget is spent, skip a word that would exceed it.
package struct WordBudget {
  private let tokens: Int
  private(set) var taken = 0

  package init(tokens: Int) { self.tokens = tokens }

  var isSpent: Bool { taken >= tokens }

  /// Takes a word if it fits.
  package mutating func takes(_ length: Int) -> Bool {
    guard !isSpent, taken + length <= tokens else { return false }
    taken += length
    return true
  }
}
