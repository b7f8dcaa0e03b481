internal import Blocks

extension Cloze {
  /// Shares among what was decided, and evenness over the row.
  ///
  /// - Parameter read: takes an example apart, nil when it is broken.
  func expectations(_ read: @escaping @Sendable (Example) -> Parts?) -> [Expectation] {
    var list = shares(read)
    if let size = selectedShare(read) { list.append(size) }
    if selection.unit == .token { list.append(firstHalfShare(read)) }
    return list
  }

  /// What the first token of each decision shows. A draw that gives what was there, or the mask, is allowed for.
  private func shares(_ read: @escaping @Sendable (Example) -> Parts?) -> [Expectation] {
    let random = replacement.shares[1]
    let visible = random / Double(table.ordinary.count)
    let drawsMask = table.mayDraw(mask) ? visible : 0
    let (mask, table) = (mask, table)
    func share(
      _ name: String, _ probability: Double, unlessDrawable correction: Double,
      _ counts: @escaping @Sendable (UInt32, UInt32) -> Bool
    ) -> Expectation {
      Expectation(name, probability: probability, variance: probability * (1 - probability)) { example in
        guard let parts = read(example) else { return Expectation.Observation(successes: 0, trials: 0) }
        var (successes, trials) = (0.0, 0.0)
        for first in decisions(parts).map(\.lowerBound) {
          trials += 1
          if counts(parts.shown[first], parts.original[first]) { successes += 1 }
          if !table.mayDraw(parts.original[first]) { successes += correction }
        }
        return Expectation.Observation(successes: successes, trials: trials)
      }
    }
    return [
      share("selected tokens masked", replacement.shares[0] + drawsMask, unlessDrawable: 0) { shown, _ in
        shown == mask
      },
      share("selected tokens random", random - visible - drawsMask, unlessDrawable: -visible) { shown, original in
        shown != mask && shown != original
      },
      share("selected tokens kept", replacement.shares[2] + visible, unlessDrawable: visible) { shown, original in
        shown == original
      },
    ]
  }

  /// Selected tokens per token due, or units per unit: exact by rule in the mean, so any deviation is a fault.
  private func selectedShare(_ read: @escaping @Sendable (Example) -> Parts?) -> Expectation? {
    let p = selection.probability
    let selection = selection
    switch (selection.count, selection.unit) {
    case (.fixed, .token):
      return Expectation("tokens selected", probability: p, variance: p * (1 - p)) { example in
        guard let parts = read(example) else { return Expectation.Observation(successes: 0, trials: 0) }
        let due = min(selection.predictionCount(parts.shown.count), selection.eligibleCount(in: parts.original))
        return Expectation.Observation(
          successes: Double(parts.selected.reduce(0) { $0 + ($1 ? 1 : 0) }), trials: Double(due) / p)
      }
    case (.stochastic, _), (.bernoulli, _):
      guard selection.maxPredictions == nil else { return nil }
      return Expectation("units selected", probability: p, variance: p * (1 - p)) { example in
        guard let parts = read(example) else { return Expectation.Observation(successes: 0, trials: 0) }
        var (starts, lengths): ([Int32], [Int32]) = ([], [])
        selection.findUnits(in: parts.original, starts: &starts, lengths: &lengths)
        let units = Double(starts.count)
        var chosen = Double(starts.reduce(0) { $0 + (parts.selected[Int($1)] ? 1 : 0) })
        switch selection.count {
        // Below one the count is raised to one.
        case .stochastic: if units * p < 1 { return Expectation.Observation(successes: 0, trials: 0) }
        // The one unit that stands in where none was selected: (1 - p)^units on the mean.
        default: chosen -= (0..<starts.count).reduce(1.0) { none, _ in none * (1 - p) }
        }
        return Expectation.Observation(successes: chosen, trials: units)
      }
    default: return nil
    }
  }

  /// Selected positions in the first half of those that could be: 1/2, whatever the lengths; the middle one of an odd
  /// number is left out.
  private func firstHalfShare(_ read: @escaping @Sendable (Example) -> Parts?) -> Expectation {
    Expectation("selected tokens in the first half", probability: 0.5, variance: 0.25) { example in
      guard let parts = read(example) else { return Expectation.Observation(successes: 0, trials: 0) }
      let flags = zip(parts.original, parts.selected).filter { !table.isSpecial($0.0) }.map(\.1)
      let half = flags.count / 2
      let first = flags.prefix(half).filter { $0 }.count
      let last = flags.suffix(half).filter { $0 }.count
      return Expectation.Observation(successes: Double(first), trials: Double(first + last))
    }
  }
}
