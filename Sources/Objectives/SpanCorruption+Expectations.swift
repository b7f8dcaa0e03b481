internal import Blocks

extension SpanCorruption {
  /// The noise by its rule, and the lengths and places of spans.
  public var expectations: [Expectation] {
    switch noise.kind {
    case .spans: spanExpectations
    case .iid: [hiddenTokens]
    case .regular: [regularLengths]
    case .prefix: [prefixPlace]
    }
  }

  /// The runs of full windows, or nil where they cannot be told for sure: a hidden token may equal the kept one behind
  /// it.
  private func runs(_ example: Example, of tokens: Int) -> [Range<Int>]? {
    guard format.target != .full || format.input == .tokenMask, let hidden = hidden(example),
      hidden.window.count == tokens
    else { return nil }
    return hidden.runs
  }

  private var spanExpectations: [Expectation] {
    let density = noise.spans.density
    var list = [
      Expectation("tokens hidden", probability: density, variance: density * (1 - density)) { example in
        guard let hidden = hidden(example) else { return .none }
        let due = noise.spans.counts(hidden.window.count).noise
        return Expectation.Observation(
          successes: Double(hidden.noiseCount), trials: Double(due) / density)
      }
    ]
    let full = noise.spans.counts(tokensLength)
    if noise.isRolled {
      // Each of the n turns is as likely, and brings another token to the front.
      let probability = Double(full.noise) / Double(tokensLength)
      list.append(
        Expectation(
          "windows that start with noise", probability: probability, variance: probability * (1 - probability)
        ) {
          example in
          guard let runs = runs(example, of: tokensLength) else { return .none }
          return Expectation.Observation(successes: runs.first?.lowerBound == 0 ? 1 : 0, trials: 1)
        })
    } else if full.spans > 1, full.noise > full.spans {
      // A part of a random composition of `noise` into `spans` is 1 with probability C(noise-2, spans-2)/C(noise-1,
      // spans-1).
      let probability = Double(full.spans - 1) / Double(full.noise - 1)
      list.append(
        Expectation("spans of one token", probability: probability, variance: probability * (1 - probability)) {
          example in
          guard let runs = runs(example, of: tokensLength), runs.count == full.spans else { return .none }
          return Expectation.Observation(
            successes: Double(runs.filter { $0.count == 1 }.count), trials: Double(full.spans))
        })
    }
    return list
  }

  /// Each token by itself, in windows so long that none is ever hidden or kept by force.
  private var hiddenTokens: Expectation {
    let density = noise.spans.density
    return Expectation("tokens hidden", probability: density, variance: density * (1 - density)) { example in
      guard let hidden = hidden(example), isRare(max(density, 1 - density), raisedTo: hidden.window.count) else {
        return .none
      }
      return Expectation.Observation(
        successes: Double(hidden.noiseCount), trials: Double(hidden.window.count))
    }
  }

  /// The length of regular spans, 1 to 5: (length - 1/2) / 5 has mean 1/2 and variance (25 - 1) / (12 · 25).
  private var regularLengths: Expectation {
    let longestPeriod = noise.regularSpans.map(\.period).max() ?? 1
    return Expectation("length of regular spans", probability: 0.5, variance: 0.08) { example in
      guard tokensLength >= 3 * longestPeriod, let runs = runs(example, of: tokensLength),
        let inner = runs.first(where: { $0.lowerBound > 0 && $0.upperBound < tokensLength })
      else { return .none }
      return Expectation.Observation(successes: (Double(inner.count) - 0.5) / 5, trials: 1)
    }
  }

  /// (prefix - shortest + 1/2) / N has mean 1/2 and a variance below 1/12 for every number N of lengths.
  private var prefixPlace: Expectation {
    Expectation("prefix length within its range", probability: 0.5, variance: 1.0 / 12) { example in
      guard let hidden = hidden(example), hidden.window.count >= 2 else { return .none }
      let prefixes = noise.prefixes(hidden.window.count)
      let prefix = hidden.noiseCount
      return Expectation.Observation(
        successes: (Double(prefix - prefixes.lowerBound) + 0.5) / Double(prefixes.count), trials: 1)
    }
  }

  private func isRare(_ probability: Double, raisedTo count: Int) -> Bool {
    var chance = 1.0
    for _ in 0..<count where chance >= 1e-8 { chance *= probability }
    return chance < 1e-8
  }
}

extension Expectation.Observation {
  /// What a row contributes that is damaged, or of another kind.
  static let none = Expectation.Observation(successes: 0, trials: 0)
}
