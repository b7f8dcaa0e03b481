internal import Blocks

extension SpanCorruption {
  /// - Throws: `settings.invalid` for densities that a kind of noise cannot give.
  static func noise(_ settings: Settings) throws(Diagnostic) -> NoiseMask {
    let kind = NoiseMask.Kind(rawValue: settings.text("noise")) ?? .spans
    let density = settings.number("noise_density")
    let spans = SpanNoise(density: density, meanSpanLength: settings.number("mean_noise_span_length"))
    let noise = NoiseMask(kind, spans, isRolled: settings.flag("roll"))
    if noise.isRolled, kind != .spans {
      throw settings.invalid("roll", "turns masks of spans alone", help: "use noise: spans, or roll: false")
    }
    if kind == .prefix, density > 0.5 {
      throw settings.invalid(
        "noise_density", "is above 0.5, which no drawn prefix has in the mean", help: "use 0.5 or less")
    }
    if kind == .regular, !noise.regularSpans.allSatisfy({ $0.period > $0.length }) {
      throw settings.invalid(
        "noise_density", "leaves no token between regular spans", help: "use 0.66 or less, or noise: spans")
    }
    return noise
  }

  /// - Throws: `settings.invalid` for sides that would not say which span is which.
  static func format(_ settings: Settings, of noise: NoiseMask) throws(Diagnostic) -> SpanFormat {
    let input = SpanFormat.Input(rawValue: settings.text("inputs")) ?? .sentinels
    let target = SpanFormat.Target(rawValue: settings.text("targets")) ?? .spans
    if target == .spans, input != .sentinels {
      throw settings.invalid(
        "targets", "names sentinels that `inputs: \(input.rawValue)` does not show",
        help: "use targets: full or tokens, or inputs: sentinels")
    }
    return SpanFormat(input: input, target: target, isClosed: !noise.startsKept)
  }

  /// What rows have.
  struct Lengths: Equatable {
    /// Tokens of a full window.
    var tokens: Int
    /// Tokens of the longest target.
    var targets: Int
    /// Sentinels that a full window takes.
    var sentinels: Int
  }

  /// The longest window whose inputs fit into `length` tokens, as all shorter ones do.
  static func lengths(for length: Int, noise: NoiseMask, format: SpanFormat) -> Lengths {
    if noise.startsKept, format.input == .sentinels, format.target == .spans {
      let lengths = noise.spans.lengths(for: length)
      return Lengths(tokens: lengths.tokens, targets: lengths.targets, sentinels: lengths.spans)
    }
    var lengths = Lengths(tokens: 1, targets: 0, sentinels: 0)
    // A window without its noise is no shorter than a twentieth: the search ends.
    while true {
      let tokens = lengths.tokens + 1
      let bounds = noise.bounds(tokens)
      guard format.longestInput(tokens, bounds) <= length else { return lengths }
      lengths.tokens = tokens
      lengths.targets = max(lengths.targets, format.longestTarget(tokens, bounds))
      lengths.sentinels = max(lengths.sentinels, format.sentinelCount(runs: noise.usualRuns(tokens)))
    }
  }

  static func summary(_ input: SpanFormat.Input) -> String {
    switch input {
    case .sentinels: "The window with sentinels for its hidden spans, and eos"
    case .spanMask: "The window with the first sentinel for each hidden span, and eos"
    case .tokenMask: "The window with the first sentinel for each hidden token, and eos"
    case .drop: "The window without its hidden spans, and eos"
    }
  }

  static func summary(_ target: SpanFormat.Target) -> String {
    switch target {
    case .spans: "Each sentinel and its span, and eos"
    case .full: "The window, and eos"
    case .tokens: "The hidden tokens, and eos"
    }
  }
}
