internal import Blocks

extension TokenReplacement {
  /// The shares of mask, random and keep among what a row selected.
  ///
  /// - Parameters:
  ///   - selected: what stands at each selected position, and what stood there; nil for damaged rows. Special ids among
  ///     the originals are left out: no random draw gives them.
  func expectations(
    of name: String, mask: UInt32, table: IDTable,
    selected: @escaping @Sendable (Example) -> [(shown: UInt32, original: UInt32)]?
  ) -> [Expectation] {
    let visible = shares[1] / Double(table.ordinary.count)
    func share(
      _ outcome: String, _ probability: Double, _ counts: @escaping @Sendable (UInt32, UInt32) -> Bool
    ) -> Expectation {
      Expectation("\(name) \(outcome)", probability: probability, variance: probability * (1 - probability)) {
        example in
        guard let pairs = selected(example) else { return .none }
        var (successes, trials) = (0, 0)
        for pair in pairs where !table.isSpecial(pair.original) {
          trials += 1
          if counts(pair.shown, pair.original) { successes += 1 }
        }
        return Expectation.Observation(successes: Double(successes), trials: Double(trials))
      }
    }
    return [
      share("masked", shares[0]) { shown, _ in shown == mask },
      share("random", shares[1] - visible) { shown, original in shown != mask && shown != original },
      share("kept", shares[2] + visible) { shown, original in shown == original },
    ]
  }
}
