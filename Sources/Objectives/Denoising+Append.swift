public import Blocks

extension Denoising {
  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    precondition(window.ids.count + 2 <= length, "a window is no longer than the windowing says")
    guard window.ids.count >= 2 else { return .windowTooShort }
    var streams = DenoisingStreams(draws)
    scratch.ids.removeAll(keepingCapacity: true)
    scratch.ids.append(contentsOf: window.ids)
    if let starts = columns.sentenceStarts, let order = columns.permutation {
      permute(window, drawing: &streams, scratch: &scratch)
      if window.sentenceStarts.isEmpty { batch.append(0, to: starts) }
      for start in window.sentenceStarts { batch.append(start, to: starts) }
      batch.append(contentsOf: scratch.order.span, to: order)
    }
    damage(drawing: &streams, scratch: &scratch)
    if let column = columns.rotation {
      let offset = rotation.draw(scratch.ids.count, drawing: &streams.rotation)
      Rotation.apply(offset, to: scratch.ids, into: &scratch.targets)
      swap(&scratch.ids, &scratch.targets)
      batch.append(offset, to: column)
    }
    write(scratch.ids, paddedWith: Int64(pad), to: inputCapacity, column: columns.inputIDs, batch: &batch)
    write(window.ids, paddedWith: Int64(ignoredLabel), to: length, column: columns.labels, batch: &batch)
    if let column = columns.attentionMask {
      batch.appendMask(scratch.ids.count + 2, of: inputCapacity, column: column)
    }
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  private func permute(
    _ window: TokenWindow, drawing streams: inout DenoisingStreams, scratch: inout ObjectiveScratch
  ) {
    permutation.draw(
      max(1, window.sentenceStarts.count), drawing: &streams.permutation, scratch: &scratch)
    guard !window.sentenceStarts.isEmpty else { return }
    SentencePermutation.apply(
      scratch.order, starts: window.sentenceStarts, to: window.ids, into: &scratch.ids)
  }

  /// The steps between permutation and rotation, on the text without its frame.
  private func damage(drawing streams: inout DenoisingStreams, scratch: inout ObjectiveScratch) {
    if steps.contains(.delete), select(drawing: &streams, scratch: &scratch) {
      for index in scratch.mask.indices { scratch.mask[index].toggle() }
      keepMarked(&scratch.ids, scratch.mask)
    }
    if steps.contains(.replace), select(drawing: &streams, scratch: &scratch) {
      for index in scratch.ids.indices where scratch.mask[index] {
        scratch.ids[index] = table.draw(&streams.ids, otherThan: scratch.ids[index])
      }
    }
    if let mask, steps.contains(.mask), select(drawing: &streams, scratch: &scratch) {
      for index in scratch.ids.indices where scratch.mask[index] {
        scratch.ids[index] = streams.actions.bernoulli(infilling.random) ? table.draw(&streams.ids) : mask
      }
    }
    if steps.contains(.infill) {
      markWordStarts(&scratch)
      let startsWord = scratch.wordStarts
      let insertions = infilling.hide(startsWord: startsWord, drawing: &streams, scratch: &scratch)
      let room = infilledCapacity - 2 - scratch.ids.count
      insertion.insert(min(insertions, room), drawing: &streams, scratch: &scratch)
    }
    if steps.contains(.insert) {
      let count = roundedUp(Double(scratch.ids.count + 2) * insertRate)
      insertion.insert(count, drawing: &streams, scratch: &scratch)
    }
  }

  /// Marks the tokens that one step touches; false when there is too little text left for it.
  private func select(drawing streams: inout DenoisingStreams, scratch: inout ObjectiveScratch) -> Bool {
    let ids = scratch.ids
    guard ids.count >= 2 else { return false }
    return selection.mark(touchedCount(ids.count), in: ids, drawing: &streams.positions, scratch: &scratch) > 0
  }

  private func markWordStarts(_ scratch: inout ObjectiveScratch) {
    scratch.wordStarts.removeAll(keepingCapacity: true)
    for index in scratch.ids.indices {
      let continues =
        selection.unit == .wholeWord && index > 0
        && table.continuesWord(scratch.ids[index], after: scratch.ids[index - 1])
      scratch.wordStarts.append(!continues)
    }
  }

  /// Writes a text in its frame, padded in dense rows.
  private func write(
    _ ids: [UInt32], paddedWith pad: Int64, to length: Int, column: Int, batch: inout ExampleBatch
  ) {
    batch.append(frame.opening, to: column)
    batch.append(contentsOf: ids.span, to: column)
    batch.append(frame.closing, to: column)
    if layout == .dense { batch.append(repeating: pad, count: length - ids.count - 2, to: column) }
  }
}
