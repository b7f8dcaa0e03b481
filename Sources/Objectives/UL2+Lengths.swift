internal import Blocks

extension UL2 {
  /// What one denoiser makes of a window.
  struct Shape {
    let noise: NoiseMask?
    let format: SpanFormat
    let split: Split

    /// Tokens of the longest input, eos included and the mode token not.
    func input(_ tokens: Int) -> Int {
      if let noise { return format.longestInput(tokens, noise.bounds(tokens)) }
      return split == .quarter ? quarterPrefix(tokens) + 1 : tokens
    }

    /// Tokens of the longest target, eos included.
    func target(_ tokens: Int) -> Int {
      if let noise { return format.longestTarget(tokens, noise.bounds(tokens)) }
      return split == .quarter ? tokens - quarterPrefix(tokens) + 1 : tokens
    }

    func sentinels(_ tokens: Int) -> Int {
      noise.map { format.sentinelCount(runs: $0.bounds(tokens).runs) } ?? 0
    }
  }

  /// Tokens of a window, and of the longest target and the most sentinels that any denoiser makes of it.
  ///
  /// - Throws: `settings.invalid` for a window whose inputs would not fit.
  static func lengths(
    _ settings: Settings, _ shapes: [Shape], reserved: Int
  ) throws(Diagnostic) -> (tokens: Int, targets: Int, sentinels: Int) {
    let length = settings.integer("length")
    let wanted = settings.optionalInteger("window")
    var lengths = (tokens: 1, targets: 0, sentinels: 0)
    while lengths.tokens < wanted ?? length {
      let tokens = lengths.tokens + 1
      guard shapes.allSatisfy({ $0.input(tokens) + reserved <= length }) else { break }
      lengths.tokens = tokens
      for shape in shapes {
        lengths.targets = max(lengths.targets, shape.target(tokens))
        lengths.sentinels = max(lengths.sentinels, shape.sentinels(tokens))
      }
    }
    if let wanted, lengths.tokens < wanted {
      throw settings.invalid(
        "window", "makes inputs longer than `length`", help: "use \(lengths.tokens) or less, or raise length")
    }
    guard lengths.tokens >= 2 else {
      throw settings.invalid("length", "is too short for two tokens", help: "use 8 or more")
    }
    return lengths
  }
}
