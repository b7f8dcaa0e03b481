internal import JSONText
internal import Objectives

/// A rate that an objective says its examples show, and what was counted.
public struct RateMeasurement: Sendable, Equatable {
  public var name: String
  public var expected: Double
  /// True where the rate may be larger than expected, and only a smaller one departs.
  public var isLeast: Bool
  private var variance: Double
  /// Whole numbers of 2^-60, so that sums depend on no order.
  private var successSum: Int128 = 0
  private var trialSum: Int128 = 0

  private static let unit = 0x1p60

  init(_ expectation: Expectation) {
    name = expectation.name
    expected = expectation.probability
    isLeast = expectation.isLeast
    variance = expectation.variance
  }

  mutating func add(_ observation: Expectation.Observation) {
    successSum += Int128((observation.successes * Self.unit).rounded())
    trialSum += Int128((observation.trials * Self.unit).rounded())
  }

  mutating func add(_ other: RateMeasurement) {
    successSum += other.successSum
    trialSum += other.trialSum
  }

  /// How often the thing happened, and out of how many chances.
  public var successes: Double { Double(successSum) / Self.unit }
  public var trials: Double { Double(trialSum) / Self.unit }

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

  /// Beyond five standard errors, and beyond what few draws can do: Bernstein's bound, which is 7.5e-6 there for many.
  public var isSuspicious: Bool {
    guard let z, abs(z) >= Significance.standardErrors, !isLeast || z < 0 else { return false }
    guard z.isFinite else { return true }
    return Significance.bernstein(successes - expected * trials, variance: variance * trials) < 1e-5
  }

  var json: JSONValue {
    [
      "name": .string(name), "expected": .number(expected), "at_least": .bool(isLeast),
      "observed": observed.map { .number($0) } ?? .null,
      "trials": .number(trials), "z": z.map { .number($0) } ?? .null, "suspicious": .bool(isSuspicious),
    ]
  }
}
