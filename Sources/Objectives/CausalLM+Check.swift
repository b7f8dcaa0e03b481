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
    /// What was done to each segment, or to the document that it is a part of.
    var layouts: [DocumentLayout] = []
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
    if let fim {
      let segments = segments(of: parts.shown)
      if fim.context == .window {
        try undo(fim, segments, in: &parts, row)
      } else {
        parts.layouts = try documentLayouts(fim, segments.count, row)
      }
    }
    return parts
  }

  /// Where documents' parts lie in a row.
  private func segments(of ids: [UInt32]) -> [Range<Int>] {
    var segments: [Range<Int>] = []
    var start = 0
    for index in ids.indices where index == ids.count - 1 || ids[index] == endOfDocument {
      segments.append(start..<index + 1)
      start = index + 1
    }
    return segments
  }

  /// What was done to each segment, or to the document that it is a part of.
  func layouts(in row: ExampleReader) throws(Diagnostic) -> [DocumentLayout] { try parts(row).layouts }

  /// Puts every segment back in its order.
  private func undo(
    _ fim: FillInTheMiddle, _ segments: [Range<Int>], in parts: inout Parts, _ row: ExampleReader
  ) throws(Diagnostic) {
    parts.original.removeAll()
    let (modes, starts, ends) = (row.values(columns.fim), row.values(columns.fim + 1), row.values(columns.fim + 2))
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
      var layout = DocumentLayout()
      layout.mode = UInt8(mode.rawValue)
      (layout.a, layout.b, layout.count) = (a, b, text.count)
      (layout.cutA, layout.cutB, layout.cutCount) = (a, b, text.count)
      parts.layouts.append(layout)
      parts.original += text
      if hasEnd { parts.original.append(endOfDocument) }
    }
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try window(of: parts(row), in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    if let fim, fim.context == .document {
      try checkMarks(fim, parts.shown, segments(of: parts.shown), parts.layouts, row)
    } else {
      try row.requireOrdinary(
        parts.original, columns.inputIDs, from: 0, table: table, allowing: [endOfDocument, unknown])
    }
    var starts: [Int32] = []
    findSegments(in: parts.shown, count: parts.count, starts: &starts)
    guard row.values(columns.segments) == starts.map(Int64.init) else {
      throw row.broken(
        "segments", "cu_seqlens does not follow the end-of-document tokens", expected: "\(starts)",
        found: "\(row.values(columns.segments))")
    }
    if layout == .dense { try checkDense(parts, starts, row) }
    _ = try window(of: parts, in: row)
  }

  private func window(of parts: Parts, in row: ExampleReader) throws(Diagnostic) -> TokenWindow {
    try provenance.window(
      of: parts.original, endOfDocument: endOfDocument, layouts: fim?.context == .document ? parts.layouts : [],
      in: row)
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
}
