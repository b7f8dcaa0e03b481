internal import Blocks

extension ContrastivePairs {
  /// The text, and a copy changed by one operation.
  func appendAugmented(
    _ ids: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) {
    var mode = draws.stream(.mode)
    let operation = operations[mode.bounded(operations.count)]
    scratch.ids.removeAll(keepingCapacity: true)
    scratch.ids.append(contentsOf: ids)
    switch operation {
    case .delete: delete(ids, drawing: draws, scratch: &scratch)
    case .replace: replace(drawing: draws, scratch: &scratch)
    case .insert: insert(drawing: draws, scratch: &scratch)
    case .swap: swapTokens(drawing: draws, scratch: &scratch)
    }
    // Two equal views would teach nothing: equal tokens may have changed places, or nothing could be replaced.
    if scratch.ids == ids { scratch.ids.removeLast() }
    appendView(ids[...], to: &batch)
    appendView(scratch.ids[...], to: &batch)
    for _ in 0..<2 { appendBounds(0..<ids.count, to: &batch) }
    if let column = columns.operation {
      batch.append(Operation.allCases.firstIndex(of: operation) ?? 0, to: column)
    }
  }

  /// EDA's count: a tenth of the tokens, rounded down, but one at least.
  func changedCount(_ count: Int) -> Int { max(1, Int(Double(count) * rate)) }

  /// The longest text whose copy fits when `insert` makes it longer.
  static func longestWindow(_ capacity: Int, rate: Double, inserts: Bool) -> Int {
    guard inserts else { return capacity }
    var count = capacity
    while count > 0, count + max(1, Int(Double(count) * rate)) > capacity { count -= 1 }
    return count
  }

  /// Each token is deleted with the rate's probability; never all of them, and never none.
  private func delete(_ ids: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var positions = draws.stream(.positionSelection)
    var fallback = draws.stream(.countRounding)
    scratch.ids.removeAll(keepingCapacity: true)
    for id in ids where !positions.bernoulli(deletionRate) { scratch.ids.append(id) }
    if scratch.ids.isEmpty {
      scratch.ids.append(ids[fallback.bounded(ids.count)])
    } else if scratch.ids.count == ids.count {
      scratch.ids.remove(at: fallback.bounded(ids.count))
    }
  }

  /// Some tokens become other ordinary ids (EDA's synonyms, without a thesaurus).
  private func replace(drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var positions = draws.stream(.positionSelection)
    var replacements = draws.stream(.replacementIDs)
    let selection = TokenSelection(unit: .token, table: table)
    let ids = scratch.ids
    _ = selection.mark(changedCount(ids.count), in: ids, drawing: &positions, scratch: &scratch)
    scratch.targets.removeAll(keepingCapacity: true)
    for index in ids.indices {
      scratch.targets.append(
        scratch.mask[index] ? table.draw(&replacements, otherThan: ids[index]) : ids[index])
    }
    swap(&scratch.ids, &scratch.targets)
  }

  /// Copies of tokens of the text go to random places, never to the end (EDA's insertion, without a thesaurus).
  private func insert(drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var insertions = draws.stream(.insertionPositions)
    for _ in 0..<changedCount(scratch.ids.count) {
      let count = scratch.ids.count
      let copied = scratch.ids[insertions.bounded(count)]
      scratch.ids.insert(copied, at: insertions.bounded(count))
    }
  }

  /// Pairs of tokens change places; a pair may undo another. Up to three draws look for a second place.
  private func swapTokens(drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var positions = draws.stream(.positionSelection)
    let count = scratch.ids.count
    for _ in 0..<changedCount(count) {
      let first = positions.bounded(count)
      for _ in 0..<3 {
        let second = positions.bounded(count)
        guard second != first else { continue }
        scratch.ids.swapAt(first, second)
        break
      }
    }
  }
}
