package import Blocks

/// DeCLUTR's spans: anchors far from each other, and positives near their anchor.
///
///     text      ········································      blocks of the longest span: 0, 10, 20, 30
///     anchors         ▔▔▔▔▔▔▔             ▔▔▔▔▔▔▔▔            each in a block; its neighbours are then taken
///     positives     ▔▔▔    ▔▔▔▔               ▔▔▔             overlapping, beside or within
///
/// - Source: JohnGiorgi/DeCLUTR `sample_anchor_positive_pairs`. Lengths are Beta(4, 2) and Beta(2, 4) by order
///   statistics of five uniforms, exactly and without a power.
package struct AnchorSpans: Sendable {
  /// Where positives lie.
  package enum Sampling: String, CaseIterable {
    case any, subsuming, adjacent
  }

  let anchors: Int
  /// For each anchor.
  let positives: Int
  let shortest: Int
  let longest: Int
  let sampling: Sampling

  package init(anchors: Int, positives: Int, shortest: Int, longest: Int, sampling: Sampling) {
    self.anchors = anchors
    self.positives = positives
    self.shortest = shortest
    self.longest = longest
    self.sampling = sampling
  }

  /// Tokens of a window: the least of the source.
  package var windowLength: Int { 2 * anchors * longest }

  /// Spans of an example, each anchor followed by its positives.
  package var viewCount: Int { anchors * (1 + positives) }

  /// The second largest of five uniforms, and the second smallest: Beta(4, 2) and Beta(2, 4).
  package static func betas(_ stream: inout RandomStream) -> (long: Double, short: Double) {
    var (least, short) = (2.0, 2.0)
    var (long, most) = (-1.0, -1.0)
    for _ in 0..<5 {
      let draw = stream.double()
      if draw < least { (least, short) = (draw, least) } else if draw < short { short = draw }
      if draw > most { (long, most) = (most, draw) } else if draw > long { long = draw }
    }
    return (long, short)
  }

  /// Draws the spans of a text of `windowLength` tokens: fills `scratch.order` with starts and `scratch.lengths`.
  ///
  /// Anchors draw from the stream of purpose 13, positives from that of 14, in order: length, (block,) start.
  func draw(_ draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var anchorStream = draws.stream(.view0)
    var positiveStream = draws.stream(.view1)
    scratch.order.removeAll(keepingCapacity: true)
    scratch.lengths.removeAll(keepingCapacity: true)
    // The blocks that are left, by number.
    scratch.positions.removeAll(keepingCapacity: true)
    for block in 0..<2 * anchors { scratch.positions.append(Int32(block)) }
    for number in 0..<anchors {
      let length = Int(Self.betas(&anchorStream).long * Double(longest - shortest) + Double(shortest))
      let anchor = drawAnchor(length, anchors - number, &anchorStream, blocks: &scratch.positions)
      scratch.order.append(Int32(anchor.lowerBound))
      scratch.lengths.append(Int32(length))
      for _ in 0..<positives {
        let positive = drawPositive(of: anchor, &positiveStream)
        scratch.order.append(Int32(positive.lowerBound))
        scratch.lengths.append(Int32(positive.count))
      }
    }
  }

  /// An anchor in a block that is left; near the end of the supply only the first or the last one, so that it lasts.
  private func drawAnchor(
    _ length: Int, _ wanted: Int, _ stream: inout RandomStream, blocks: inout [Int32]
  ) -> Range<Int> {
    let index =
      blocks.count / wanted < wanted ? stream.bounded(2) * (blocks.count - 1) : stream.bounded(blocks.count)
    let start = Int(blocks[index]) * longest + stream.bounded(longest - length + 1)
    blocks.removeSubrange(max(0, index - 1)..<min(blocks.count, index + 2))
    return start..<start + length
  }

  private func drawPositive(of anchor: Range<Int>, _ stream: inout RandomStream) -> Range<Int> {
    let beta = Self.betas(&stream).short
    let most = longestPositive(of: anchor)
    let least = min(shortest, most)
    let length = Int(beta * Double(most - least) + Double(least))
    let starts = starts(of: length, anchor: anchor)
    let start =
      sampling == .adjacent
      ? (starts.count == 1 ? starts.lowerBound : stream.bounded(2) == 0 ? starts.lowerBound : starts.upperBound)
      : starts.lowerBound + stream.bounded(starts.count)
    return start..<start + length
  }

  /// Tokens of a positive at most: those of the anchor that it lies in, or as many as fit beside it.
  func longestPositive(of anchor: Range<Int>) -> Int {
    switch sampling {
    case .any: longest
    case .subsuming: anchor.count
    case .adjacent: min(longest, max(anchor.lowerBound, windowLength - anchor.upperBound))
    }
  }

  /// Where a positive may start: anywhere in this range, or at one of its ends for adjacent ones.
  ///
  /// The source leaves out a span that lies before its anchor and starts at 0; here it counts.
  func starts(of length: Int, anchor: Range<Int>) -> ClosedRange<Int> {
    switch sampling {
    case .any: return max(0, anchor.lowerBound - length)...min(anchor.upperBound, windowLength - length)
    case .subsuming: return anchor.lowerBound...anchor.upperBound - length
    case .adjacent:
      let before = anchor.lowerBound - length
      let after = anchor.upperBound
      if before < 0 { return after...after }
      return before...(after + length <= windowLength ? after : before)
    }
  }
}
