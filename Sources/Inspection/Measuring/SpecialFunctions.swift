/// The functions that p-values need, in plain arithmetic: the same digits on every machine, and no library.
enum SpecialFunctions {
  private static let ln2High = 0.693_147_180_369_123_816_490
  private static let ln2Low = 1.908_214_929_270_587_700_02e-10
  private static let pi = Double.pi

  /// e^x: a power of two times a Taylor series on ±ln 2 / 2. Relative error below 1e-15.
  static func exponential(_ x: Double) -> Double {
    guard x > -745.2 else { return 0 }
    guard x < 709.8 else { return .infinity }
    let power = (x / 0.693_147_180_559_945_3).rounded()
    let rest = (x - power * ln2High) - power * ln2Low
    var (sum, term) = (1.0, 1.0)
    for index in 1...18 {
      term *= rest / Double(index)
      sum += term
    }
    // In two steps, so that results near the smallest double do not round twice.
    let half = Int(power) / 2
    return sum * Double(sign: .plus, exponent: half, significand: 1)
      * Double(sign: .plus, exponent: Int(power) - half, significand: 1)
  }

  /// ln x for x > 0: the exponent, and a series in (m - 1) / (m + 1) for the significand. Absolute error below 1e-15.
  static func logarithm(_ x: Double) -> Double {
    var (exponent, significand) = (Double(x.exponent), x.significand)
    if significand > 1.414_213_562_373_095_1 {
      significand /= 2
      exponent += 1
    }
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var (sum, power) = (0.0, ratio)
    for index in 0..<14 {
      sum += power / Double(2 * index + 1)
      power *= square
    }
    return exponent * ln2High + (2 * sum + exponent * ln2Low)
  }

  /// ln Γ(x) for x > 0: Stirling's series from 15 on, the recurrence below.
  ///
  /// - Source: Abramowitz and Stegun 6.1.40 and 6.1.15.
  static func logGamma(_ x: Double) -> Double {
    var (x, product) = (x, 1.0)
    while x < 15 {
      product *= x
      x += 1
    }
    let inverse = 1 / (x * x)
    let coefficients = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360_360, 1.0 / 156]
    var (series, power) = (0.0, 1 / x)
    for coefficient in coefficients {
      series += coefficient * power
      power *= inverse
    }
    return (x - 0.5) * logarithm(x) - x + 0.5 * logarithm(2 * pi) + series - logarithm(product)
  }

  /// Q(a, x) = Γ(a, x) / Γ(a), the upper share of a gamma law, for a > 0 and x ≥ 0.
  ///
  /// - Source: the series 6.5.29 below a + 1 and the continued fraction 6.5.31 above (Abramowitz and Stegun), the
  ///   fraction by Lentz's method.
  static func upperGamma(_ a: Double, _ x: Double) -> Double {
    guard x > 0 else { return 1 }
    let factor = exponential(a * logarithm(x) - x - logGamma(a))
    return x < a + 1 ? max(0, 1 - factor * lowerSeries(a, x)) : factor * upperFraction(a, x)
  }

  private static func lowerSeries(_ a: Double, _ x: Double) -> Double {
    var (term, sum, n) = (1 / a, 1 / a, a)
    while term > sum * 1e-17 {
      n += 1
      term *= x / n
      sum += term
    }
    return sum
  }

  private static func upperFraction(_ a: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var fraction = d
    for index in 1...100_000 {
      let coefficient = -Double(index) * (Double(index) - a)
      b += 2
      d = coefficient * d + b
      if abs(d) < tiny { d = tiny }
      c = b + coefficient / c
      if abs(c) < tiny { c = tiny }
      d = 1 / d
      let factor = d * c
      fraction *= factor
      if abs(factor - 1) < 1e-16 { break }
    }
    return fraction
  }
}
