/// A set of code points as ascending ranges that neither overlap nor touch.
struct ScalarSet: Sendable, Equatable {
  private(set) var ranges: [ClosedRange<UInt32>] = []

  static let all = ScalarSet([0...0x10FFFF])

  init() {}

  init(_ ranges: [ClosedRange<UInt32>]) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = self.ranges.last, range.lowerBound <= last.upperBound &+ 1 {
        self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        self.ranges.append(range)
      }
    }
  }

  init(_ scalars: [UInt32]) { self.init(scalars.map { $0...$0 }) }

  /// The code points that `belongs` says yes to.
  ///
  /// - Parameter runEnd: the first code point behind its argument that may be answered otherwise, at most 0x110000.
  init(runEnd: (UInt32) -> UInt32, where belongs: (UInt32) -> Bool) {
    var ranges: [ClosedRange<UInt32>] = []
    var start: UInt32 = 0
    while start <= 0x10FFFF {
      let end = runEnd(start)
      if belongs(start) { ranges.append(start...end - 1) }
      start = end
    }
    self.init(ranges)
  }

  var isEmpty: Bool { ranges.isEmpty }

  func contains(_ scalar: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= scalar
  }

  func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

  func inverted() -> ScalarSet {
    var result = ScalarSet()
    var next: UInt32 = 0
    for range in ranges {
      if next < range.lowerBound { result.ranges.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { result.ranges.append(next...0x10FFFF) }
    return result
  }

  func intersection(_ other: ScalarSet) -> ScalarSet { inverted().union(other.inverted()).inverted() }

  /// The set as ICU reads it: `[\x{41}-\x{5A}]`.
  var pattern: String {
    guard !isEmpty else { return #"[^\x{0}-\x{10FFFF}]"# }
    func escape(_ scalar: UInt32) -> String { "\\x{" + String(scalar, radix: 16) + "}" }
    let parts = ranges.map {
      $0.count == 1 ? escape($0.lowerBound) : escape($0.lowerBound) + "-" + escape($0.upperBound)
    }
    return "[" + parts.joined() + "]"
  }
}
