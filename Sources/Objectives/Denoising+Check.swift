public import Blocks

extension Denoising {
  /// A row taken apart.
  struct Parts {
    /// The damaged text without its frame, turned back.
    var shown: [UInt32]
    /// The text without its frame.
    var text: [UInt32]
    /// The text with its sentences in their new order: what the other steps were applied to.
    var permuted: [UInt32]
    var sentenceStarts: [Int] = []
    var order: [Int32] = []
    var rotation = 0
  }

  func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let text = try side(columns.labels, capacity: length, row)
    let shown = try side(columns.inputIDs, capacity: inputCapacity, row)
    var parts = Parts(shown: shown, text: text, permuted: text)
    if let starts = columns.sentenceStarts, let order = columns.permutation {
      (parts.sentenceStarts, parts.order) = try sentences(starts, order, count: text.count, row)
      SentencePermutation.apply(parts.order, starts: parts.sentenceStarts, to: text, into: &parts.permuted)
    }
    if let column = columns.rotation {
      let offset = Int(row.scalar(column))
      guard (0...shown.count + 1).contains(offset) else {
        throw row.broken("rotation", column, at: 0, "lies outside the text", expected: "0 ... \(shown.count + 1)")
      }
      parts.rotation = offset
      // Turning by the rest of the length turns back.
      Rotation.apply(shown.count - max(0, offset - 1) + 1, to: shown, into: &parts.shown)
    }
    return parts
  }

  private func side(_ column: Int, capacity: Int, _ row: ExampleReader) throws(Diagnostic) -> [UInt32] {
    let values = row.values(column)
    var count = values.count
    if let mask = columns.attentionMask {
      if column == columns.inputIDs {
        count = try row.realCount(mask)
        try row.requirePadding(column, count..<values.count, Int64(pad))
      } else {
        count = values.firstIndex(of: Int64(ignoredLabel)) ?? values.count
        try row.requirePadding(column, count..<values.count, Int64(ignoredLabel))
      }
    }
    guard count <= capacity else {
      throw row.broken("length", column, at: capacity, "is beyond the row's length", expected: "at most \(capacity)")
    }
    return try row.unframed(column, 0..<count, frame, below: table.size)
  }

  private func sentences(
    _ startsColumn: Int, _ orderColumn: Int, count: Int, _ row: ExampleReader
  ) throws(Diagnostic) -> (starts: [Int], order: [Int32]) {
    let starts = row.values(startsColumn).map { Int($0) }
    for (index, start) in starts.enumerated() {
      guard index == 0 ? start == 0 : starts[index - 1] < start, start < count else {
        throw row.broken(
          "sentences", startsColumn, at: index, "does not ascend from 0 within the text", expected: "below \(count)")
      }
    }
    let order = row.values(orderColumn)
    guard !starts.isEmpty, order.sorted() == starts.indices.map(Int64.init) else {
      throw row.broken(
        "permutation", "permutation does not name each sentence once", expected: "0 ..< \(starts.count) in some order",
        found: "\(order)")
    }
    let moved = order.enumerated().filter { $0.offset != Int($0.element) }.count
    guard moved <= permutation.movedCount(starts.count) else {
      throw row.broken(
        "permutation", "more sentences have moved than may",
        expected: "at most \(permutation.movedCount(starts.count)) of \(starts.count)", found: "\(moved)")
    }
    return (starts, order.map { Int32(truncatingIfNeeded: $0) })
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    return try provenance.window(
      of: parts.text, endOfDocument: nil, sentenceStarts: parts.sentenceStarts, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    guard parts.text.count >= 2 else {
      throw row.broken("length", "the text is too short", expected: "2 tokens or more", found: "\(parts.text.count)")
    }
    try row.requireOrdinary(parts.text, columns.labels, from: 1, table: table, allowing: [unknown])
    try row.requireOrdinary(parts.shown, columns.inputIDs, from: 1, table: table, allowing: [unknown, mask])
    if changesLength { try checkAlignment(parts, row) } else { try checkInPlace(parts, row) }
    _ = try provenance.window(
      of: parts.text, endOfDocument: nil, sentenceStarts: parts.sentenceStarts, in: row)
  }

  /// True when a shown token that is no mask may differ from the text.
  var showsRandomTokens: Bool { steps.contains(.replace) || infilling.random.value > 0 }

  /// True when the text's tokens may be missing without a mask.
  var dropsTokens: Bool { steps.contains(.delete) || (steps.contains(.infill) && infilling.replacement == .none) }

  var changesLength: Bool { !steps.isDisjoint(with: [.delete, .infill, .insert]) }

  /// Which tokens of the permuted text stand behind each shown token; nil when that cannot be told.
  func alignment(_ parts: Parts) -> [Range<Int>]? {
    if !changesLength { return parts.shown.indices.map { $0..<$0 + 1 } }
    guard !showsRandomTokens else { return nil }
    return Alignment.ranges(of: parts.shown, in: parts.permuted, mask: mask, gapsAllowed: dropsTokens)
  }

  /// Kept tokens in their order, masks for what lies between them; and the number of deleted tokens by its rule.
  private func checkAlignment(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    guard showsRandomTokens || alignment(parts) != nil else {
      throw row.broken(
        "alignment", "the input cannot have been made of the text by these steps",
        expected: "the text's tokens in order, with masks for hidden runs",
        found: "a token that is out of order, or missing without a mask")
    }
    if steps.isSubset(of: [.permuteSentences, .rotate, .delete]), selection.unit == .token {
      let due = min(touchedCount(parts.text.count), selection.eligibleCount(in: parts.text))
      guard parts.text.count - parts.shown.count == due else {
        throw row.broken(
          "deletion-count", "the number of deleted tokens is not round(tokens · mask)", expected: "\(due)",
          found: "\(parts.text.count - parts.shown.count)")
      }
    }
  }

  /// Token by token: equal, or one of the masked and replaced, whose number follows from the length.
  private func checkInPlace(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    guard parts.shown.count == parts.permuted.count else {
      throw row.broken(
        "length", "the input is not as long as the text", expected: "\(parts.permuted.count) tokens",
        found: "\(parts.shown.count)")
    }
    let changed = zip(parts.shown, parts.permuted).filter { $0.0 != $0.1 }.count
    let masking = [Step.replace, .mask].filter(steps.contains)
    let due = min(touchedCount(parts.text.count), selection.eligibleCount(in: parts.text))
    let most = due * masking.count
    let isExact = masking.count == 1 && selection.unit == .token && (steps.contains(.replace) || !showsRandomTokens)
    guard changed <= most, !isExact || changed == due else {
      throw row.broken(
        "damage-count", "the number of masked or replaced tokens is not round(tokens · mask)",
        expected: isExact ? "\(due)" : "at most \(most)", found: "\(changed)")
    }
    if !showsRandomTokens {
      for (index, pair) in zip(parts.shown, parts.permuted).enumerated() where pair.0 != pair.1 && pair.0 != mask {
        throw row.broken(
          "alignment", columns.inputIDs, at: index + 1, "is neither the text's token nor the mask",
          expected: "\(pair.1)")
      }
    }
  }
}
