internal import Blocks

/// The ids that a sample holds, numbered anew: special ones and the most frequent keep a number of their own, all
/// others share one, number 0.
///
/// A small model's cost is its vocabulary's; what rare tokens would teach, it has no time to learn. So ln V below is
/// that of this vocabulary, and so are all entropies: they compare with each other, not with those of other programs.
struct CompactVocabulary: Sendable {
  /// Numbers, the shared one included.
  let size: Int
  /// Different ids in the sample.
  let seen: Int
  private let numbers: [Int32: Int32]

  /// - Parameter limit: most numbers.
  init(_ rows: [TaskRow], special: Set<Int32>, limit: Int) {
    var counts: [Int32: Int] = [:]
    for row in rows {
      for id in row.input { counts[id, default: 0] += 1 }
      for asked in row.tokens { counts[asked.answer, default: 0] += 1 }
      for id in row.target?.input ?? [] { counts[id, default: 0] += 1 }
      for view in row.views { for id in view.ids { counts[id, default: 0] += 1 } }
    }
    seen = counts.count
    let order = counts.keys.sorted { left, right in
      let (leftIsSpecial, rightIsSpecial) = (special.contains(left), special.contains(right))
      if leftIsSpecial != rightIsSpecial { return leftIsSpecial }
      let (a, b) = (counts[left] ?? 0, counts[right] ?? 0)
      return a != b ? a > b : left < right
    }
    var numbers: [Int32: Int32] = [:]
    for (index, id) in order.prefix(limit - 1).enumerated() { numbers[id] = Int32(index + 1) }
    self.numbers = numbers
    size = numbers.count + 1
  }

  subscript(id: Int32) -> Int32 { numbers[id] ?? 0 }

  /// The row in these numbers.
  func renumber(_ row: TaskRow) -> TaskRow {
    var row = row
    row.input = row.input.map { self[$0] }
    for index in row.tokens.indices { row.tokens[index].answer = self[row.tokens[index].answer] }
    if let target = row.target { row.target?.input = target.input.map { self[$0] } }
    for index in row.views.indices { row.views[index].ids = row.views[index].ids.map { self[$0] } }
    return row
  }
}
