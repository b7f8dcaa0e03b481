internal import Blocks

extension ContrastivePairs {
  /// Writes one view in its frame, padded, and its mask.
  func appendView(_ ids: ArraySlice<UInt32>, to batch: inout ExampleBatch) {
    appendFramed(ids, columns.inputIDs, mask: columns.attentionMask, to: &batch)
  }

  private func appendFramed(_ ids: ArraySlice<UInt32>, _ column: Int, mask: Int, to batch: inout ExampleBatch) {
    batch.append(frame.opening, to: column)
    batch.append(contentsOf: ids.span, to: column)
    batch.append(frame.closing, to: column)
    batch.append(repeating: pad, count: length - ids.count - 2, to: column)
    batch.appendMask(ids.count + 2, of: length, column: mask)
  }

  /// Writes the anchor and the positive of a record; where they start in it is their source.
  func appendGiven(_ window: TokenWindow, to batch: inout ExampleBatch) {
    for segment in 0..<2 {
      let text = window.segment(segment)
      appendView(text, to: &batch)
      let start = window.segmentSources[segment]
      appendBounds(start..<start + text.count, to: &batch)
    }
  }

  /// Writes a hard negative, and where it comes from.
  func appendNegative(_ segment: Int, of window: TokenWindow, _ columns: NegativeColumns, to batch: inout ExampleBatch)
  {
    appendFramed(window.segment(segment), columns.ids, mask: columns.attentionMask, to: &batch)
    batch.append(window.segmentSources[segment], to: columns.sourceStarts)
    if let column = columns.documents { batch.append(window.segmentDocuments[segment], to: column) }
  }

  /// Whether a negative of the row under way is equal to one of its views: both are framed and padded alike.
  func leaks(_ columns: NegativeColumns, in batch: borrowing ExampleBatch) -> Bool {
    func texts(_ column: Int) -> [ArraySlice<UInt8>] {
      let buffer = batch.buffers[column]
      let size = length * buffer.column.type.byteWidth
      let first = batch.rowCount * (buffer.column.fixedCount ?? 0) * buffer.column.type.byteWidth
      return stride(from: first, to: buffer.bytes.count, by: size).map { buffer.bytes[$0..<$0 + size] }
    }
    let views = texts(self.columns.inputIDs)
    return texts(columns.ids).contains { views.contains($0) }
  }

  /// The text, and a copy with words changed; false when nothing can be changed.
  func appendReworded(
    _ ids: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) -> Bool {
    guard let operation = words.draw(ids, drawing: draws, scratch: &scratch) else { return false }
    appendView(ids[...], to: &batch)
    appendView(scratch.ids[...], to: &batch)
    for _ in 0..<2 { appendBounds(0..<ids.count, to: &batch) }
    if let column = columns.operation { batch.append(operation.number, to: column) }
    return true
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
      if let column = columns.operation { batch.append(edit.number, to: column) }
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
