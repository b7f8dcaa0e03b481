internal import JSONText

/// How long things are: exact counts by length.
public struct LengthDistribution: Sendable, Equatable {
  private var counts: [Int: Int] = [:]
  public private(set) var count = 0
  /// All lengths together.
  public private(set) var total = 0

  public init() {}

  mutating func add(_ length: Int) {
    counts[length, default: 0] += 1
    count += 1
    total += length
  }

  mutating func add(_ other: LengthDistribution) {
    for (length, times) in other.counts { counts[length, default: 0] += times }
    count += other.count
    total += other.total
  }

  public var mean: Double { count == 0 ? 0 : Double(total) / Double(count) }
  public var minimum: Int { counts.keys.min() ?? 0 }
  public var maximum: Int { counts.keys.max() ?? 0 }

  /// The smallest length that at least this share of all does not exceed: 0.5 is the median. 0 of nothing.
  public func percentile(_ share: Double) -> Int {
    var seen = 0
    for length in counts.keys.sorted() {
      seen += counts[length] ?? 0
      if Double(seen) >= share * Double(count) { return length }
    }
    return 0
  }

  var json: JSONValue {
    [
      "min": .integer(minimum), "mean": .number(mean), "p50": .integer(percentile(0.5)),
      "p90": .integer(percentile(0.9)), "max": .integer(maximum), "total": .integer(total),
    ]
  }
}
