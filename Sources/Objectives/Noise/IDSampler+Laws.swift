internal import Blocks

extension IDSampler {
  /// Which ids come instead of others: the sampler's law without the id itself. Nil for tokens of the same window.
  ///
  /// - Parameter replacements: what replaced tokens show, and what they were; nil for damaged rows.
  func law(replacements: @escaping @Sendable (Example) -> [TokenReplacement.Selected]?) -> Law? {
    guard kind != .window else { return nil }
    let cells = WeightedCells(self)
    return Law(
      "ids of replaced tokens", outcomes: cells.names, probabilities: { cells.shares(without: UInt32(exactly: $0)) },
      observe: { example, counts in
        for token in replacements(example) ?? [] {
          // The condition is the token itself, where it can be drawn: its weight is shared out among the others.
          counts.add(
            cells.cell(of: token.shown) ?? -1, given: cells.cell(of: token.original) == nil ? -1 : Int(token.original))
        }
      })
  }
}

/// The ids of a sampler, in order, in a few cells of about the same weight.
private struct WeightedCells: Sendable {
  private static let most = 32
  private(set) var names: [String] = []
  private var weights: [Double] = []
  private var places: [UInt32: (cell: Int, weight: Double)] = [:]
  private var total = 0.0

  init(_ sampler: IDSampler) {
    let ids = sampler.kind == .uniform ? sampler.table.ordinary : sampler.ids
    let sums = sampler.kind == .uniform ? Array(1...ids.count) : sampler.sums
    let whole = sums[sums.count - 1]
    total = Double(whole)
    var (below, last, first) = (0, -1, UInt32(0))
    for (id, sum) in zip(ids, sums) {
      let cell = below * min(Self.most, ids.count) / whole
      if cell != last {
        (last, first) = (cell, id)
        names.append("")
        weights.append(0)
      }
      names[names.count - 1] = first == id ? "id \(id)" : "ids \(first)-\(id)"
      weights[weights.count - 1] += Double(sum - below)
      places[id] = (names.count - 1, Double(sum - below))
      below = sum
    }
  }

  func cell(of id: UInt32) -> Int? { places[id]?.cell }

  func shares(without id: UInt32?) -> [Double] {
    let own = id.flatMap { places[$0] }
    var weights = weights
    if let own { weights[own.cell] -= own.weight }
    return weights.map { max(0, $0) / (total - (own?.weight ?? 0)) }
  }
}
