package import Blocks

/// Contriever's random crop: a span of random length at a random place, some of its tokens deleted.
///
/// - Source: facebookresearch/contriever, `randomcrop` and `deleteword`; at least two tokens are cropped, and one is
///   kept.
package struct Crop: Sendable {
  let shortest: Double
  let longest: Double
  let deletion: Threshold

  package init(shortest: Double, longest: Double, deletion: Threshold) {
    self.shortest = shortest
    self.longest = longest
    self.deletion = deletion
  }

  /// Lengths that a window of n ≥ 2 tokens can give.
  package func lengths(_ count: Int) -> ClosedRange<Int> {
    length(count, at: 0)...max(length(count, at: 0), length(count, at: 1))
  }

  private func length(_ count: Int, at place: Double) -> Int {
    max(2, Int(Double(count) * (shortest + place * (longest - shortest))))
  }

  /// The longest window whose crops fit into `capacity` tokens.
  package func longestWindow(_ capacity: Int) -> Int {
    var count = Int(Double(capacity) / longest)
    while length(count + 1, at: 1) <= capacity { count += 1 }
    while count > 1, length(count, at: 1) > capacity { count -= 1 }
    return count
  }

  /// Draws one view: fills `output` with the kept tokens and returns the crop.
  func draw(_ ids: [UInt32], view: UInt32, drawing draws: ExampleDraws, into output: inout [UInt32]) -> Range<Int> {
    var stream = draws.stream(number: DrawPurpose.view0.rawValue + view)
    let length = length(ids.count, at: stream.double())
    let start = stream.bounded(ids.count - length + 1)
    output.removeAll(keepingCapacity: true)
    for index in start..<start + length where !stream.bernoulli(deletion) { output.append(ids[index]) }
    if output.isEmpty { output.append(ids[start + stream.bounded(length)]) }
    return start..<start + length
  }
}
