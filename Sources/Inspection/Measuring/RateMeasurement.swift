internal import JSONText
internal import Objectives

/// A rate that an objective says its examples show, and what was counted.
public struct RateMeasurement: Sendable, Equatable {
  public var name: String
  public var expected: Double
  /// How often the thing happened, and out of how many chances.
  public var successes = 0.0
  public var trials = 0.0
  private var variance: Double

  /// Beyond this many standard errors a rate is no accident: one in 1.7 million.
  public static let limit = 5.0

  init(_ expectation: Expectation) {
    name = expectation.name
    expected = expectation.probability
    variance = expectation.variance
  }

  mutating func add(_ observation: Expectation.Observation) {
    successes += observation.successes
    trials += observation.trials
  }

  /// The observed rate; nil when there was no chance for it.
  public var observed: Double? { trials > 0 ? successes / trials : nil }

  /// Standard errors between what was observed and what was expected; nil when there was no chance. Where the rate is
  /// certain, a difference is infinitely many.
  public var z: Double? {
    guard trials > 0 else { return nil }
    let difference = successes - expected * trials
    if variance > 0 { return difference / (variance * trials).squareRoot() }
    return abs(difference) <= 1e-9 * trials ? 0 : difference < 0 ? -.infinity : .infinity
  }

  public var isSuspicious: Bool { z.map { abs($0) > Self.limit } ?? false }

  var json: JSONValue {
    [
      "name": .string(name), "expected": .number(expected), "observed": observed.map { .number($0) } ?? .null,
      "trials": .number(trials), "z": z.map { .number($0) } ?? .null, "suspicious": .bool(isSuspicious),
    ]
  }
}
