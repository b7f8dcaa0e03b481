package import Blocks

/// T5's span noise: how many tokens and spans of a window are noise, and where the spans fall.
///
/// - Source: google-research/text-to-text-transfer-transformer, `random_spans_helper`, `random_spans_noise_mask`;
///   counts in doubles, rounded half to even.
package struct SpanNoise: Sendable {
  let density: Double
  let meanSpanLength: Double

  package init(density: Double, meanSpanLength: Double) {
    self.density = density
    self.meanSpanLength = meanSpanLength
  }

  /// How a window is divided.
  package struct Counts: Sendable, Equatable {
    package var noise: Int
    package var spans: Int

    package init(noise: Int, spans: Int) {
      self.noise = noise
      self.spans = spans
    }

    /// Tokens of the input: the rest, a sentinel for each span, and eos.
    package func inputLength(_ tokens: Int) -> Int { tokens - noise + spans + 1 }
    /// Tokens of the target: the noise, a sentinel for each span, and eos.
    package var targetLength: Int { noise + spans + 1 }
  }

  /// The counts of the mask: at least one noise token and one other, and one span; never more spans than tokens to
  /// part.
  ///
  ///     512 tokens, density 0.15, mean 3   →   77 noise tokens in 26 spans
  package func counts(_ tokens: Int) -> Counts {
    let used = max(tokens, 2)
    let noise = min(max(roundedHalfEven(Double(used) * density), 1), used - 1)
    let spans = max(roundedHalfEven(Double(noise) / meanSpanLength), 1)
    return Counts(noise: noise, spans: min(spans, noise, used - noise))
  }

  /// T5's lengths for inputs of `inputsLength` tokens: the longest window that fits, and its target.
  ///
  /// The helper does not clamp its counts as the mask does: see `lengths(for:)` for the lengths that rows have.
  ///
  ///     512, density 0.15, mean 3   →   windows of 568 tokens, targets of 114
  package func helperLengths(_ inputsLength: Int) -> (tokens: Int, targets: Int) {
    func lengths(_ tokens: Int) -> (input: Int, target: Int) {
      let noise = roundedHalfEven(Double(tokens) * density)
      let counts = Counts(noise: noise, spans: roundedHalfEven(Double(noise) / meanSpanLength))
      return (counts.inputLength(tokens), counts.targetLength)
    }
    var tokens = inputsLength - 1
    while lengths(tokens + 1).input <= inputsLength { tokens += 1 }
    let (input, target) = lengths(tokens)
    // T5's own exception: at half density the target must not be longer than the input.
    return density == 0.5 && target > input ? (tokens - 1, target - 1) : (tokens, target)
  }

  /// The lengths that rows really have.
  package struct Lengths: Sendable, Equatable {
    /// Tokens of a full window.
    package var tokens: Int
    /// Tokens of the longest target.
    package var targets: Int
    /// Spans of a window at most: how many sentinels it takes.
    package var spans: Int
  }

  /// T5's lengths where its mask keeps them; a shorter window where the input would not fit (for short inputs the
  /// helper counts no span at all, the mask one), and T5's target length where the real one is shorter (a pad then
  /// follows).
  package func lengths(for inputsLength: Int) -> Lengths {
    let helper = helperLengths(inputsLength)
    var lengths = Lengths(tokens: 1, targets: helper.targets, spans: 0)
    for tokens in 2...max(2, helper.tokens) {
      let counts = counts(tokens)
      guard counts.inputLength(tokens) <= inputsLength else { break }
      lengths.tokens = tokens
      lengths.targets = max(lengths.targets, counts.targetLength)
      lengths.spans = max(lengths.spans, counts.spans)
    }
    return lengths
  }

  /// Draws where the spans fall: fills `scratch.mask`, true for noise.
  ///
  /// Kept and noise runs alternate, a kept one first: the first token is never noise, the last one always.
  package func mark(_ tokens: Int, drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) -> Counts {
    let counts = counts(tokens)
    var noise = draws.stream(.noiseSpanLengths)
    Self.compose(counts.noise, parts: counts.spans, drawing: &noise, scratch: &scratch)
    swap(&scratch.order, &scratch.lengths)
    var kept = draws.stream(.spanStarts)
    Self.compose(tokens - counts.noise, parts: counts.spans, drawing: &kept, scratch: &scratch)
    Self.alternate(kept: scratch.lengths, noise: scratch.order, into: &scratch.mask)
    return counts
  }

  /// A mask from the lengths of its runs: kept, noise, kept, noise, …
  package static func alternate(kept: [Int32], noise: [Int32], into mask: inout [Bool]) {
    mask.removeAll(keepingCapacity: true)
    for span in noise.indices {
      mask.append(contentsOf: repeatElement(false, count: Int(kept[span])))
      mask.append(contentsOf: repeatElement(true, count: Int(noise[span])))
    }
  }

  /// Divides `items` into parts, every composition equally likely: fills `scratch.lengths`.
  ///
  /// `parts` - 1 of the `items` - 1 places between items are cut; place c lies behind item c.
  private static func compose(
    _ items: Int, parts: Int, drawing stream: inout RandomStream, scratch: inout ObjectiveScratch
  ) {
    scratch.positions.removeAll(keepingCapacity: true)
    for place in 0..<max(items - 1, 0) { scratch.positions.append(Int32(place)) }
    stream.partialShuffle(&scratch.positions, count: parts - 1)
    scratch.mask.removeAll(keepingCapacity: true)
    scratch.mask.append(contentsOf: repeatElement(false, count: items))
    for index in 0..<parts - 1 { scratch.mask[Int(scratch.positions[index])] = true }
    lengths(ofPartsCutBehind: scratch.mask, into: &scratch.lengths)
  }

  /// The lengths of the parts when there is a cut behind each flagged item.
  package static func lengths(ofPartsCutBehind flags: [Bool], into lengths: inout [Int32]) {
    lengths.removeAll(keepingCapacity: true)
    var length: Int32 = 0
    for isCut in flags {
      length += 1
      if isCut {
        lengths.append(length)
        length = 0
      }
    }
    lengths.append(length)
  }
}
