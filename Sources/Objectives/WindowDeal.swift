internal import Blocks

/// Several ways to cut a stream into windows: one is drawn for each window, by weight, and the next window begins
/// where that one ends.
///
///     lengths 3 and 5, drawn 0 1 1 0    1 2 3 │ 4 5 6 7 8 │ 9 10 11 12 13 │ 14 15 16
///
/// The draw is keyed by seed, epoch, origin and number of the window (purpose 7), and by nothing else.
public struct WindowDeal: Sendable, Equatable {
  /// Keys the draws.
  public let drawNumber: UInt32
  /// How often each is drawn, as parts of their sum.
  public let weights: [Int]
  public let windowings: [Windowing]

  public init(drawNumber: UInt32, weights: [Int], windowings: [Windowing]) {
    precondition(weights.count == windowings.count && weights.contains { $0 > 0 }, "one weight for each, one above 0")
    self.drawNumber = drawNumber
    self.weights = weights
    self.windowings = windowings
  }

  /// Which one a window is cut by.
  public func index(seed: UInt64, for window: TokenWindow) -> Int {
    index(
      ExampleDraws(
        seed: seed, objective: drawNumber, epoch: UInt32(window.epoch), origin: window.originID,
        example: window.exampleIndex))
  }

  /// Which one the window with these draws is cut by.
  func index(_ draws: ExampleDraws) -> Int {
    var stream = draws.stream(.mode)
    return stream.weighted(weights)
  }
}
