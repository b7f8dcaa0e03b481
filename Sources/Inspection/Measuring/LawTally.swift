package import Blocks
package import Objectives

/// What an objective expects of its examples, counted row by row: one for each part of a dataset, added up at the end.
package struct LawTally: Sendable {
  private let expectations: [Expectation]
  private let laws: [Law]
  private var sums: [RateMeasurement]
  private var counts: [Law.Counts]

  package init(_ objective: any Objective) {
    expectations = objective.expectations
    laws = objective.laws
    sums = expectations.map { RateMeasurement($0) }
    counts = laws.map { Law.Counts(outcomeCount: $0.outcomes.count) }
  }

  package mutating func add(_ example: Example) {
    for index in expectations.indices { sums[index].add(expectations[index].observe(example)) }
    for index in laws.indices { laws[index].observe(example, &counts[index]) }
  }

  package mutating func add(_ other: LawTally) {
    for index in sums.indices { sums[index].add(other.sums[index]) }
    for index in counts.indices { counts[index].add(other.counts[index]) }
  }

  package var rates: [RateMeasurement] { sums }

  package var measurements: [LawMeasurement] {
    zip(laws, counts).flatMap { law, counts in law.tests.map { LawMeasurement(law, $0, counts) } }
  }
}
