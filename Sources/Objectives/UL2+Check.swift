public import Blocks

extension UL2 {
  /// A row taken apart.
  struct Parts {
    var denoiser: Denoiser
    /// Without mode token and eos.
    var input: [UInt32]
    /// For S the one run is the rest behind the prefix.
    var hidden: HiddenRuns
  }

  /// Tokens before the window's in an input.
  private var reserved: Int { modes == nil ? 0 : 1 }

  func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let number = Int(row.scalar(denoiserColumn))
    guard let denoiser = Denoiser(rawValue: number), weights[number] > 0 else {
      throw row.broken(
        "denoiser", denoiserColumn, at: 0, "is no denoiser of these settings",
        expected: Denoiser.allCases.filter { weights[$0.rawValue] > 0 }.map(\.name).joined(separator: ", "))
    }
    var input = try sides.input(row)
    let target = try sides.target(row)
    if let modes {
      guard input.removeFirst() == modes[number] else {
        throw row.broken(
          "mode-token", SidePair.ColumnIndex.inputIDs, at: 0, "is not the mode of \(denoiser.name)",
          expected: "\(modes[number])")
      }
    }
    let hidden =
      noises[number] == nil
      ? HiddenRuns(window: input + target, runs: [input.count..<input.count + target.count])
      : try HiddenRuns(
        input: input, target: target, sentinels: sentinels, isClosed: format.isClosed, offset: reserved, in: row)
    return Parts(denoiser: denoiser, input: input, hidden: hidden)
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: parts(row).hidden.window, endOfDocument: nil, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    let window = parts.hidden.window
    guard (2...windowing.length).contains(window.count) else {
      throw row.broken(
        "length", "the window has a length it cannot have", expected: "2 ... \(windowing.length) tokens",
        found: "\(window.count)")
    }
    if let noise = noises[parts.denoiser.rawValue] {
      try parts.hidden.check(
        parts.input, noise: noise, format: format, sentinels: sentinels, offset: reserved, in: row)
    } else {
      let due = split == .quarter ? Self.quarterPrefix(window.count) : parts.input.count
      guard parts.input.count == due, (1..<window.count).contains(due) else {
        throw row.broken(
          "prefix-length", "the prefix has a length it cannot have",
          expected: split == .quarter ? "\(due)" : "1 ... \(window.count - 1)", found: "\(parts.input.count)")
      }
    }
    try row.requireOrdinary(window, SidePair.ColumnIndex.inputIDs, from: reserved, table: table, allowing: [unknown])
    _ = try provenance.window(of: window, endOfDocument: nil, in: row)
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids", "labels"])
    }
    let mode = modes.map { [ExampleSection.Token($0[parts.denoiser.rawValue], .special)] } ?? []
    let end = [ExampleSection.Token(sides.endOfSequence, .special)]
    let isPrefix = noises[parts.denoiser.rawValue] == nil
    let input =
      isPrefix
      ? parts.input.map { .init($0, .prefix) } : parts.hidden.shown(parts.input, format: format, sentinels: sentinels)
    let target =
      isPrefix
      ? parts.hidden.window[parts.input.count...].map { .init($0, .target) }
      : parts.hidden.asked(format: format, sentinels: sentinels)
    return [ExampleSection("input", mode + input + end), ExampleSection("target", target + end)]
  }

  /// How often each denoiser is drawn.
  public var expectations: [Expectation] {
    let sum = Double(weights.reduce(0, +))
    let drawn = Denoiser.allCases.filter { weights[$0.rawValue] > 0 }
    guard drawn.count > 1 else { return [] }
    return drawn.map { denoiser in
      let probability = Double(weights[denoiser.rawValue]) / sum
      return Expectation(
        "examples of \(denoiser.name)", probability: probability, variance: probability * (1 - probability)
      ) { example in
        guard example.schema == schema, let number = example.values[denoiserColumn].first else { return .none }
        return Expectation.Observation(successes: number == denoiser.rawValue ? 1 : 0, trials: 1)
      }
    }
  }
}
