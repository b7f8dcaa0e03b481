public import Blocks

extension SpanCorruption {
  /// A row taken apart.
  private struct Parts {
    var input: [UInt32]
    var hidden: HiddenRuns
  }

  private func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let input = try sides.input(row)
    let target = try sides.target(row)
    let hidden =
      switch format.target {
      case .spans:
        try HiddenRuns(
          input: input, target: target, sentinels: sentinels, isClosed: format.isClosed, offset: 0, in: row)
      case .full: try located(input, in: target, row)
      case .tokens: try interleaved(input, target, row)
      }
    return Parts(input: input, hidden: hidden)
  }

  /// The runs of the window that the input does not show.
  private func located(_ input: [UInt32], in window: [UInt32], _ row: ExampleReader) throws(Diagnostic) -> HiddenRuns {
    let mask = sentinels.ids.first
    let shown = format.input == .drop ? input : input.map { sentinels.index(of: $0) == nil ? $0 : mask ?? $0 }
    let ranges =
      format.input == .tokenMask
      ? (input.count == window.count ? window.indices.map { $0..<$0 + 1 } : nil)
      : Alignment.ranges(
        of: shown, in: window, mask: format.input == .drop ? nil : mask, gapsAllowed: format.input == .drop,
        emptyAllowed: false)
    guard let ranges else {
      throw row.broken(
        "alignment", "the input cannot have been made of the target by hiding spans",
        expected: "the target's tokens in order", found: "a token that is out of order, or missing")
    }
    var isHidden = Array(repeating: true, count: window.count)
    for (index, range) in ranges.enumerated() where format.input == .drop || shown[index] != mask {
      for place in range { isHidden[place] = false }
    }
    return HiddenRuns(window: window, mask: isHidden)
  }

  /// Kept and hidden tokens, put together by the columns that say where the hidden ones were.
  private func interleaved(
    _ input: [UInt32], _ target: [UInt32], _ row: ExampleReader
  ) throws(Diagnostic) -> HiddenRuns {
    var hidden = HiddenRuns(window: [], runs: [])
    guard let spansColumn else { return hidden }
    let kept = input.filter { sentinels.index(of: $0) == nil }
    let (starts, lengths) = (row.values(spansColumn), row.values(spansColumn + 1))
    guard starts.count == lengths.count else {
      throw row.broken(
        "span-bounds", "span_starts and span_lengths differ in length", expected: "\(starts.count) lengths",
        found: "\(lengths.count)")
    }
    let count = kept.count + target.count
    for (index, (start, length)) in zip(starts, lengths).enumerated() {
      let least = hidden.runs.last.map { Int64($0.upperBound) + 1 } ?? 0
      guard start >= least, length >= 1, start + length <= count else {
        throw row.broken(
          "span-bounds", spansColumn, at: index, "starts no span behind the one before it",
          expected: "a span of \(least) ..< \(count)")
      }
      hidden.runs.append(Int(start)..<Int(start + length))
    }
    guard hidden.noiseCount == target.count else {
      throw row.broken(
        "span-bounds", "span_lengths do not sum to the tokens of the target", expected: "\(target.count)",
        found: "\(hidden.noiseCount)")
    }
    var (nextKept, nextHidden) = (0, 0)
    for run in hidden.runs {
      let before = run.lowerBound - hidden.window.count
      hidden.window += kept[nextKept..<nextKept + before]
      hidden.window += target[nextHidden..<nextHidden + run.count]
      nextKept += before
      nextHidden += run.count
    }
    hidden.window += kept[nextKept...]
    return hidden
  }

  /// What a row hides, or nil for damaged rows.
  func hidden(_ example: Example) -> HiddenRuns? {
    guard let row = try? ExampleReader(example, schema: schema) else { return nil }
    return try? parts(row).hidden
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: parts(row).hidden.window, endOfDocument: nil, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    let window = parts.hidden.window
    guard (2...tokensLength).contains(window.count) else {
      throw row.broken(
        "length", "the window has a length it cannot have", expected: "2 ... \(tokensLength) tokens",
        found: "\(window.count)")
    }
    try parts.hidden.check(parts.input, noise: noise, format: format, sentinels: sentinels, in: row)
    try row.requireOrdinary(window, SidePair.ColumnIndex.inputIDs, from: 0, table: table, allowing: [unknown])
    _ = try provenance.window(of: window, endOfDocument: nil, in: row)
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids", "labels"])
    }
    let end = [ExampleSection.Token(sides.endOfSequence, .special)]
    return [
      ExampleSection("input", parts.hidden.shown(parts.input, format: format, sentinels: sentinels) + end),
      ExampleSection("target", parts.hidden.asked(format: format, sentinels: sentinels) + end),
    ]
  }
}
