internal import Blocks

extension Denoising {
  /// What infilling hides, the place of the first sentence, and how many texts are turned.
  public var expectations: [Expectation] {
    var list = infillingExpectations
    if steps.contains(.permuteSentences), permutation.share == 1 {
      // (place + 1/2) / S has mean 1/2 and a variance below 1/12 for every number S of sentences.
      list.append(
        Expectation("place of the new first sentence", probability: 0.5, variance: 1.0 / 12) { example in
          guard let column = columns.permutation, example.schema == schema, example.values[column].count >= 2 else {
            return .none
          }
          let order = example.values[column]
          return Expectation.Observation(successes: (Double(order[0]) + 0.5) / Double(order.count), trials: 1)
        })
    }
    if steps.contains(.rotate), let column = columns.rotation {
      let probability = Double(rotation.probability.value) / 4_294_967_296
      list.append(
        Expectation("texts turned", probability: probability, variance: probability * (1 - probability)) { example in
          guard example.schema == schema, let offset = example.values[column].first else {
            return .none
          }
          return Expectation.Observation(successes: offset > 0 ? 1 : 0, trials: 1)
        })
    }
    return list
  }
  /// Means and variances of one text's shares.
  struct InfillingLaw {
    var hidden: (mean: Double, variance: Double)
    var masks: (mean: Double, variance: Double)

    /// Tokens of the texts that were simulated.
    static let tokens = 510

    /// Of 4,000,000 simulated texts for each of the rates and means in use; `expected_stats.json` has 1,500 of each.
    /// Spans overlap, so that there is no closed form.
    static func of(rate: Double, lambda: Double) -> InfillingLaw? {
      switch (rate, lambda) {
      case (0.3, 3): law(0.267_225, 0.009_905, 0.083_183, 0.008_768)
      case (0.35, 3): law(0.306_525, 0.011_126, 0.093_872, 0.009_467)
      case (0.3, 3.5): law(0.266_265, 0.010_660, 0.070_365, 0.007_634)
      case (0.35, 3.5): law(0.305_244, 0.011_974, 0.079_159, 0.008_233)
      default: nil
      }
    }

    private static func law(
      _ hidden: Double, _ hiddenDeviation: Double, _ masks: Double, _ masksDeviation: Double
    ) -> InfillingLaw {
      InfillingLaw(
        hidden: (hidden, hiddenDeviation * hiddenDeviation), masks: (masks, masksDeviation * masksDeviation))
    }
  }

  /// Tokens that infilling hides, and masks it shows, as shares of texts that fill a row of 512.
  private var infillingExpectations: [Expectation] {
    guard steps.isSubset(of: [.permuteSentences, .infill, .rotate]), infilling.replacement == .one,
      !showsRandomTokens, selection.unit == .token,
      length == InfillingLaw.tokens + 2, let law = InfillingLaw.of(rate: rate, lambda: lambda)
    else { return [] }
    func share(
      _ name: String, _ law: (mean: Double, variance: Double), _ count: @escaping @Sendable (Parts) -> Int
    ) -> Expectation {
      Expectation(name, probability: law.mean, variance: law.variance) { example in
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row),
          parts.text.count == InfillingLaw.tokens
        else { return .none }
        return Expectation.Observation(successes: Double(count(parts)) / Double(parts.text.count), trials: 1)
      }
    }
    let mask = mask
    return [
      share("tokens hidden", law.hidden) { parts in
        parts.text.count - parts.shown.reduce(0) { $0 + ($1 == mask ? 0 : 1) }
      },
      share("masks for each token", law.masks) { parts in parts.shown.reduce(0) { $0 + ($1 == mask ? 1 : 0) } },
    ]
  }
}
