package import Blocks

/// Where the noise of a window falls: T5's four noise functions, and the turning of the first.
///
///     spans     . . . N N . . . N N      the first token is kept, the last one hidden
///     rolled    N . . . N N . . . N      the same, turned by 1
///     iid       . N . . . . N N . .
///     regular   N N . . . N N . . .      one span length, one period
///     prefix    N N N . . . . . . .
///
/// - Source: google-research/text-to-text-transfer-transformer, `random_spans_noise_mask`, `iid_noise_mask`,
///   `regular_noise_mask`, `random_prefix_noise_mask`. At least one token is hidden, and one kept.
package struct NoiseMask: Sendable {
  package enum Kind: String, CaseIterable {
    case spans, iid, regular, prefix
  }

  let kind: Kind
  let spans: SpanNoise
  /// Turn the mask of `spans` by a random number of tokens.
  let isRolled: Bool
  private let threshold: Threshold

  package init(_ kind: Kind, _ spans: SpanNoise, isRolled: Bool = false) {
    self.kind = kind
    self.spans = spans
    self.isRolled = isRolled
    threshold = Threshold(spans.density)
  }

  /// True when the first token is always kept and the last one always hidden, as convention A needs it.
  package var startsKept: Bool { kind == .spans && !isRolled }

  /// What the masks of a window of n ≥ 2 tokens have in common.
  package struct Bounds: Sendable, Equatable {
    /// Hidden tokens.
    package var noise: ClosedRange<Int>
    /// Runs of hidden tokens, at most.
    package var runs: Int
    /// Hidden tokens and their runs together, at most.
    package var noiseAndRuns: Int
  }

  package func bounds(_ tokens: Int) -> Bounds {
    switch kind {
    case .spans:
      let counts = spans.counts(tokens)
      // A turn may part one span into a first and a last one.
      let runs = isRolled ? min(counts.spans + 1, counts.noise) : counts.spans
      return Bounds(noise: counts.noise...counts.noise, runs: runs, noiseAndRuns: counts.noise + runs)
    case .iid:
      return Bounds(noise: 1...tokens - 1, runs: (tokens + 1) / 2, noiseAndRuns: tokens + 1)
    case .regular:
      let runs = regularSpans.map { ((tokens + $0.length - 2) / $0.period + 1, $0.length) }
      return Bounds(
        noise: 1...min(tokens - 1, runs.map { $0 * $1 }.max() ?? 1), runs: runs.map(\.0).max() ?? 1,
        noiseAndRuns: min(tokens + 1, runs.map { $0 * ($1 + 1) }.max() ?? 2))
    case .prefix:
      return Bounds(noise: prefixes(tokens), runs: 1, noiseAndRuns: tokens)
    }
  }

  /// Prefix lengths of a window of n ≥ 2 tokens: 512 tokens, density 0.25 → 256 ... 511.
  package func prefixes(_ tokens: Int) -> ClosedRange<Int> {
    let longest = tokens - 1
    return min(longest, max(1, roundedHalfEven((1 - 2 * spans.density) * Double(longest))))...longest
  }

  /// The span lengths that `regular` draws from, 1 to 5, each with the period that gives the density.
  package var regularSpans: [(length: Int, period: Int)] { (1...5).map { ($0, regularPeriod($0)) } }

  private func regularPeriod(_ length: Int) -> Int { roundedHalfEven(Double(length) / spans.density) }

  /// Runs that all but about one window in 30,000 stay below: the mean of independent tokens and four deviations.
  func usualRuns(_ tokens: Int) -> Int {
    let runs = bounds(tokens).runs
    guard kind == .iid else { return runs }
    let variance = Double(tokens) * spans.density * (1 - spans.density)
    let mean = variance + spans.density * spans.density
    return min(runs, roundedUp(mean + 4 * (variance * max(0, 1 - 3 * variance / Double(tokens))).squareRoot()))
  }

  /// Draws the mask of a window of n ≥ 2 tokens: fills `scratch.mask`, true for noise.
  ///
  /// Draws: `spans` purposes 3 and 4, its turn 31; `iid` one Bernoulli of purpose 1 for each token; `regular` the
  /// length 3 and the offset 4; `prefix` the length 8. Where nothing or everything would be hidden, one token drawn by
  /// purpose 9 changes sides.
  package func mark(_ tokens: Int, drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    switch kind {
    case .spans:
      _ = spans.mark(tokens, drawing: draws, scratch: &scratch)
      if isRolled {
        var rotation = draws.stream(.rotation)
        Self.roll(by: rotation.bounded(tokens), &scratch.mask, through: &scratch.flags)
      }
    case .iid:
      var positions = draws.stream(.positionSelection)
      scratch.mask.removeAll(keepingCapacity: true)
      var hidden = 0
      for _ in 0..<tokens {
        let isHidden = positions.bernoulli(threshold)
        scratch.mask.append(isHidden)
        if isHidden { hidden += 1 }
      }
      keepBothSides(hidden, drawing: draws, scratch: &scratch)
    case .regular:
      var lengths = draws.stream(.noiseSpanLengths)
      let length = 1 + lengths.bounded(5)
      let period = regularPeriod(length)
      var starts = draws.stream(.spanStarts)
      var phase = starts.bounded(period)
      scratch.mask.removeAll(keepingCapacity: true)
      var hidden = 0
      for _ in 0..<tokens {
        scratch.mask.append(phase < length)
        if phase < length { hidden += 1 }
        phase = phase + 1 == period ? 0 : phase + 1
      }
      keepBothSides(hidden, drawing: draws, scratch: &scratch)
    case .prefix:
      var split = draws.stream(.split)
      let prefixes = prefixes(tokens)
      let prefix = prefixes.lowerBound + split.bounded(prefixes.count)
      scratch.mask.removeAll(keepingCapacity: true)
      scratch.mask.append(contentsOf: repeatElement(true, count: prefix))
      scratch.mask.append(contentsOf: repeatElement(false, count: tokens - prefix))
    }
  }

  private func keepBothSides(_ hidden: Int, drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    guard hidden == 0 || hidden == scratch.mask.count else { return }
    var fallback = draws.stream(.countRounding)
    scratch.mask[fallback.bounded(scratch.mask.count)].toggle()
  }

  /// Moves each flag `offset` places towards the end, those that fall out to the front.
  package static func roll(by offset: Int, _ mask: inout [Bool], through other: inout [Bool]) {
    other.removeAll(keepingCapacity: true)
    other.append(contentsOf: mask[(mask.count - offset)...])
    other.append(contentsOf: mask[..<(mask.count - offset)])
    swap(&mask, &other)
  }
}
