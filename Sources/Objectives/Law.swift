public import Blocks

/// How the outcomes of a draw should be spread over an objective's examples: which outcomes there are, how likely each
/// is, and how a row shows which one fell.
///
///     span lengths    1      2      3     …      what T5 cuts 85 noise tokens into, 28 parts
///     expected        0.321  0.221  0.151
///
/// Where a rate (`Expectation`) sees only the mean, a law sees the whole distribution: noise with the right share and
/// spans of the wrong lengths passes the one and fails the other.
public struct Law: Sendable {
  /// How counts are held against the law.
  public enum Test: String, Sendable, CaseIterable {
    /// Pearson's: every outcome by itself.
    case chiSquare = "chi-square"
    /// The greatest distance of two cumulative shares: outcomes have an order.
    case kolmogorovSmirnov = "kolmogorov-smirnov"
  }

  public var name: String
  /// What each outcome is called, in order.
  public var outcomes: [String]
  public var tests: [Test]
  /// Probability of each outcome under a condition that a row states, such as the number of places there were; nil
  /// where the law has no closed form and `observe` counts a reference beside each row.
  public var probabilities: (@Sendable (_ condition: Int) -> [Double])?
  /// Counts what one example shows; nothing for rows that are damaged or of another kind.
  public var observe: @Sendable (Example, inout Counts) -> Void

  public init(
    _ name: String, outcomes: [String], tests: [Test] = [.chiSquare],
    probabilities: (@Sendable (_ condition: Int) -> [Double])?,
    observe: @escaping @Sendable (Example, inout Counts) -> Void
  ) {
    self.name = name
    self.outcomes = outcomes
    self.tests = tests
    self.probabilities = probabilities
    self.observe = observe
  }

  /// How often each outcome fell: integers, so that sums do not depend on the order of rows or on threads.
  public struct Counts: Sendable, Equatable {
    /// By condition: how often each outcome fell.
    public private(set) var observed: [Int: [Int]] = [:]
    /// How often each outcome fell in reference rows; empty for laws of a closed form.
    public private(set) var reference: [Int] = []
    /// Outcomes that no law has.
    public private(set) var outside = 0
    private let outcomeCount: Int

    public init(outcomeCount: Int) {
      self.outcomeCount = outcomeCount
    }

    /// Counts one outcome.
    public mutating func add(_ outcome: Int, given condition: Int = 0) {
      guard outcome >= 0, outcome < outcomeCount else {
        outside += 1
        return
      }
      observed[condition, default: Array(repeating: 0, count: outcomeCount)][outcome] += 1
    }

    /// Counts an outcome of a reference row.
    public mutating func addReference(_ outcome: Int) {
      if reference.isEmpty { reference = Array(repeating: 0, count: outcomeCount) }
      reference[min(max(outcome, 0), outcomeCount - 1)] += 1
    }

    /// Adds another part's counts of the same law.
    public mutating func add(_ other: Counts) {
      outside += other.outside
      for (condition, counts) in other.observed {
        observed[condition, default: Array(repeating: 0, count: outcomeCount)].add(counts)
      }
      if reference.isEmpty { reference = other.reference } else { reference.add(other.reference) }
    }
  }
}

extension [Int] {
  /// Adds item by item.
  fileprivate mutating func add(_ other: [Int]) {
    for index in other.indices { self[index] += other[index] }
  }
}

extension Law {
  /// A law of one condition.
  init(
    _ name: String, _ outcomes: [(name: String, probability: Double)],
    observe: @escaping @Sendable (Example, inout Counts) -> Void
  ) {
    let probabilities = outcomes.map(\.probability)
    self.init(name, outcomes: outcomes.map(\.name), probabilities: { _ in probabilities }, observe: observe)
  }

  /// The cells that places are counted in.
  static let placeCells = 64

  /// A law of places that are all as likely: `observe` calls `addPlace`.
  static func uniformPlace(
    _ name: String, observe: @escaping @Sendable (Example, inout Counts) -> Void
  ) -> Law {
    place(name, share: { place, count in Double(place) / Double(count) }, observe: observe)
  }

  /// A law of places 0 ..< n that share out a probability: `observe` calls `addPlace`.
  ///
  /// - Parameter share: probability of a place below the first argument, of n places.
  static func place(
    _ name: String, share: @escaping @Sendable (_ below: Int, _ count: Int) -> Double,
    observe: @escaping @Sendable (Example, inout Counts) -> Void
  ) -> Law {
    let cells = placeCells
    return Law(
      name, outcomes: (0..<cells).map { "\($0)/\(cells)" }, tests: [.chiSquare, .kolmogorovSmirnov],
      probabilities: { count in
        // The first place of cell c is the first with place · cells ≥ c · count.
        let shares = (0...cells).map { share(($0 * count + cells - 1) / cells, count) }
        return (0..<cells).map { shares[$0 + 1] - shares[$0] }
      }, observe: observe)
  }
}

extension Law.Counts {
  /// Counts a place of 0 ..< `count`; the only place there is says nothing.
  mutating func addPlace(_ place: Int, of count: Int) {
    guard count > 1 else { return }
    guard (0..<count).contains(place) else { return add(-1) }
    add(place * Law.placeCells / count, given: count)
  }
}
