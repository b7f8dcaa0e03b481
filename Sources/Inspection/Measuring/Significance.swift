/// How likely it is that chance alone carries a statistic as far: p-values, and when one is no accident.
///
/// A dataset is compared in hundreds of ways, so the limits are far out: with two hundred comparisons, one honest
/// dataset in five thousand would be flagged.
public enum Significance {
  /// A p-value below this is no accident.
  public static let limit = 1e-6
  /// Beyond this many standard errors a rate is no accident: one in 1.7 million.
  public static let standardErrors = 5.0
  /// Neighbouring outcomes are taken together until so many are expected. The usual 5 is for p-values near 0.05: at
  /// 1e-6 chance exceeds the limit seventy times as often as it says with 5, and seven times with 25.
  public static let expectedCount = 25.0

  /// A chi-square of this size or more: Q(df / 2, x / 2).
  public static func chiSquare(_ statistic: Double, degreesOfFreedom: Int) -> Double {
    guard degreesOfFreedom > 0, statistic > 0 else { return 1 }
    return statistic.isFinite ? SpecialFunctions.upperGamma(Double(degreesOfFreedom) / 2, statistic / 2) : 0
  }

  /// A normal deviate this far from zero or further, on either side.
  public static func normal(_ z: Double) -> Double { chiSquare(z * z, degreesOfFreedom: 1) }

  /// A Kolmogorov–Smirnov distance of this size or more between `count` draws and their law, in the limit of many
  /// draws; for few, and for laws with steps, it is even less likely.
  ///
  /// - Source: Kolmogorov 1933; below √n · D = 1.18 the form of Marsaglia, Tsang and Wang 2003.
  public static func kolmogorovSmirnov(_ distance: Double, count: Double) -> Double {
    let x = distance * count.squareRoot()
    guard x > 0.04 else { return 1 }
    var sum = 0.0
    if x < 1.18 {
      let factor = -Double.pi * Double.pi / (8 * x * x)
      for odd in stride(from: 1.0, through: 9, by: 2) { sum += SpecialFunctions.exponential(odd * odd * factor) }
      return max(0, 1 - (2 * Double.pi).squareRoot() / x * sum)
    }
    for index in 1...6 {
      let term = SpecialFunctions.exponential(-2 * Double(index * index) * x * x)
      sum += index.isMultiple(of: 2) ? -term : term
    }
    return min(1, 2 * sum)
  }

  /// No more than this is the chance that a sum of independent draws, each within 1 of its mean, lies so far from its
  /// mean; for few draws far more than the normal law says, and never less than the truth.
  ///
  /// - Source: Bernstein's inequality, 2 exp(-t² / 2(σ² + t / 3)).
  public static func bernstein(_ difference: Double, variance: Double) -> Double {
    let distance = abs(difference)
    guard distance > 0 else { return 1 }
    return min(1, 2 * SpecialFunctions.exponential(-distance * distance / (2 * (variance + distance / 3))))
  }
}
