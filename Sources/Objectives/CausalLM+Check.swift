public import Blocks

extension CausalLM {
  /// A row taken apart.
  private struct Parts {
    /// The real tokens, with the one behind the last input where labels are the next ones.
    var shown: [UInt32]
    /// How many of them are inputs.
    var count: Int
    /// The tokens before fill-in-the-middle.
    var original: [UInt32]
    /// What was done to each segment.
    var layouts: [FIMLayout] = []
  }

  private struct FIMLayout {
    var mode: FillInTheMiddle.Mode
    var a: Int
    var b: Int
    /// Tokens of the segment's text, without marks and end.
    var count: Int
  }

  private func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let column = columns.inputIDs
    let count = layout == .dense ? try row.realCount(columns.attentionMask) : row.values(column).count
    guard (shift == .next ? 1...length : 2...length).contains(count) else {
      throw row.broken(
        "length", "the row has a length it cannot have", expected: "2 ... \(length) tokens", found: "\(count)")
    }
    if layout == .dense { try row.requirePadding(column, count..<length, Int64(pad)) }
    var ids = try row.ids(column, 0..<count, below: table.size)
    if shift == .next { ids += try row.ids(columns.labels, count - 1..<count, below: table.size) }
    var parts = Parts(shown: ids, count: count, original: ids)
    if let fim { try undo(fim, in: &parts, row) }
    return parts
  }

  /// Puts every segment back in its order.
  private func undo(_ fim: FillInTheMiddle, in parts: inout Parts, _ row: ExampleReader) throws(Diagnostic) {
    parts.original.removeAll()
    let (modes, starts, ends) = (row.values(columns.fim), row.values(columns.fim + 1), row.values(columns.fim + 2))
    var segments: [Range<Int>] = []
    var start = 0
    for index in parts.shown.indices where index == parts.shown.count - 1 || parts.shown[index] == endOfDocument {
      segments.append(start..<index + 1)
      start = index + 1
    }
    guard modes.count == segments.count, starts.count == segments.count, ends.count == segments.count else {
      throw row.broken(
        "fim", "fim_mode, fim_a and fim_b do not have a value for each segment", expected: "\(segments.count) values",
        found: "\(modes.count), \(starts.count) and \(ends.count)")
    }
    for (number, segment) in segments.enumerated() {
      let hasEnd = parts.shown[segment.upperBound - 1] == endOfDocument
      let shown = parts.shown[segment].dropLast(hasEnd ? 1 : 0)
      let (a, b) = (Int(starts[number]), Int(ends[number]))
      guard let mode = FillInTheMiddle.Mode(rawValue: Int32(modes[number])),
        let text = fim.restore(shown, mode, from: a, to: b), !text.isEmpty || mode == .none
      else {
        throw row.broken(
          "fim", columns.fim, at: number, "does not fit its segment",
          expected: "the marks where fim_a (\(a)) and fim_b (\(b)) put them")
      }
      parts.layouts.append(FIMLayout(mode: mode, a: a, b: b, count: text.count))
      parts.original += text
      if hasEnd { parts.original.append(endOfDocument) }
    }
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: parts(row).original, endOfDocument: endOfDocument, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    try row.requireOrdinary(
      parts.original, columns.inputIDs, from: 0, table: table, allowing: [endOfDocument, unknown])
    var starts: [Int32] = []
    findSegments(in: parts.shown, count: parts.count, starts: &starts)
    guard row.values(columns.segments) == starts.map(Int64.init) else {
      throw row.broken(
        "segments", "cu_seqlens does not follow the end-of-document tokens", expected: "\(starts)",
        found: "\(row.values(columns.segments))")
    }
    if layout == .dense { try checkDense(parts, starts, row) }
    _ = try provenance.window(of: parts.original, endOfDocument: endOfDocument, in: row)
  }

  private func checkDense(_ parts: Parts, _ starts: [Int32], _ row: ExampleReader) throws(Diagnostic) {
    let ids = parts.shown
    func require(
      _ column: Int, _ index: Int, _ due: Int64, _ invariant: String, _ message: String
    ) throws(Diagnostic) {
      guard row.values(column)[index] == due else {
        throw row.broken(invariant, column, at: index, message, expected: "\(due)")
      }
    }
    for (segment, (start, end)) in zip(starts, starts.dropFirst()).enumerated() {
      let range = Int(start)..<Int(end)
      let predicted = predicted(in: range, of: ids)
      for index in range {
        let counts = predicted.contains(index)
        switch shift {
        case .none:
          try require(
            columns.labels, index, counts ? Int64(ids[index]) : Int64(ignoredLabel), "label",
            counts ? "is not the token at its place" : "crosses the end of a document")
        case .next:
          try require(columns.labels, index, Int64(ids[index + 1]), "label", "is not the next token")
        }
        try require(
          columns.positionIDs, index, Int64(index) - Int64(start), "position", "does not count from its segment's start"
        )
        if let column = columns.lossMask {
          try require(column, index, counts ? 1 : 0, "loss-mask", "does not tell whether the label counts")
        }
        if let column = columns.segmentIDs {
          try require(column, index, Int64(segment + 1), "segments", "is not the number of the segment")
        }
      }
    }
    try row.requirePadding(columns.labels, parts.count..<length, Int64(ignoredLabel))
    for column in [columns.positionIDs, columns.lossMask, columns.segmentIDs] {
      if let column { try row.requirePadding(column, parts.count..<length, 0) }
    }
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids"])
    }
    var starts: [Int32] = []
    findSegments(in: parts.shown, count: parts.shown.count, starts: &starts)
    var tokens: [ExampleSection.Token] = []
    for (segment, (start, end)) in zip(starts, starts.dropFirst()).enumerated() {
      for index in Int(start)..<Int(end) {
        let given = resets && index == Int(start)
        let id = parts.shown[index]
        let isSpecial = id == endOfDocument || fim?.isMark(id) == true
        tokens.append(.init(id, isSpecial ? .special : given ? .prefix : .target, group: segment))
      }
    }
    return [ExampleSection("input and target", tokens)]
  }

  /// For fill-in-the-middle: how often, how, and how much. Nothing else is drawn.
  public var expectations: [Expectation] {
    guard let fim else { return [] }
    let (rate, spmRate) = (Double(fim.rate.value) * 0x1p-32, Double(fim.spmRate.value) * 0x1p-32)
    func measure(
      _ name: String, _ probability: Double, _ variance: Double, _ count: @escaping @Sendable (FIMLayout) -> Double?
    ) -> Expectation {
      Expectation(name, probability: probability, variance: variance) { example in
        var sum = Expectation.Observation(successes: 0, trials: 0)
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return sum }
        for case let value? in parts.layouts.filter({ $0.count > 0 }).map(count) {
          sum.successes += value
          sum.trials += 1
        }
        return sum
      }
    }
    return [
      measure("segments with their middle moved", rate, rate * (1 - rate)) { $0.mode == .none ? 0 : 1 },
      measure("suffix before prefix", spmRate, spmRate * (1 - spmRate)) { segment in
        segment.mode == .none ? nil : segment.mode == .spm ? 1 : 0
      },
      // The distance of two uniform integers in 0 ... n is n(n + 2) / 3(n + 1) in the mean; its share of that, divided
      // by 3, has a variance of 1/9 at n = 1 and less above.
      measure("share of the middle", 1.0 / 3, 1.0 / 9) { segment in
        let n = Double(segment.count)
        return segment.mode == .none ? nil : Double(segment.b - segment.a) * (n + 1) / (n * (n + 2))
      },
    ]
  }
}
