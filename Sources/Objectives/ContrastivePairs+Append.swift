internal import Blocks

extension ContrastivePairs {
  /// Writes one view in its frame, padded, and its mask.
  func appendView(_ ids: ArraySlice<UInt32>, to batch: inout ExampleBatch) {
    let column = columns.inputIDs
    batch.append(frame.opening, to: column)
    batch.append(contentsOf: ids.span, to: column)
    batch.append(frame.closing, to: column)
    batch.append(repeating: pad, count: length - ids.count - 2, to: column)
    batch.appendMask(ids.count + 2, of: length, column: columns.attentionMask)
  }

  /// Writes the part of the window that the next view was made of.
  func appendBounds(_ range: Range<Int>, to batch: inout ExampleBatch) {
    guard let start = columns.viewStart, let length = columns.viewLength else { return }
    batch.append(range.lowerBound, to: start)
    batch.append(range.count, to: length)
  }

  func appendAdjacent(_ ids: [UInt32], drawing draws: ExampleDraws, to batch: inout ExampleBatch) {
    let splits = splits(ids.count)
    var split = draws.stream(.split)
    let place = splits.lowerBound + split.bounded(splits.count)
    appendView(ids[..<place], to: &batch)
    appendView(ids[place...], to: &batch)
    appendBounds(0..<place, to: &batch)
    appendBounds(place..<ids.count, to: &batch)
  }

  /// Where a window of n ≥ 2 tokens may be parted so that both sides fit.
  package func splits(_ count: Int) -> ClosedRange<Int> {
    max(1, count - (length - 2))...min(count - 1, length - 2)
  }

  func appendCrops(
    _ ids: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) {
    for view in 0..<2 as Range<UInt32> {
      let bounds = crop.draw(ids, view: view, drawing: draws, into: &scratch.ids)
      appendView(scratch.ids[...], to: &batch)
      appendBounds(bounds, to: &batch)
    }
  }

  /// Two copies, each changed by an edit of its own.
  func appendEdited(
    _ ids: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) {
    for view in 0..<2 as Range<UInt32> {
      let edit = edits.draw(ids, view: view, drawing: draws, scratch: &scratch)
      appendView(scratch.ids[...], to: &batch)
      appendBounds(0..<ids.count, to: &batch)
      if let column = columns.operation {
        batch.append(ClearEdits.Edit.allCases.firstIndex(of: edit) ?? 0, to: column)
      }
    }
  }

  /// Anchors, each with its positives.
  func appendSpans(
    _ ids: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) {
    spans.draw(draws, scratch: &scratch)
    for view in scratch.order.indices {
      let start = Int(scratch.order[view])
      let range = start..<start + Int(scratch.lengths[view])
      appendView(ids[range], to: &batch)
      appendBounds(range, to: &batch)
    }
  }

  /// The text, and what the second view changes about its embeddings.
  func appendShuffled(
    _ ids: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) {
    appendView(ids[...], to: &batch)
    guard let positions = columns.positionIDs, let rows = columns.cutoffRows else { return }
    embedding.drawPositions(ids.count, drawing: draws, scratch: &scratch)
    batch.append(contentsOf: scratch.order.span, to: positions)
    for position in ids.count + 2..<length { batch.append(position, to: positions) }
    embedding.drawCutoff(ids.count, drawing: draws, scratch: &scratch)
    for row in scratch.mask.indices where scratch.mask[row] { batch.append(row, to: rows) }
  }
}
