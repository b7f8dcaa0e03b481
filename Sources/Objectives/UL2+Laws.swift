internal import Blocks

extension UL2 {
  /// How often each denoiser is drawn, the lengths of each one's spans, and where prefixes end.
  public var laws: [Law] {
    let sum = Double(weights.reduce(0, +))
    let shares = Denoiser.allCases.map { ($0.name, Double(weights[$0.rawValue]) / sum) }
    let drawn = Law("denoisers", shares) { example, counts in
      guard example.schema == schema, let number = example.values[denoiserColumn].first else { return }
      counts.add(Int(clamping: number))
    }
    var list = [drawn]
    for denoiser in Denoiser.allCases where weights[denoiser.rawValue] > 0 {
      // One span is no law, and the turned masks of a roll have another.
      guard let noise = noises[denoiser.rawValue], !noise.isRolled,
        noise.spans.counts(windowing.length).spans > 1
      else { continue }
      list += SpanNoise.laws(of: denoiser.name, longest: windowing.length) { example in
        hidden(example, by: denoiser).map { ($0, noise.spans.counts($0.window.count)) }
      }
    }
    if weights[Denoiser.s.rawValue] > 0, split == .uniform {
      list.append(
        .uniformPlace("prefix length within its range") { example, counts in
          guard let hidden = hidden(example, by: .s), let run = hidden.runs.first else { return }
          counts.addPlace(run.lowerBound - 1, of: hidden.window.count - 1)
        })
    }
    return list
  }

  private func hidden(_ example: Example, by denoiser: Denoiser) -> HiddenRuns? {
    guard let row = try? ExampleReader(example, schema: schema), row.scalar(denoiserColumn) == denoiser.rawValue,
      let parts = try? parts(row)
    else { return nil }
    return parts.hidden
  }
}
