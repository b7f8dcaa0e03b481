public import Blocks

/// A rate that an objective's examples should show: what to count, the expected share, and the law of the count.
public struct Expectation: Sendable {
  /// What one example contributes: how often the thing happened, and out of how many chances.
  public struct Observation: Sendable, Equatable {
    public var successes: Double
    public var trials: Double

    public init(successes: Double, trials: Double) {
      self.successes = successes
      self.trials = trials
    }
  }

  public var name: String
  /// The expected share of successes.
  public var probability: Double
  /// True where the share may be larger, and only a smaller one departs.
  public var isLeast = false
  /// Variance of one trial; p(1 - p) for independent trials, smaller where the count is fixed by a rule.
  public var variance: Double
  public var observe: @Sendable (Example) -> Observation

  public init(
    _ name: String, probability: Double, variance: Double, observe: @escaping @Sendable (Example) -> Observation
  ) {
    self.name = name
    self.probability = probability
    self.variance = variance
    self.observe = observe
  }
}
