import Palimpsest

/// An objective of the tests: its rows are windows with a coin that shows what the setting says.
struct CoinObjective: Objective {
  static let name = "coin"
  static let summary = "A window and a coin."
  static let settings = [Setting("heads_every", .integer(1...100), default: .integer(2), "Heads every so many rows.")]

  let drawNumber: UInt32 = 200
  let schema = ExampleSchema([
    Column("input_ids", .uint16, .list, "The window."),
    Column("coin", .uint8, .scalar, "1 for heads."),
  ])
  let windowing = Windowing(kind: .document, length: 4)
  let headsEvery: Int

  init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    headsEvery = settings.integer("heads_every")
  }

  func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    batch.append(contentsOf: window.ids.span, to: 0)
    batch.append(batch.rowCount % headsEvery == 0 ? 1 : 0, to: 1)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    var window = TokenWindow()
    window.ids = example["input_ids"].map { UInt32(truncatingIfNeeded: $0) }
    return window
  }

  func check(_ example: Example) throws(Diagnostic) {}

  func explain(_ example: Example) -> [ExampleSection] {
    [ExampleSection("coin", example["input_ids"].map { .init(UInt32(truncatingIfNeeded: $0)) })]
  }

  var expectations: [Expectation] {
    [
      Expectation("heads", probability: 0.5, variance: 0.25) { example in
        Expectation.Observation(successes: example.scalar("coin") == 1 ? 1 : 0, trials: 1)
      },
      Expectation("certain", probability: 1, variance: 0) { _ in
        Expectation.Observation(successes: 1, trials: 1)
      },
      Expectation("never tried", probability: 0.5, variance: 0.25) { _ in
        Expectation.Observation(successes: 0, trials: 0)
      },
    ]
  }
}
