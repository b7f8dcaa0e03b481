internal import Blocks
internal import ModelCore

/// Do two texts that are said to follow one another have more words in common than two that are not? A probe with one
/// number: the sum over common tokens of how rare they are.
struct PairCheck {
  let set: TaskSet

  /// Nil for rows that are no pairs of texts, and for the order of sentences, of which common words say nothing.
  var verdict: Verdict? {
    guard set.asksForNextText else { return nil }
    let rows = (set.training + set.heldOut).filter { !$0.labels.isEmpty && !$0.tokens.isEmpty }
    let rarity = rarity(rows)
    let scores = rows.map { row in (score: commonness(row, rarity), isOther: row.labels[0].answer == 1) }
    guard rows.contains(where: { $0.types.contains(1) }) else {
      return Verdict("pairs", .skipped, found: "rows do not say which text a token belongs to")
    }
    let (next, other) = (scores.count { !$0.isOther }, scores.count { $0.isOther })
    guard min(next, other) >= 100 else { return Verdict("pairs", .skipped, found: "too few pairs to tell") }
    let area = area(scores)
    let deviation = (Double(next + other + 1) / (12 * Double(next) * Double(other))).squareRoot()
    return Verdict(
      "pairs", isRight: area - 0.5 > 4 * deviation,
      found: "true pairs have more in common in \(Number.percent(area)) of comparisons",
      expected: "more than \(Number.percent(0.5 + 4 * deviation))")
  }

  /// ln(rows / rows that hold it) of each token, special ones left out.
  private func rarity(_ rows: [TaskRow]) -> [Int32: Double] {
    var counts: [Int32: Int] = [:]
    for row in rows { for id in Set(row.input) { counts[id, default: 0] += 1 } }
    for id in set.special { counts[id] = nil }
    return counts.mapValues { naturalLogarithm(Double(rows.count) / Double($0)) }
  }

  private func commonness(_ row: TaskRow, _ rarity: [Int32: Double]) -> Double {
    let first = Set(row.input.indices.filter { row.types[$0] == 0 }.map { row.input[$0] })
    let second = Set(row.input.indices.filter { row.types[$0] == 1 }.map { row.input[$0] })
    let common = first.intersection(second).sorted().reduce(0) { $0 + (rarity[$1] ?? 0) }
    return common / (Double(max(1, first.count)) * Double(max(1, second.count))).squareRoot()
  }

  /// Mann–Whitney: the probability that a true pair scores higher than another one; ties count half.
  private func area(_ scores: [(score: Double, isOther: Bool)]) -> Double {
    let sorted = scores.sorted { $0.score < $1.score }
    var (below, wins) = (0.0, 0.0)
    var start = 0
    while start < sorted.count {
      var end = start
      while end < sorted.count, sorted[end].score == sorted[start].score { end += 1 }
      let others = Double(sorted[start..<end].count { $0.isOther })
      let trues = Double(end - start) - others
      wins += trues * (below + others / 2)
      below += others
      start = end
    }
    let others = Double(sorted.count { $0.isOther })
    return wins / (others * (Double(sorted.count) - others))
  }
}
