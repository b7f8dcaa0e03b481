internal import Blocks

extension CausalLM {
  /// For fill-in-the-middle: how often, how, and how much. Nothing else is drawn.
  public var expectations: [Expectation] {
    guard let fim else { return [] }
    let (rate, spmRate) = (Double(fim.rate.value) * 0x1p-32, Double(fim.spmRate.value) * 0x1p-32)
    func measure(
      _ name: String, _ probability: Double, _ variance: Double,
      _ count: @escaping @Sendable (DocumentLayout) -> Double?
    ) -> Expectation {
      Expectation(name, probability: probability, variance: variance) { example in
        var sum = Expectation.Observation(successes: 0, trials: 0)
        for case let value? in drawnLayouts(of: example).filter({ $0.cutCount > 0 }).map(count) {
          sum.successes += value
          sum.trials += 1
        }
        return sum
      }
    }
    let unit = fim.context == .window ? "segments" : "documents"
    return [
      measure("\(unit) with their middle moved", rate, rate * (1 - rate)) { $0.mode == 0 ? 0 : 1 },
      measure("suffix before prefix", spmRate, spmRate * (1 - spmRate)) { layout in
        layout.mode == 0 ? nil : layout.mode == 2 ? 1 : 0
      },
      // The distance of two uniform integers in 0 ... n is n(n + 2) / 3(n + 1) in the mean; its share of that, divided
      // by 3, has a variance of 1/9 at n = 1 and less above.
      measure("share of the middle", 1.0 / 3, 1.0 / 9) { layout in
        let n = Double(layout.cutCount)
        return layout.mode == 0 ? nil : Double(layout.cutB - layout.cutA) * (n + 1) / (n * (n + 2))
      },
    ]
  }
}
