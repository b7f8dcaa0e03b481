package import Blocks

/// wav2vec's mask: spans of one length at random starts, which may overlap.
///
///     steps     0 1 2 3 4 5 6 7 8 9      spans of 3 at 1, 2 and 7
///     mask      · N N N N · · N N N
///
/// - Source: Baevski et al. 2020 (arXiv:2006.11477), §3.1; fairseq `compute_mask_indices` with static lengths: the
///   number of starts is n · p, rounded up or down at random. Every place where a whole span fits is a start; the
///   source leaves out the last.
package struct TimeSpans: Sendable {
  let probability: Double
  let length: Int

  package init(probability: Double, length: Int) {
    self.probability = probability
    self.length = length
  }

  /// Where a span may start in n > `length` steps.
  func places(_ count: Int) -> Int { count - length + 1 }

  /// The number of starts when u of [0, 1) is drawn.
  func starts(_ count: Int, at u: Double) -> Int {
    min(max(1, Int(Double(count) * probability + u)), places(count))
  }

  /// Draws the mask of n > `length` steps: fills `scratch.mask`. The rounding draws from purpose 9, the starts from 4.
  package func mark(_ count: Int, drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var rounding = draws.stream(.countRounding)
    let spans = starts(count, at: rounding.double())
    var starts = draws.stream(.spanStarts)
    scratch.positions.removeAll(keepingCapacity: true)
    for place in 0..<places(count) { scratch.positions.append(Int32(place)) }
    starts.partialShuffle(&scratch.positions, count: spans)
    scratch.mask.removeAll(keepingCapacity: true)
    scratch.mask.append(contentsOf: repeatElement(false, count: count))
    for span in 0..<spans {
      let start = Int(scratch.positions[span])
      for step in start..<start + length { scratch.mask[step] = true }
    }
  }

  /// Mean and variance of the share of n > `length` steps that a mask hides, exactly.
  ///
  /// A step stays visible if none of the starts that cover it is drawn, two steps if none of those that cover either:
  /// with K of S places drawn and c of them covering, C(S - c, K) / C(S, K).
  package func maskedShare(_ count: Int) -> (mean: Double, variance: Double) {
    let exact = Double(count) * probability
    let up = exact - Double(Int(exact))
    let (fewer, more) = (starts(count, at: 0), starts(count, at: 1))
    let visible = (0...2 * length).map { covering in
      (1 - up) * chance(covering, missedBy: fewer, of: places(count))
        + up * chance(covering, missedBy: more, of: places(count))
    }
    var covering = [Int](repeating: 0, count: length + 1)
    for step in 0..<count { covering[coverCount(step, count)] += 1 }
    let mean = (1...length).reduce(0) { $0 + Double(covering[$1]) * visible[$1] }
    // All pairs as if no start covered both, then those that are near enough to share one.
    var pairs = 0.0
    for one in 1...length {
      for other in 1...length { pairs += Double(covering[one]) * Double(covering[other]) * visible[one + other] }
    }
    for step in 0..<count {
      for near in max(0, step - length + 1)..<min(count, step + length) {
        let (low, high) = (min(step, near), max(step, near))
        let apart = coverCount(low, count) + coverCount(high, count)
        let shared = max(0, min(low, places(count) - 1) - max(0, high - length + 1) + 1)
        pairs += visible[apart - shared] - visible[apart]
      }
    }
    let steps = Double(count)
    return (1 - mean / steps, max(0, pairs - mean * mean) / (steps * steps))
  }

  /// Starts that cover a step.
  private func coverCount(_ step: Int, _ count: Int) -> Int {
    min(step, places(count) - 1) - max(0, step - length + 1) + 1
  }

  /// The probability that `drawn` of `places` places miss certain ones.
  private func chance(_ certain: Int, missedBy drawn: Int, of places: Int) -> Double {
    guard certain <= places - drawn else { return 0 }
    return (0..<drawn).reduce(1.0) { $0 * Double(places - certain - $1) / Double(places - $1) }
  }
}

extension TimeSpans {
  /// Steps of one masked run of each row: of spans that may touch and overlap, drawn once more by other draws.
  func law(_ read: @escaping @Sendable (Example) -> MaskedCodes.Parts?) -> Law {
    let longest = 4 * length
    @Sendable func run(_ mask: [Bool]) -> Int? {
      guard let start = mask.firstIndex(of: true) else { return nil }
      return mask[start...].prefix { $0 }.count
    }
    return Law(
      "steps of a masked run", outcomes: (1...longest).map { $0 == longest ? "\($0) or more" : "\($0)" },
      probabilities: nil
    ) { example, counts in
      guard let parts = read(example), parts.shown.count > length, let steps = run(parts.selected) else { return }
      var stream = RandomStream(twinOf: parts.original, parts.shown)
      let spans = starts(parts.shown.count, at: stream.double())
      var places = Array(0..<self.places(parts.shown.count))
      stream.partialShuffle(&places, count: spans)
      var again = Array(repeating: false, count: parts.shown.count)
      for start in places.prefix(spans) { for step in start..<start + length { again[step] = true } }
      counts.add(min(steps, longest) - 1)
      counts.addReference(min(run(again) ?? 1, longest) - 1)
    }
  }
}
