internal import Blocks

/// Where a text is divided into what is given and what is asked for.
struct PrefixSplit: Sendable {
  /// The shares of the text between which the border is drawn; nil for T5's range.
  private let bounds: ClosedRange<Double>?
  /// T5's `noise_density`: the mean share that is asked for.
  private let density: Double

  static let settings = [
    Setting(
      "density", .number(0.001...0.5), default: .number(0.5),
      "Mean share of a window that is asked for: 0.5 draws the prefix length from the whole window, 0.25 from its"
        + " second half."),
    splitSetting,
  ]

  static let splitSetting = Setting(
    "split", .either([.choice(["uniform"]), .list(.number(0...1))]), default: .text("uniform"),
    "Where a window is divided: uniform (anywhere), or the least and the greatest share that is given, as"
      + " [0.25, 0.75].")

  /// - Throws: `settings.invalid` for shares that are not two in order.
  init(_ settings: Settings, density: Double = 0.5) throws(Diagnostic) {
    self.density = density
    guard settings.optionalText("split") == nil else {
      bounds = nil
      return
    }
    let shares = settings.numbers("split")
    guard shares.count == 2, shares[0] <= shares[1] else {
      throw settings.invalid("split", "is not two shares in order", help: "for example [0.25, 0.75]")
    }
    bounds = shares[0]...shares[1]
  }

  /// The prefix lengths of a text of n ≥ 2 tokens: at least one token is given, and one asked for.
  ///
  ///     512 tokens, density 0.25 → 256 ... 511; [0.25, 0.75] → 128 ... 384
  func lengths(_ count: Int) -> ClosedRange<Int> {
    let longest = count - 1
    guard let bounds else {
      return min(longest, max(1, roundedHalfEven((1 - 2 * density) * Double(longest))))...longest
    }
    func length(_ share: Double) -> Int { min(longest, max(1, roundedHalfEven(share * Double(count)))) }
    return length(bounds.lowerBound)...length(bounds.upperBound)
  }

  /// A prefix length, each alike: one `bounded` of purpose 8.
  func draw(_ count: Int, drawing draws: ExampleDraws) -> Int {
    var split = draws.stream(.split)
    let lengths = lengths(count)
    return lengths.lowerBound + split.bounded(lengths.count)
  }

  /// The place of a prefix length in its range, from 0 to 1: one half in the mean.
  func place(of prefix: Int, in count: Int) -> Double {
    let lengths = lengths(count)
    return (Double(prefix - lengths.lowerBound) + 0.5) / Double(lengths.count)
  }
}
