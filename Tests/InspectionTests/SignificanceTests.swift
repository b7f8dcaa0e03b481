import Palimpsest
import TestSupport
import Testing

@testable import Inspection

/// P-values against SciPy's, near and far out.
@Suite struct SignificanceTests {
  private func expectEqual(_ value: Double, _ expected: Double, within tolerance: Double, _ what: String) {
    #expect(abs(value - expected) <= tolerance * max(expected, 1e-300), "\(what): \(value), expected \(expected)")
  }

  @Test("Tails of chi-square, of the normal law and of Kolmogorov's are SciPy's")
  func tails() throws {
    let golden = try Golden("significance")
    for row in golden["chi_square"].list {
      let (x, freedom) = (row[0].double, Int(row[1].double))
      expectEqual(
        Significance.chiSquare(x, degreesOfFreedom: freedom), row[2].double, within: 2e-11,
        "chi-square \(x), \(freedom)")
    }
    for row in golden["normal"].list {
      expectEqual(Significance.normal(row[0].double), row[1].double, within: 1e-11, "normal \(row[0].double)")
    }
    for row in golden["kolmogorov"].list {
      let x = row[0].double
      expectEqual(Significance.kolmogorovSmirnov(x / 10, count: 100), row[1].double, within: 1e-9, "Kolmogorov \(x)")
    }
  }

  @Test("The functions below are those of mathematics")
  func functions() throws {
    for row in try Golden("significance")["log_gamma"].list {
      #expect(abs(SpecialFunctions.logGamma(row[0].double) - row[1].double) <= 1e-13 * max(1, row[1].double))
    }
    #expect(abs(SpecialFunctions.exponential(1) - 2.718281828459045) < 1e-15)
    #expect(SpecialFunctions.exponential(-745.13) > 0)
    #expect(SpecialFunctions.exponential(-800) == 0)
    #expect(SpecialFunctions.exponential(710) == .infinity)
    for x in [1e-300, 0.3, 1, 1.5, 2, 7.25, 1e300] {
      #expect(abs(SpecialFunctions.exponential(SpecialFunctions.logarithm(x)) / x - 1) < 1e-12)
    }
  }

  @Test("Bernstein's bound is above the truth, and asks more of few draws")
  func bernstein() {
    // Poisson of mean 1, six or more: 5.9e-4, where five standard errors promise 6e-7.
    #expect(Significance.bernstein(5, variance: 1) > 5.9e-4)
    #expect(Significance.bernstein(5_000, variance: 1_000_000) < 1e-5)
    #expect(Significance.bernstein(0, variance: 1) == 1)
  }

  private func measure(_ probabilities: [Double], _ observed: [Int], _ test: Law.Test = .chiSquare) -> LawMeasurement {
    let law = Law(
      "law", outcomes: probabilities.indices.map { "\($0)" }, tests: [test], probabilities: { _ in probabilities },
      observe: { _, _ in })
    var counts = Law.Counts(outcomeCount: probabilities.count)
    for (outcome, times) in observed.enumerated() { for _ in 0..<times { counts.add(outcome) } }
    return LawMeasurement(law, test, counts)
  }

  @Test("A chi-square takes rare outcomes together, and none is left out")
  func pooling() throws {
    let measured = measure([0.5, 0.3, 0.1, 0.06, 0.04], [52, 28, 9, 7, 4])
    #expect(measured.cells.map(\.name) == ["0", "1 … 4"])
    #expect(measured.cells.map(\.observed) == [52, 48])
    #expect(measured.cells.map(\.expected) == [50, 50])
    #expect(measured.degreesOfFreedom == 1)
    #expect(abs(try #require(measured.statistic) - 0.16) < 1e-12)
    let few = measure([0.5, 0.5], [3, 9])
    #expect(few.pValue == nil && !few.isSuspicious)
  }

  @Test("An outcome that cannot be is flagged, however rare")
  func impossible() {
    #expect(measure([0.5, 0.5, 0], [500, 500, 1]).isSuspicious)
    #expect(!measure([0.5, 0.5, 0], [500, 500, 0]).isSuspicious)
    let law = Law("law", outcomes: ["a"], probabilities: { _ in [1] }, observe: { _, _ in })
    var counts = Law.Counts(outcomeCount: 1)
    counts.add(1)
    #expect(LawMeasurement(law, .chiSquare, counts).cells.map(\.name) == ["no outcome of the law"])
  }

  @Test("A distance of cumulative shares sees what outcomes have in order")
  func distance() throws {
    let measured = measure(Array(repeating: 0.25, count: 4), [400, 200, 200, 200], .kolmogorovSmirnov)
    #expect(abs(try #require(measured.statistic) - 0.15) < 1e-12)
    #expect(measured.isSuspicious)
  }

  @Test("Counts of parts add up to those of the whole, under every condition")
  func counts() {
    var (all, one, other) = (
      Law.Counts(outcomeCount: 3), Law.Counts(outcomeCount: 3), Law.Counts(outcomeCount: 3)
    )
    for index in 0..<100 {
      all.add(index % 4, given: index % 5)
      if index < 40 { one.add(index % 4, given: index % 5) } else { other.add(index % 4, given: index % 5) }
      if index % 3 == 0 {
        all.addReference(index % 2)
        if index < 40 { one.addReference(index % 2) } else { other.addReference(index % 2) }
      }
    }
    one.add(other)
    #expect(one == all && all.outside == 25)
  }

  @Test("A rate far off in few draws is no proof; one that may be larger is flagged when smaller")
  func fewDraws() {
    func rate(_ probability: Double, _ successes: Double, of trials: Double, isLeast: Bool = false) -> RateMeasurement {
      var expectation = Expectation("rate", probability: probability, variance: probability * (1 - probability)) { _ in
        .init(successes: 0, trials: 0)
      }
      expectation.isLeast = isLeast
      var measurement = RateMeasurement(expectation)
      measurement.add(.init(successes: successes, trials: trials))
      return measurement
    }
    #expect(!rate(0.001, 7, of: 1000).isSuspicious)
    #expect(rate(0.001, 40, of: 1000).isSuspicious)
    #expect(!rate(0.5, 900, of: 1000, isLeast: true).isSuspicious)
    #expect(rate(0.5, 100, of: 1000, isLeast: true).isSuspicious)
  }
}
