/// The sampling primitives. Integer thresholds only: no stored byte depends on a transcendental function.
extension RandomStream {
  /// Two words, the first one low.
  @inlinable
  public mutating func doubleWord() -> UInt64 {
    let low = word()
    return UInt64(low) | UInt64(word()) << 32
  }

  /// A uniform double in [0, 1) with 53 random bits.
  @inlinable
  public mutating func double() -> Double {
    Double(doubleWord() >> 11) * 0x1p-53
  }

  /// A uniform integer in 0 ..< `bound`, unbiased; `bound` 1 consumes nothing.
  ///
  /// - Source: Lemire, "Fast random integer generation in an interval", 2019 (multiplication with rejection).
  /// - Precondition: 1 ≤ bound ≤ 2^32.
  @inlinable
  public mutating func bounded(_ bound: Int) -> Int {
    precondition(bound >= 1 && bound <= 1 << 32, "bounded(_:) takes 1 ... 2^32")
    if bound == 1 { return 0 }
    let n = UInt64(bound)
    var product = UInt64(word()) &* n
    if product & 0xFFFF_FFFF < n {
      let threshold = ((1 << 32) &- n) % n
      while product & 0xFFFF_FFFF < threshold { product = UInt64(word()) &* n }
    }
    return Int(product >> 32)
  }

  /// True with probability `threshold` / 2^32; 0 and 2^32 consume nothing.
  @inlinable
  public mutating func bernoulli(_ threshold: Threshold) -> Bool {
    if threshold.value == 0 { return false }
    if threshold.value >= 1 << 32 { return true }
    return UInt64(word()) < threshold.value
  }

  /// Moves a uniform sample of `count` items, in random order, to the front (forward Fisher–Yates).
  ///
  /// `count` ≥ `items.count` - 1 shuffles the whole array.
  @inlinable
  public mutating func partialShuffle<Item>(_ items: inout [Item], count: Int) {
    let n = items.count
    let draws = Swift.min(count, n - 1)
    var i = 0
    while i < draws {
      let j = i + bounded(n - i)
      items.swapAt(i, j)
      i += 1
    }
  }

  /// Draws from a table of cumulative probabilities: the first index whose threshold exceeds one word.
  @inlinable
  public mutating func index(in table: SamplingTable) -> Int {
    let x = UInt64(word())
    var index = 0
    while x >= table.thresholds[index] { index += 1 }
    return index
  }

  /// An index drawn with integer weights: one `bounded(sum)`, then a walk along the cumulative sums.
  @inlinable
  public mutating func weighted(_ weights: [Int]) -> Int {
    var rest = bounded(weights.reduce(0, +))
    for (index, weight) in weights.enumerated() {
      if rest < weight { return index }
      rest -= weight
    }
    preconditionFailure("weights must not be negative")
  }
}

/// A probability as an integer: `round(p * 2^32)`, ties to even.
@frozen
public struct Threshold: Sendable, Equatable {
  public let value: UInt64

  /// - Parameter probability: clamped to 0 ... 1.
  @inlinable
  public init(_ probability: Double) {
    value = UInt64(roundedHalfEven(Swift.min(Swift.max(probability, 0), 1) * 4_294_967_296))
  }
}

/// Cumulative probabilities in units of 2^-32; the last one is 2^32.
@frozen
public struct SamplingTable: Sendable {
  /// What index 0 stands for (1 for span lengths that start at one).
  public let firstValue: Int
  public let thresholds: [UInt64]

  public init(firstValue: Int, thresholds: [UInt64]) {
    precondition(thresholds.last == 1 << 32, "the last threshold of a sampling table is 2^32")
    self.firstValue = firstValue
    self.thresholds = thresholds
  }
}
