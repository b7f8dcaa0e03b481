internal import Blocks

extension Cloze {
  /// A row taken apart, its frame included.
  struct Parts {
    /// The real tokens, as shown.
    var shown: [UInt32]
    /// The same tokens as they were.
    var original: [UInt32]
    /// By token: whether it was selected.
    var selected: [Bool]
  }

  func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let size = table.size
    let column = ColumnIndex.inputIDs
    let count = layout == .dense ? try row.realCount(ColumnIndex.attentionMask) : row.values(column).count
    guard count <= length else {
      throw row.broken("length", column, at: length, "is beyond the row's length", expected: "at most \(length) tokens")
    }
    let shown = try row.ids(column, 0..<count, below: size)
    var parts = Parts(shown: shown, original: shown, selected: Array(repeating: false, count: count))
    func take(_ position: Int, _ label: UInt32, from labels: Int, at index: Int) throws(Diagnostic) {
      guard position < count else {
        throw row.broken(
          "selected-special", labels, at: index, "selects a special token", expected: "a position inside the text")
      }
      parts.original[position] = label
      parts.selected[position] = true
    }
    switch layout {
    case .dense:
      try row.requirePadding(column, count..<length, Int64(pad))
      try row.requirePadding(ColumnIndex.labels, count..<length, Int64(ignoredLabel))
      for (position, label) in row.values(ColumnIndex.labels).enumerated() where label != ignoredLabel {
        guard label >= 0, label < size else {
          throw row.broken(
            "id-range", ColumnIndex.labels, at: position, "is no label", expected: "-100, or an id below \(size)")
        }
        try take(position, UInt32(truncatingIfNeeded: label), from: ColumnIndex.labels, at: position)
      }
    case .compact:
      let positions = row.values(ColumnIndex.maskedPositions)
      let labels = try row.ids(ColumnIndex.maskedLabels, below: size)
      guard positions.count == labels.count else {
        throw row.broken(
          "selection", "masked_positions and masked_labels differ in length", expected: "\(positions.count) labels",
          found: "\(labels.count)")
      }
      for (index, position) in positions.enumerated() {
        guard index == 0 || positions[index - 1] < position else {
          throw row.broken(
            "selection", ColumnIndex.maskedPositions, at: index, "does not ascend",
            expected: "more than \(positions[index - 1])")
        }
        try take(Int(position), labels[index], from: ColumnIndex.maskedPositions, at: index)
      }
    }
    return parts
  }

  /// Proves what was selected, and what is shown there.
  ///
  /// - Parameters:
  ///   - frame: positions of the frame's tokens.
  ///   - allowed: special ids that may stand in the text.
  func check(_ parts: Parts, frame: [Int], allowing allowed: [UInt32?], _ row: ExampleReader) throws(Diagnostic) {
    for index in parts.shown.indices {
      let (shown, original) = (parts.shown[index], parts.original[index])
      if parts.selected[index] {
        guard !table.isSpecial(original) else {
          throw row.broken(
            "selected-special", "the selected token \(index) is a special id", expected: "an id that text gives",
            found: "\(original)")
        }
        guard shown == mask || shown == original || table.mayDraw(shown) else {
          throw row.broken(
            "special-id", ColumnIndex.inputIDs, at: index, "is an id that a selected position cannot show",
            expected: "the mask (\(mask)), the token itself (\(original)) or an id that may be drawn")
        }
      } else if table.isSpecial(shown), !allowed.contains(shown), !frame.contains(index) {
        throw row.broken(
          "special-id", ColumnIndex.inputIDs, at: index, "is a special id at a position that is not selected",
          expected: "an id that text gives")
      }
    }
    try checkDecisions(parts, row)
    try selection.check(parts.original, parts.selected, row)
  }

  /// What is decided as one is hidden as one.
  private func checkDecisions(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    guard !table.mayDraw(mask) else { return }
    for span in decisions(parts) {
      let masked = span.reduce(0) { $0 + (parts.shown[$1] == mask ? 1 : 0) }
      guard masked == 0 || masked == span.count else {
        throw row.broken(
          "decision", "the tokens \(span.lowerBound) to \(span.upperBound - 1) are hidden in part",
          expected: "all \(span.count) masked, or none", found: "\(masked)")
      }
    }
  }

  /// The selected tokens that share a decision, in order.
  func decisions(_ parts: Parts) -> [Range<Int>] {
    var spans: [Range<Int>] = []
    var start = 0
    while start < parts.original.count {
      guard parts.selected[start] else {
        start += 1
        continue
      }
      let end = endOfDecision(from: start, in: parts.original, selected: parts.selected)
      spans.append(start..<end)
      start = end
    }
    return spans
  }

  /// The row for the eye: input and target.
  func sections(_ parts: Parts) -> [ExampleSection] {
    var input: [ExampleSection.Token] = []
    var target: [ExampleSection.Token] = []
    for index in parts.shown.indices {
      let (shown, original) = (parts.shown[index], parts.original[index])
      guard parts.selected[index] else {
        input.append(.init(shown, table.isSpecial(shown) ? .special : .plain))
        continue
      }
      let mark: ExampleSection.Mark = shown == mask ? .masked : shown == original ? .kept : .replaced
      input.append(.init(shown, mark, original: mark == .kept ? nil : original))
      target.append(.init(original, .target))
    }
    return [ExampleSection("input", input), ExampleSection("target", target)]
  }
}
