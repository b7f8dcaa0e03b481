internal import Blocks

/// Puts sentences in another order.
///
///     sentences   0: a b .   1: c .   2: d e f .      order 2 0 1      d e f . a b . c .
///
/// - Source: fairseq `DenoisingDataset.permute_sentences`, with the splitter's sentences in place of full stops.
package struct SentencePermutation: Sendable {
  /// Share of the sentences that change places among themselves, rounded up.
  let share: Double

  /// How many of `sentenceCount` change places.
  func movedCount(_ sentenceCount: Int) -> Int { roundedUp(Double(sentenceCount) * share) }

  /// Draws the order: fills `scratch.order`. Which sentences move comes first, then their order among themselves.
  func draw(_ sentenceCount: Int, drawing stream: inout RandomStream, scratch: inout ObjectiveScratch) {
    scratch.order.removeAll(keepingCapacity: true)
    scratch.positions.removeAll(keepingCapacity: true)
    for sentence in 0..<sentenceCount {
      scratch.order.append(Int32(sentence))
      scratch.positions.append(Int32(sentence))
    }
    let moved = movedCount(sentenceCount)
    stream.partialShuffle(&scratch.positions, count: moved)
    scratch.positions.removeLast(sentenceCount - moved)
    scratch.lengths.removeAll(keepingCapacity: true)
    scratch.lengths.append(contentsOf: scratch.positions)
    stream.partialShuffle(&scratch.lengths, count: moved)
    for index in 0..<moved { scratch.order[Int(scratch.positions[index])] = scratch.lengths[index] }
  }

  /// The sentences of `ids` in an order.
  ///
  /// - Parameter starts: ascending, the first one 0.
  package static func apply(_ order: [Int32], starts: [Int], to ids: [UInt32], into output: inout [UInt32]) {
    output.removeAll(keepingCapacity: true)
    for sentence in order {
      let start = starts[Int(sentence)]
      let end = Int(sentence) + 1 < starts.count ? starts[Int(sentence) + 1] : ids.count
      output.append(contentsOf: ids[start..<end])
    }
  }
}

/// Turns a text so that it starts at another of its tokens.
package struct Rotation: Sendable {
  let probability: Threshold

  /// Draws the offset in the framed text: 1 ... count + 1, of which the first and the last change nothing; 0 for no
  /// rotation.
  func draw(_ count: Int, drawing stream: inout RandomStream) -> Int {
    stream.bernoulli(probability) ? 1 + stream.bounded(count + 1) : 0
  }

  /// The text from token `offset` - 1 on, and then what was before it.
  package static func apply(_ offset: Int, to ids: [UInt32], into output: inout [UInt32]) {
    let start = max(0, offset - 1)
    output.removeAll(keepingCapacity: true)
    output.append(contentsOf: ids[start...])
    output.append(contentsOf: ids[..<start])
  }
}
