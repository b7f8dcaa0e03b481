internal import Blocks

/// ConSERT's changes to a text's embeddings, as far as they can be stored: positions in another order, and rows to cut.
///
///     tokens        [CLS] a b c d [SEP]
///     position_ids  0     3 1 4 2 5             the ids stay where they are
///     cutoff_rows   2                           rows of embeddings to put to zero
///
/// - Source: yym6472/ConSERT, `transformers/modeling_bert.py`. The frame keeps its positions and rows unless asked for.
package struct EmbeddingNoise: Sendable {
  package enum Cutoff: String, CaseIterable {
    case none, token, span
  }

  let cutoff: Cutoff
  let rate: Double
  /// Let the frame take part, as in the source.
  let movesFrame: Bool

  /// The positions that take part, of a text of `count` tokens in its frame.
  func places(_ count: Int) -> Range<Int> { movesFrame ? 0..<count + 2 : 1..<count + 1 }

  /// Rows that are cut of a text of `count` tokens in its frame; a kept span may leave the frame outside.
  func cutCount(_ count: Int) -> Int {
    switch cutoff {
    case .none: 0
    case .token: Int(Double(places(count).count) * rate)
    case .span: count + 2 - max(1, Int(Double(count + 2) * (1 - rate)))
    }
  }

  /// Draws the order (purpose 10): fills `scratch.order` with the positions of the framed text.
  func drawPositions(_ count: Int, drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var stream = draws.stream(.permutation)
    let places = places(count)
    scratch.positions.removeAll(keepingCapacity: true)
    for place in places { scratch.positions.append(Int32(place)) }
    stream.partialShuffle(&scratch.positions, count: places.count)
    scratch.order.removeAll(keepingCapacity: true)
    for position in 0..<count + 2 {
      scratch.order.append(
        places.contains(position) ? scratch.positions[position - places.lowerBound] : Int32(position))
    }
  }

  /// Draws the rows to cut (purpose 12): fills `scratch.mask` over the framed text.
  func drawCutoff(_ count: Int, drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var stream = draws.stream(.cutoff)
    scratch.mask.removeAll(keepingCapacity: true)
    let cut = cutCount(count)
    switch cutoff {
    case .none: scratch.mask.append(contentsOf: repeatElement(false, count: count + 2))
    case .token:
      scratch.mask.append(contentsOf: repeatElement(false, count: count + 2))
      scratch.positions.removeAll(keepingCapacity: true)
      for place in places(count) { scratch.positions.append(Int32(place)) }
      stream.partialShuffle(&scratch.positions, count: cut)
      for index in 0..<cut { scratch.mask[Int(scratch.positions[index])] = true }
    case .span:
      let start = stream.bounded(cut + 1)
      scratch.mask.append(contentsOf: repeatElement(true, count: start))
      scratch.mask.append(contentsOf: repeatElement(false, count: count + 2 - cut))
      scratch.mask.append(contentsOf: repeatElement(true, count: cut - start))
    }
  }
}
