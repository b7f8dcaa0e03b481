internal import Blocks

/// How noise shows in the input, and what the target says of it: T5's choice of functions for the two sides.
///
///     tokens     a b c d e f           mask 0 1 1 0 0 1
///     inputs     sentinels   a S0 d e S1 eos          targets    spans    S0 b c S1 f eos
///                span_mask   a S0 d e S0 eos                     full     a b c d e f eos
///                token_mask  a S0 S0 d e S0 eos                  tokens   b c f eos
///                drop        a d e eos
///
/// A target of spans is convention A where masks start with a kept token and end with a hidden one (T5's code: the kept
/// runs become sentinels), and else convention B: each span behind its own sentinel, and a closing sentinel.
package struct SpanFormat: Sendable {
  package enum Input: String, CaseIterable {
    case sentinels
    case spanMask = "span_mask"
    case tokenMask = "token_mask"
    case drop
  }

  package enum Target: String, CaseIterable {
    case spans, full, tokens
  }

  let input: Input
  let target: Target
  /// Convention B.
  let isClosed: Bool

  package init(input: Input = .sentinels, target: Target = .spans, isClosed: Bool = false) {
    self.input = input
    self.target = target
    self.isClosed = isClosed
  }

  /// Tokens of the longest input that a window can give, eos included.
  package func longestInput(_ tokens: Int, _ bounds: NoiseMask.Bounds) -> Int {
    let least = bounds.noise.lowerBound
    switch input {
    case .sentinels, .spanMask: return tokens - max(0, least - bounds.runs) + 1
    case .tokenMask: return tokens + 1
    case .drop: return tokens - least + 1
    }
  }

  /// Tokens of the longest target that a window can give, eos included.
  package func longestTarget(_ tokens: Int, _ bounds: NoiseMask.Bounds) -> Int {
    switch target {
    case .spans: bounds.noiseAndRuns + (isClosed ? 2 : 1)
    case .full: tokens + 1
    case .tokens: bounds.noise.upperBound + 1
    }
  }

  /// Sentinels that `runs` hidden runs take.
  package func sentinelCount(runs: Int) -> Int {
    switch input {
    case .sentinels: runs + (target == .spans && isClosed ? 1 : 0)
    case .spanMask, .tokenMask: 1
    case .drop: 0
    }
  }
}
