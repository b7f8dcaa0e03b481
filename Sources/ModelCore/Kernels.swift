/// The loops over numbers: along memory, branch-free where they are hot, so that the compiler makes vectors of them.
/// Sums go over four running ones, always in the same order.
///
/// `while`, not `for`: a range's iterator costs ten times the work of such a loop in a debug build, where the tests
/// run.
enum Kernels {
  typealias Numbers = UnsafePointer<Float>
  typealias Target = UnsafeMutablePointer<Float>

  /// y ← y + x
  static func add(_ x: Numbers, to y: Target, _ count: Int) {
    var i = 0
    while i < count {
      unsafe y[i] += x[i]
      i &+= 1
    }
  }

  /// y ← y + a · x
  static func add(_ x: Numbers, times a: Float, to y: Target, _ count: Int) {
    var i = 0
    while i < count {
      unsafe y[i] += a * x[i]
      i &+= 1
    }
  }

  /// y ← a · y
  static func scale(_ y: Target, by a: Float, _ count: Int) {
    var i = 0
    while i < count {
      unsafe y[i] *= a
      i &+= 1
    }
  }

  /// y ← y · x, number by number
  static func multiply(_ y: Target, by x: Numbers, _ count: Int) {
    var i = 0
    while i < count {
      unsafe y[i] *= x[i]
      i &+= 1
    }
  }

  static func sum(_ x: Numbers, _ count: Int) -> Float {
    var (s0, s1, s2, s3): (Float, Float, Float, Float) = (0, 0, 0, 0)
    var i = 0
    while i &+ 3 < count {
      unsafe s0 += x[i]
      unsafe s1 += x[i &+ 1]
      unsafe s2 += x[i &+ 2]
      unsafe s3 += x[i &+ 3]
      i &+= 4
    }
    while i < count {
      unsafe s0 += x[i]
      i &+= 1
    }
    return (s0 + s1) + (s2 + s3)
  }

  static func dot(_ x: Numbers, _ y: Numbers, _ count: Int) -> Float {
    var (s0, s1, s2, s3): (Float, Float, Float, Float) = (0, 0, 0, 0)
    var i = 0
    while i &+ 3 < count {
      unsafe s0 += x[i] * y[i]
      unsafe s1 += x[i &+ 1] * y[i &+ 1]
      unsafe s2 += x[i &+ 2] * y[i &+ 2]
      unsafe s3 += x[i &+ 3] * y[i &+ 3]
      i &+= 4
    }
    while i < count {
      unsafe s0 += x[i] * y[i]
      i &+= 1
    }
    return (s0 + s1) + (s2 + s3)
  }

  static func maximum(_ x: Numbers, _ count: Int) -> Float {
    var (m0, m1): (Float, Float) = (-.infinity, -.infinity)
    var i = 0
    while i &+ 1 < count {
      unsafe m0 = x[i] > m0 ? x[i] : m0
      unsafe m1 = x[i &+ 1] > m1 ? x[i &+ 1] : m1
      i &+= 2
    }
    if i < count { unsafe m0 = x[i] > m0 ? x[i] : m0 }
    return m0 > m1 ? m0 : m1
  }

  /// x ← e^(x - shift); returns the sum.
  static func exponentials(_ x: Target, shift: Float, _ count: Int) -> Float {
    var i = 0
    while i < count {
      unsafe x[i] = exponential(x[i] - shift)
      i &+= 1
    }
    return unsafe sum(x, count)
  }

  /// e^x with a relative error below 2^-22, the same on every machine.
  ///
  /// x = n · ln 2 + r, |r| ≤ ln 2 / 2; a polynomial gives e^r, the exponent's bits 2^n.
  ///
  /// - Source: Cephes `expf` (Moshier), its split of ln 2 and its polynomial.
  @inline(__always)
  static func exponential(_ x: Float) -> Float {
    let low: Float = x > -87 ? x : -87
    let x = low < 88 ? low : 88
    // Adding 1.5 · 2^23 rounds to a whole number, which then stands in the low bits.
    let shifted = x * 1.442_695_04 + 12_582_912
    let n = shifted - 12_582_912
    let r = (x - n * 0.693_359_375) + n * 2.121_944_4e-4
    var p: Float = 1.987_569_15e-4
    p = p * r + 1.398_199_95e-3
    p = p * r + 8.333_451_9e-3
    p = p * r + 4.166_579_6e-2
    p = p * r + 1.666_666_55e-1
    p = p * r + 5.000_000_1e-1
    let power = p * r * r + r + 1
    return power * Float(bitPattern: (shifted.bitPattern &- 0x4B40_0000 &+ 127) << 23)
  }
}

/// The natural logarithm of a positive number, the same on every machine.
///
/// x = 2^n · m with m in [1, 2): ln x = n · ln 2 + 2 artanh((m - 1)/(m + 1)), a series in powers of at most 1/9.
public func naturalLogarithm(_ x: Double) -> Double {
  guard x > 0, x.isFinite else { return x > 0 ? .infinity : x == 0 ? -.infinity : .nan }
  let z = (x.significand - 1) / (x.significand + 1)
  var sum = 0.0
  var term = z
  var divisor = 1.0
  while divisor < 40 {
    sum += term / divisor
    term *= z * z
    divisor += 2
  }
  return Double(x.exponent) * 0.693_147_180_559_945_309 + 2 * sum
}

/// e^x in double precision's range, with the precision of float32; the same on every machine.
public func exponential(_ x: Double) -> Double { Double(Kernels.exponential(Float(x))) }
