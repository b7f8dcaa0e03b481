public import Blocks

extension MaskedLM {
  /// A row taken apart.
  private struct Parts {
    /// The text between the frame, as shown.
    var shown: [UInt32]
    /// The same text as it was.
    var original: [UInt32]
    /// By token of the text: whether it was selected.
    var selected: [Bool]
  }

  private func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let size = table.size
    let column = ColumnIndex.inputIDs
    let count =
      layout == .dense ? try row.realCount(ColumnIndex.attentionMask) : row.values(column).count
    guard count <= length else {
      throw row.broken("length", column, at: length, "is beyond the row's length", expected: "at most \(length) tokens")
    }
    let shown = try row.unframed(column, 0..<count, frame, below: size)
    var parts = Parts(shown: shown, original: shown, selected: Array(repeating: false, count: shown.count))
    func take(_ position: Int, _ label: UInt32, from labels: Int, at index: Int) throws(Diagnostic) {
      guard parts.selected.indices.contains(position - 1) else {
        throw row.broken(
          "selected-special", labels, at: index, "selects a special token", expected: "a position inside the text")
      }
      parts.original[position - 1] = label
      parts.selected[position - 1] = true
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

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: parts(row).original, endOfDocument: windowing.endOfDocument, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    for index in parts.shown.indices {
      let (shown, original) = (parts.shown[index], parts.original[index])
      if parts.selected[index] {
        guard !table.isSpecial(original) else {
          throw row.broken(
            "selected-special", "the selected token \(index + 1) is a special id", expected: "an id that text gives",
            found: "\(original)")
        }
        guard shown == mask || !table.isSpecial(shown) else {
          throw row.broken(
            "special-id", ColumnIndex.inputIDs, at: index + 1, "is a special id at a selected position",
            expected: "the mask (\(mask)) or an ordinary id")
        }
      } else if table.isSpecial(shown), shown != unknown, shown != windowing.endOfDocument {
        throw row.broken(
          "special-id", ColumnIndex.inputIDs, at: index + 1, "is a special id at a position that is not selected",
          expected: "an id that text gives")
      }
    }
    try checkCount(parts, row)
    _ = try provenance.window(of: parts.original, endOfDocument: windowing.endOfDocument, in: row)
  }

  /// The number of selected tokens: a formula for single tokens, a bound and wholeness for words.
  private func checkCount(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    let selected = parts.selected.reduce(0) { $0 + ($1 ? 1 : 0) }
    let wanted = predictionCount(parts.shown.count + 2)
    switch selection.unit {
    case .token:
      let due = min(wanted, selection.eligibleCount(in: parts.original))
      guard selected == due else {
        throw row.broken(
          "selection-count", "the number of selected tokens is not round(length · mask_probability)",
          expected: "\(due) of \(parts.shown.count + 2) tokens", found: "\(selected)")
      }
    case .wholeWord:
      guard selected >= 1, selected <= wanted else {
        throw row.broken(
          "selection-count", "the number of selected tokens is out of bounds", expected: "1 ... \(wanted)",
          found: "\(selected)")
      }
      var (starts, lengths): ([Int32], [Int32]) = ([], [])
      selection.findWords(in: parts.original, starts: &starts, lengths: &lengths)
      for (start, length) in zip(starts, lengths) {
        let word = Int(start)..<Int(start + length)
        let chosen = parts.selected[word]
        guard chosen.allSatisfy({ $0 == chosen.first }) else {
          throw row.broken(
            "whole-word", "the word at token \(start + 1) is selected in part",
            expected: "all \(length) tokens or none", found: "\(chosen.filter { $0 }.count) of them")
        }
        guard chosen.first == true || Int(length) > wanted - selected else {
          throw row.broken(
            "whole-word", "the word at token \(start + 1) would have fitted, but is not selected",
            expected: "only words longer than \(wanted - selected) tokens left out", found: "\(length) tokens")
        }
      }
    }
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids"])
    }
    var input = [ExampleSection.Token(frame.opening, .special)]
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
    input.append(.init(frame.closing, .special))
    return [ExampleSection("input", input), ExampleSection("target", target)]
  }

  /// Shares among the selected tokens, and evenness over the row.
  public var expectations: [Expectation] {
    let random = replacement.shares[1]
    let keep = replacement.shares[2]
    let visible = random / Double(table.ordinary.count)
    func share(_ name: String, _ probability: Double, _ counts: @escaping @Sendable (UInt32, UInt32) -> Bool)
      -> Expectation
    {
      Expectation(name, probability: probability, variance: probability * (1 - probability)) { example in
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
          return Expectation.Observation(successes: 0, trials: 0)
        }
        var (successes, trials) = (0, 0)
        for index in parts.shown.indices where parts.selected[index] {
          trials += 1
          if counts(parts.shown[index], parts.original[index]) { successes += 1 }
        }
        return Expectation.Observation(successes: Double(successes), trials: Double(trials))
      }
    }
    let mask = mask
    var list = [
      share("selected tokens masked", replacement.shares[0]) { shown, _ in shown == mask },
      share("selected tokens random", random - visible) { shown, original in shown != mask && shown != original },
      share("selected tokens kept", keep + visible) { shown, original in shown == original },
    ]
    if selection.unit == .token {
      list.append(selectedShare)
      list.append(firstHalfShare)
    }
    return list
  }

  /// Selected tokens per token due: exact by rule, so any deviation is a fault.
  private var selectedShare: Expectation {
    Expectation("tokens selected", probability: probability, variance: probability * (1 - probability)) { example in
      guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
        return Expectation.Observation(successes: 0, trials: 0)
      }
      let due = min(predictionCount(parts.shown.count + 2), selection.eligibleCount(in: parts.original))
      return Expectation.Observation(
        successes: Double(parts.selected.filter { $0 }.count), trials: Double(due) / probability)
    }
  }

  /// Selected positions in the first half of those that could be: 1/2, whatever the lengths; the middle one of an odd
  /// number is left out.
  private var firstHalfShare: Expectation {
    Expectation("selected tokens in the first half", probability: 0.5, variance: 0.25) { example in
      guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
        return Expectation.Observation(successes: 0, trials: 0)
      }
      let flags = zip(parts.original, parts.selected).filter { !table.isSpecial($0.0) }.map(\.1)
      let half = flags.count / 2
      let first = flags.prefix(half).filter { $0 }.count
      let last = flags.suffix(half).filter { $0 }.count
      return Expectation.Observation(successes: Double(first), trials: Double(first + last))
    }
  }
}
