public import Blocks

extension SpanCorruption {
  /// A row taken apart, its sentinels proved to be in order.
  private struct Parts {
    /// The input without eos.
    var input: [UInt32]
    /// The hidden spans in order.
    var spans: [[UInt32]]

    var noiseCount: Int { spans.reduce(0) { $0 + $1.count } }
  }

  private func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let input = try side(ColumnIndex.inputIDs, row)
    let target = try side(ColumnIndex.labels, row)
    var parts = Parts(input: input, spans: [])
    for (position, id) in target.enumerated() {
      if let number = sentinels.index(of: id) {
        guard number == parts.spans.count else {
          throw row.broken(
            "sentinel-order", ColumnIndex.labels, at: position, "is sentinel \(number), out of order",
            expected: "sentinel \(parts.spans.count)")
        }
        parts.spans.append([])
      } else if parts.spans.isEmpty {
        throw row.broken(
          "sentinel-order", ColumnIndex.labels, at: 0, "does not start with the first sentinel",
          expected: "\(sentinels.ids.first.map(String.init) ?? "a sentinel")")
      } else {
        parts.spans[parts.spans.count - 1].append(id)
      }
    }
    var next = 0
    for (position, id) in input.enumerated() {
      guard let number = sentinels.index(of: id) else { continue }
      guard number == next, number < parts.spans.count else {
        throw row.broken(
          "sentinel-order", ColumnIndex.inputIDs, at: position, "is sentinel \(number), out of order or without a span",
          expected: "sentinel \(next) of \(parts.spans.count)")
      }
      next += 1
    }
    guard next == parts.spans.count else {
      throw row.broken(
        "sentinel-order", "the input has fewer sentinels than the target", expected: "\(parts.spans.count)",
        found: "\(next)")
    }
    return parts
  }

  /// One side without its eos and padding.
  private func side(_ column: Int, _ row: ExampleReader) throws(Diagnostic) -> [UInt32] {
    let values = row.values(column)
    var count = values.count
    if layout == .dense, column == ColumnIndex.inputIDs {
      count = try row.realCount(ColumnIndex.attentionMask)
      try row.requirePadding(column, count..<length, Int64(pad))
    } else if layout == .dense {
      count = values.firstIndex(of: Int64(ignoredLabel)) ?? values.count
      try row.requirePadding(column, count..<values.count, Int64(ignoredLabel))
    }
    guard count >= 2, values[count - 1] == Int64(sentinels.endOfSequence) else {
      throw row.broken(
        "end", column, at: max(0, count - 1), "does not end the sequence", expected: "\(sentinels.endOfSequence)")
    }
    return try row.ids(column, 0..<count - 1, below: table.size)
  }

  /// The window: the input with each sentinel replaced by its span.
  private func tokens(_ parts: Parts) -> [UInt32] {
    var tokens: [UInt32] = []
    for id in parts.input {
      if let number = sentinels.index(of: id) { tokens += parts.spans[number] } else { tokens.append(id) }
    }
    return tokens
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: tokens(parts(row)), endOfDocument: nil, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    let tokens = tokens(parts)
    guard (2...tokensLength).contains(tokens.count) else {
      throw row.broken(
        "length", "the window has a length it cannot have", expected: "2 ... \(tokensLength) tokens",
        found: "\(tokens.count)")
    }
    let due = noise.counts(tokens.count)
    guard parts.noiseCount == due.noise, parts.spans.count == due.spans else {
      throw row.broken(
        "noise-count", "the noise does not follow from the window's length",
        expected: "\(due.noise) tokens in \(due.spans) spans of \(tokens.count) tokens",
        found: "\(parts.noiseCount) in \(parts.spans.count)")
    }
    if let empty = parts.spans.firstIndex(where: \.isEmpty) {
      throw row.broken("empty-span", "span \(empty) hides no token", expected: "one token or more", found: "0")
    }
    guard let first = parts.input.first, sentinels.index(of: first) == nil else {
      throw row.broken(
        "first-token", ColumnIndex.inputIDs, at: 0, "is a sentinel: the first token is never noise",
        expected: "the window's first token")
    }
    guard let last = parts.input.last, sentinels.index(of: last) != nil else {
      throw row.broken(
        "last-token", ColumnIndex.inputIDs, at: parts.input.count - 1, "is a token: the last one is always noise",
        expected: "the last sentinel")
    }
    for (index, pair) in zip(parts.input, parts.input.dropFirst()).enumerated()
    where sentinels.index(of: pair.0) != nil && sentinels.index(of: pair.1) != nil {
      throw row.broken(
        "adjacent-spans", ColumnIndex.inputIDs, at: index + 1, "follows another sentinel", expected: "a kept token")
    }
    try row.requireOrdinary(tokens, ColumnIndex.inputIDs, from: 0, table: table, allowing: [unknown])
    _ = try provenance.window(of: tokens, endOfDocument: nil, in: row)
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids", "labels"])
    }
    let end = ExampleSection.Token(sentinels.endOfSequence, .special)
    let input = parts.input.map { id in
      let number = sentinels.index(of: id)
      return ExampleSection.Token(id, number == nil ? .plain : .sentinel, group: number)
    }
    var target: [ExampleSection.Token] = []
    for (number, span) in parts.spans.enumerated() {
      target.append(.init(sentinels.ids[number], .sentinel, group: number))
      target += span.map { .init($0, .target, group: number) }
    }
    return [ExampleSection("input", input + [end]), ExampleSection("target", target + [end])]
  }

  /// The noise by its rule, and the spans of one token in full windows: (spans - 1) of (noise - 1).
  public var expectations: [Expectation] {
    let density = noise.density
    let full = noise.counts(tokensLength)
    var list = [
      Expectation("tokens hidden", probability: density, variance: density * (1 - density)) { example in
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
          return Expectation.Observation(successes: 0, trials: 0)
        }
        let due = noise.counts(parts.input.count - parts.spans.count + parts.noiseCount).noise
        return Expectation.Observation(successes: Double(parts.noiseCount), trials: Double(due) / density)
      }
    ]
    if full.spans > 1, full.noise > full.spans {
      // A part of a random composition of `noise` into `spans` is 1 with probability C(noise-2, spans-2)/C(noise-1,
      // spans-1).
      let probability = Double(full.spans - 1) / Double(full.noise - 1)
      list.append(
        Expectation("spans of one token", probability: probability, variance: probability * (1 - probability)) {
          example in
          guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row),
            parts.noiseCount == full.noise, parts.spans.count == full.spans
          else { return Expectation.Observation(successes: 0, trials: 0) }
          return Expectation.Observation(
            successes: Double(parts.spans.filter { $0.count == 1 }.count), trials: Double(full.spans))
        })
    }
    return list
  }
}
