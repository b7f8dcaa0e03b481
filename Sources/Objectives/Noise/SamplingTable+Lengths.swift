public import Blocks

extension SamplingTable {
  /// A geometric law on 1 ... `longest`, renormalised: P(k) proportional to (1 - p)^(k - 1).
  ///
  ///     p 0.2, up to 10   →   0.2241, 0.1792, 0.1434, …; mean 3.797
  ///
  /// Products, sums and one quotient of doubles, in this order, give the same thresholds on every machine; for p = 0.2
  /// they are those of exact rationals.
  public static func geometric(p: Double, longest: Int) -> SamplingTable {
    var weights: [Double] = []
    var weight = 1.0
    for _ in 0..<longest {
      weights.append(weight)
      weight *= 1 - p
    }
    let sum = weights.reduce(0, +)
    var below = 0.0
    var thresholds = weights.map { weight in
      below += weight
      return UInt64(below / sum * 4_294_967_296)
    }
    thresholds[longest - 1] = 1 << 32
    return SamplingTable(firstValue: 1, thresholds: thresholds)
  }

  /// The lengths of n-grams: P(n) proportional to 1/n on 1 ... `longest`; turned round where short ones are not
  /// favoured.
  ///
  ///     up to 3   →   6/11, 3/11, 2/11
  ///
  /// - Precondition: 1 ≤ longest ≤ 10, so that 2520/n is whole.
  public static func ngram(longest: Int, favorsShorter: Bool) -> SamplingTable {
    var weights = (1...longest).map { UInt64(2520 / $0) }
    if !favorsShorter { weights.reverse() }
    let sum = weights.reduce(0, +)
    var below: UInt64 = 0
    let thresholds = weights.map { weight in
      below += weight
      return (below << 32) / sum
    }
    return SamplingTable(firstValue: 1, thresholds: thresholds)
  }
}
