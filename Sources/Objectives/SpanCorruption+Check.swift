public import Blocks

extension SpanCorruption {
  /// A row taken apart.
  private struct Parts {
    var input: [UInt32]
    var target: [UInt32]
    var window: [UInt32]
    /// The hidden runs in order, as ranges of the window. Dropped tokens leave no trace of where a run ends: equal
    /// tokens beside it may be taken for it.
    var hidden: [Range<Int>]

    var noiseCount: Int { hidden.reduce(0) { $0 + $1.count } }
    var mask: [Bool] {
      var mask = Array(repeating: false, count: window.count)
      for index in hidden.joined() { mask[index] = true }
      return mask
    }
  }

  private func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let input = try sides.input(row)
    let target = try sides.target(row)
    var parts = Parts(input: input, target: target, window: target, hidden: [])
    switch format.target {
    case .spans:
      let spans = try SentinelSpans(
        input: input, target: target, sentinels: sentinels, isClosed: format.isClosed,
        columns: (SidePair.ColumnIndex.inputIDs, SidePair.ColumnIndex.labels), in: row)
      (parts.window, parts.hidden) = (spans.window, spans.hidden)
    case .full: parts.hidden = try located(input, in: target, row)
    case .tokens: (parts.window, parts.hidden) = try interleaved(input, target, row)
    }
    return parts
  }

  /// The runs of the window that the input does not show.
  private func located(_ input: [UInt32], in window: [UInt32], _ row: ExampleReader) throws(Diagnostic) -> [Range<Int>]
  {
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
    return runs(isHidden)
  }

  private func runs(_ flags: [Bool]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for index in flags.indices where flags[index] {
      if let last = runs.last, last.upperBound == index {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
    return runs
  }

  /// Kept and hidden tokens, put together by the columns that say where the hidden ones were.
  private func interleaved(
    _ input: [UInt32], _ target: [UInt32], _ row: ExampleReader
  ) throws(Diagnostic) -> (window: [UInt32], hidden: [Range<Int>]) {
    guard let spansColumn else { return ([], []) }
    let kept = input.filter { sentinels.index(of: $0) == nil }
    let (starts, lengths) = (row.values(spansColumn), row.values(spansColumn + 1))
    let count = kept.count + target.count
    guard starts.count == lengths.count else {
      throw row.broken(
        "span-bounds", "span_starts and span_lengths differ in length", expected: "\(starts.count) lengths",
        found: "\(lengths.count)")
    }
    var hidden: [Range<Int>] = []
    for (index, (start, length)) in zip(starts, lengths).enumerated() {
      let least = hidden.last.map { Int64($0.upperBound) + 1 } ?? 0
      guard start >= least, length >= 1, start + length <= count else {
        throw row.broken(
          "span-bounds", spansColumn, at: index, "starts no span behind the one before it",
          expected: "a span of \(least) ..< \(count)")
      }
      hidden.append(Int(start)..<Int(start + length))
    }
    guard hidden.reduce(0, { $0 + $1.count }) == target.count else {
      throw row.broken(
        "span-bounds", "span_lengths do not sum to the tokens of the target", expected: "\(target.count)",
        found: "\(hidden.reduce(0) { $0 + $1.count })")
    }
    var window: [UInt32] = []
    var (nextKept, nextHidden) = (0, 0)
    for run in hidden {
      let before = run.lowerBound - window.count
      window += kept[nextKept..<nextKept + before]
      window += target[nextHidden..<nextHidden + run.count]
      nextKept += before
      nextHidden += run.count
    }
    return (window + kept[nextKept...], hidden)
  }

  /// The runs that a row hides, or nil for damaged rows.
  func hidden(_ example: Example) -> (runs: [Range<Int>], windowCount: Int)? {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return nil }
    return (parts.hidden, parts.window.count)
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: parts(row).window, endOfDocument: nil, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    guard (2...tokensLength).contains(parts.window.count) else {
      throw row.broken(
        "length", "the window has a length it cannot have", expected: "2 ... \(tokensLength) tokens",
        found: "\(parts.window.count)")
    }
    try checkCounts(parts, row)
    if noise.startsKept, format.input != .drop { try checkPlaces(parts, row) }
    try checkInput(parts, row)
    try row.requireOrdinary(parts.window, SidePair.ColumnIndex.inputIDs, from: 0, table: table, allowing: [unknown])
    _ = try provenance.window(of: parts.window, endOfDocument: nil, in: row)
  }

  /// The number of hidden tokens and of their runs.
  private func checkCounts(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    if let empty = parts.hidden.firstIndex(where: \.isEmpty) {
      throw row.broken("empty-span", "span \(empty) hides no token", expected: "one token or more", found: "0")
    }
    let bounds = noise.bounds(parts.window.count)
    let isExact = noise.startsKept && format.input != .drop
    let runs = isExact ? bounds.runs...bounds.runs : 1...max(1, bounds.runs)
    // Where dropped tokens cannot be placed, neither can their runs be counted.
    guard bounds.noise.contains(parts.noiseCount), format.input == .drop || runs.contains(parts.hidden.count) else {
      throw row.broken(
        "noise-count", "the noise does not follow from the window's length",
        expected: "\(text(bounds.noise)) tokens in \(text(runs)) spans of \(parts.window.count) tokens",
        found: "\(parts.noiseCount) in \(parts.hidden.count)")
    }
  }

  private func text(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }

  /// T5's mask: a kept run, a hidden run, and so on to the end.
  private func checkPlaces(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    let column = SidePair.ColumnIndex.inputIDs
    guard parts.hidden.first?.lowerBound != 0 else {
      throw row.broken(
        "first-token", column, at: 0, "stands for a hidden token: the first one is never noise",
        expected: "the window's first token")
    }
    guard parts.hidden.last?.upperBound == parts.window.count else {
      throw row.broken(
        "last-token", column, at: parts.input.count - 1, "is a token: the last one is always noise",
        expected: "the last sentinel")
    }
  }

  /// The input again, from the window and its hidden runs.
  private func checkInput(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    var input: [UInt32] = []
    let column = SidePair.ColumnIndex.inputIDs
    if let (before, span) = zip(parts.hidden, parts.hidden.dropFirst()).first(where: { $0.upperBound == $1.lowerBound })
    {
      throw row.broken(
        "adjacent-spans", "two spans touch", expected: "a kept token between them", found: "\(before) and \(span)")
    }
    sentinels.writeInput(parts.window, mask: parts.mask, as: format.input, into: &input)
    input.removeLast()
    if let position = zip(input, parts.input).enumerated().first(where: { $1.0 != $1.1 })?.offset {
      throw row.broken("input", column, at: position, "does not follow from the target", expected: "\(input[position])")
    }
    guard input.count == parts.input.count else {
      throw row.broken(
        "input", "the input is not as long as the target makes it", expected: "\(input.count) tokens",
        found: "\(parts.input.count)")
    }
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids", "labels"])
    }
    let end = ExampleSection.Token(sides.endOfSequence, .special)
    return [ExampleSection("input", shown(parts) + [end]), ExampleSection("target", asked(parts) + [end])]
  }

  private func shown(_ parts: Parts) -> [ExampleSection.Token] {
    var run = -1
    var hidden = parts.hidden.joined().makeIterator()
    return parts.input.map { id in
      guard sentinels.index(of: id) != nil else { return .init(id) }
      if format.input == .tokenMask { return .init(id, .masked, original: hidden.next().map { parts.window[$0] }) }
      run += 1
      return .init(id, .sentinel, group: run)
    }
  }

  private func asked(_ parts: Parts) -> [ExampleSection.Token] {
    var tokens: [ExampleSection.Token] = []
    var next = 0
    for (number, run) in parts.hidden.enumerated() {
      if format.target == .full { tokens += parts.window[next..<run.lowerBound].map { .init($0, .target) } }
      if format.target == .spans { tokens.append(.init(sentinels.ids[number], .sentinel, group: number)) }
      tokens += parts.window[run].map { .init($0, format.input == .drop ? .deleted : .target, group: number) }
      next = run.upperBound
    }
    if format.target == .full { tokens += parts.window[next...].map { .init($0, .target) } }
    if format.target == .spans, format.isClosed, parts.hidden.count < sentinels.ids.count {
      tokens.append(.init(sentinels.ids[parts.hidden.count], .sentinel, group: parts.hidden.count))
    }
    return tokens
  }
}
