internal import JSONText
public import Objectives

/// The counts that a law asked for, held against it.
public struct LawMeasurement: Sendable, Equatable {
  /// One outcome, or neighbouring ones of which few are expected.
  public struct Cell: Sendable, Equatable {
    public var name: String
    public var observed: Double
    public var expected: Double
  }

  public var name: String
  public var test: Law.Test
  /// How many outcomes were counted.
  public var draws: Int
  /// All outcomes in order, those expected rarely together.
  public var cells: [Cell]
  /// Chi-square, or the distance of the cumulative shares; nil when there are too few draws to tell.
  public var statistic: Double?
  /// Of a chi-square.
  public var degreesOfFreedom: Int?
  /// How likely a statistic as large is; nil when there is none.
  public var pValue: Double?

  public var isSuspicious: Bool { pValue.map { $0 < Significance.limit } ?? false }

  /// The cell that is furthest from what is expected of it, in standard errors; nil when there is none.
  public var furthest: Cell? {
    cells.max { Self.deviation($0) < Self.deviation($1) }
  }

  private static func deviation(_ cell: Cell) -> Double {
    cell.expected > 0 ? abs(cell.observed - cell.expected) / cell.expected.squareRoot() : cell.observed * .infinity
  }

  init(_ law: Law, _ test: Law.Test, _ counts: Law.Counts) {
    name = law.name
    self.test = test
    var observed = Array(repeating: 0, count: law.outcomes.count)
    for row in counts.observed.values {
      for outcome in row.indices { observed[outcome] += row[outcome] }
    }
    draws = observed.reduce(0, +) + counts.outside
    cells = []
    guard draws > 0 else { return }
    if let probabilities = law.probabilities {
      compare(law, observed, with: Self.expected(counts, probabilities), outside: counts.outside)
    } else {
      compare(law, observed, withReference: counts.reference)
    }
  }

  /// How often each outcome is expected under the conditions that were met.
  private static func expected(_ counts: Law.Counts, _ probabilities: (Int) -> [Double]) -> [Double] {
    var expected: [Double] = []
    // In a fixed order, for the same last digit wherever it is summed.
    for (condition, row) in counts.observed.sorted(by: { $0.key < $1.key }) {
      let draws = Double(row.reduce(0, +))
      let shares = probabilities(condition)
      if expected.isEmpty { expected = Array(repeating: 0, count: shares.count) }
      for outcome in shares.indices { expected[outcome] += draws * shares[outcome] }
    }
    return expected
  }

  private mutating func compare(_ law: Law, _ observed: [Int], with expected: [Double], outside: Int) {
    // An outcome that cannot be needs no test.
    let impossible = observed.indices.filter { observed[$0] > 0 && !(expected[$0] > 0) }
    if outside > 0 || !impossible.isEmpty {
      cells = impossible.map { Cell(name: law.outcomes[$0], observed: Double(observed[$0]), expected: 0) }
      if outside > 0 { cells.append(Cell(name: "no outcome of the law", observed: Double(outside), expected: 0)) }
      pValue = 0
      return
    }
    pool(law.outcomes, observed.map(Double.init), expected, until: expected)
    switch test {
    case .chiSquare:
      guard cells.count > 1 else { return }
      finish(cells.reduce(0) { $0 + ($1.observed - $1.expected) * ($1.observed - $1.expected) / $1.expected })
    case .kolmogorovSmirnov:
      var (difference, distance) = (0.0, 0.0)
      for outcome in observed.indices {
        difference += Double(observed[outcome]) - expected[outcome]
        distance = max(distance, abs(difference) / Double(draws))
      }
      statistic = distance
      pValue = Significance.kolmogorovSmirnov(distance, count: Double(draws))
    }
  }

  /// Two samples: the rows, and what a reference makes of the same texts with other draws.
  private mutating func compare(_ law: Law, _ observed: [Int], withReference reference: [Int]) {
    let total = Double(reference.reduce(0, +))
    guard total > 0 else { return }
    let scale = Double(draws) / total
    pool(
      law.outcomes, observed.map(Double.init), reference.map { Double($0) * scale },
      until: zip(observed, reference).map { Double($0 + $1) / 2 })
    guard cells.count > 1 else { return }
    // Both sides vary: (a - s b)² / s(a + b), with b counted anew for as many draws.
    finish(
      cells.reduce(0) { sum, cell in
        let difference = cell.observed - cell.expected
        let variance = scale * (cell.observed + cell.expected / scale)
        return variance > 0 ? sum + difference * difference / variance : sum
      })
  }

  private mutating func finish(_ chiSquare: Double) {
    statistic = chiSquare
    degreesOfFreedom = cells.count - 1
    pValue = Significance.chiSquare(chiSquare, degreesOfFreedom: cells.count - 1)
  }

  /// Takes neighbouring outcomes together until enough are expected of each cell.
  private mutating func pool(_ names: [String], _ observed: [Double], _ expected: [Double], until sizes: [Double]) {
    var cell = Cell(name: "", observed: 0, expected: 0)
    var (size, first) = (0.0, "")
    func name(_ first: String, _ last: String) -> String { first == last ? first : "\(first) … \(last)" }
    for outcome in names.indices where observed[outcome] > 0 || expected[outcome] > 0 {
      if size == 0 { first = names[outcome] }
      cell.observed += observed[outcome]
      cell.expected += expected[outcome]
      size += sizes[outcome]
      cell.name = name(first, names[outcome])
      guard size >= Significance.expectedCount else { continue }
      cells.append(cell)
      cell = Cell(name: "", observed: 0, expected: 0)
      size = 0
    }
    guard cell.observed > 0 || cell.expected > 0 else { return }
    guard var last = cells.popLast() else {
      cells = [cell]
      return
    }
    last.observed += cell.observed
    last.expected += cell.expected
    last.name = name(
      String(last.name.split(separator: " … ").first ?? ""), String(cell.name.split(separator: " … ").last ?? ""))
    cells.append(last)
  }
}

extension LawMeasurement {
  /// One object with stable keys.
  var json: JSONValue {
    [
      "name": .string(name), "test": .string(test.rawValue), "draws": .integer(draws),
      "statistic": statistic.map { .number($0) } ?? .null,
      "degrees_of_freedom": degreesOfFreedom.map { .integer($0) } ?? .null,
      "p_value": pValue.map { .number($0) } ?? .null, "suspicious": .bool(isSuspicious),
      "outcomes": .array(
        cells.map {
          ["name": .string($0.name), "observed": .number($0.observed), "expected": .number($0.expected)]
        }),
    ]
  }
}
