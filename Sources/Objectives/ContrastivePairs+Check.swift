public import Blocks

extension ContrastivePairs {
  /// A row taken apart: its views without frames, and the window.
  private struct Parts {
    var views: [[UInt32]]
    /// By view: the tokens of the window it was made of.
    var bounds: [Range<Int>] = []
    var window: [UInt32]
  }

  private func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let first = try view(0, row)
    guard pairs != .dropout else { return Parts(views: [first], window: first) }
    let views = [first, try view(1, row)]
    var parts = Parts(views: views, window: first)
    switch pairs {
    case .dropout, .augment: break
    case .adjacent: parts.window = views[0] + views[1]
    case .crop: parts.window = try row.ids(ColumnIndex.extra, below: table.size)
    }
    let (starts, lengths) = (row.values(ColumnIndex.viewStart), row.values(ColumnIndex.viewLength))
    for view in 0..<2 {
      let bounds = Int(starts[view])..<Int(starts[view] + lengths[view])
      guard !bounds.isEmpty, bounds.upperBound <= parts.window.count else {
        throw row.broken(
          "view-bounds", ColumnIndex.viewStart, at: view, "and its length lie outside the window",
          expected: "a range of 0 ..< \(parts.window.count)")
      }
      parts.bounds.append(bounds)
    }
    return parts
  }

  private func view(_ view: Int, _ row: ExampleReader) throws(Diagnostic) -> [UInt32] {
    let all = view * length..<(view + 1) * length
    let count = try row.realCount(ColumnIndex.attentionMask, in: all)
    try row.requirePadding(ColumnIndex.inputIDs, all.dropFirst(count), Int64(pad))
    let ids = try row.unframed(ColumnIndex.inputIDs, all.prefix(count), frame, below: table.size)
    guard !ids.isEmpty else {
      throw row.broken(
        "empty-view", ColumnIndex.inputIDs, at: all.lowerBound, "opens an empty view", expected: "one token or more")
    }
    try row.requireOrdinary(
      ids, ColumnIndex.inputIDs, from: all.lowerBound + 1, table: table, allowing: [unknown])
    return ids
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: parts(row).window, endOfDocument: nil, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    guard (1...windowing.length).contains(parts.window.count), pairs == .dropout || parts.window.count >= 2 else {
      throw row.broken(
        "length", "the window has a length it cannot have", expected: "up to \(windowing.length) tokens",
        found: "\(parts.window.count)")
    }
    switch pairs {
    case .dropout: break
    case .augment: try checkAugmented(parts, row)
    case .adjacent:
      let split = parts.views[0].count
      guard parts.bounds == [0..<split, split..<parts.window.count] else {
        throw row.broken(
          "view-bounds", "the views are not next to each other",
          expected: "\(0..<split), \(split..<parts.window.count)",
          found: "\(parts.bounds)")
      }
    case .crop: try checkCrops(parts, row)
    }
    _ = try provenance.window(of: parts.window, endOfDocument: nil, in: row)
  }

  private func checkCrops(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    let lengths = crop.lengths(parts.window.count)
    try row.requireOrdinary(parts.window, ColumnIndex.extra, from: 0, table: table, allowing: [unknown])
    for (number, view) in parts.views.enumerated() {
      let bounds = parts.bounds[number]
      guard lengths.contains(bounds.count) else {
        throw row.broken(
          "crop-length", ColumnIndex.viewLength, at: number, "is no length of a crop",
          expected: "\(lengths.lowerBound) ... \(lengths.upperBound)")
      }
      let source = Array(parts.window[bounds])
      let fits = deletesNothing ? view == source : isSubsequence(view, of: source)
      guard fits else {
        throw row.broken(
          "crop", "view \(number + 1) does not consist of tokens of its crop, in order", expected: "\(source)",
          found: "\(view)")
      }
    }
  }

  private var deletesNothing: Bool { crop.deletion.value == 0 }

  private func isSubsequence(_ part: [UInt32], of whole: [UInt32]) -> Bool {
    Alignment.ranges(of: part, in: whole, mask: nil, gapsAllowed: true) != nil
  }

  private func checkAugmented(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    let (text, copy) = (parts.views[0], parts.views[1])
    guard parts.bounds == [0..<text.count, 0..<text.count] else {
      throw row.broken(
        "view-bounds", "both views are made of the whole text", expected: "0 ..< \(text.count) twice",
        found: "\(parts.bounds)")
    }
    guard text != copy else {
      throw row.broken("equal-views", "the two views are equal", expected: "a changed copy", found: "the text itself")
    }
    let number = Int(row.scalar(ColumnIndex.extra))
    guard Operation.allCases.indices.contains(number), operations.contains(Operation.allCases[number]) else {
      throw row.broken(
        "operation", ColumnIndex.extra, at: 0, "is no operation of these settings",
        expected: operations.map(\.rawValue).joined(separator: ", "))
    }
    let operation = Operation.allCases[number]
    // Where an operation changes nothing, the last token is dropped instead.
    let isFallback = operation == .swap || operation == .replace ? copy == Array(text.dropLast()) : false
    let changed = changedCount(text.count)
    let fits =
      switch operation {
      case .delete: copy.count < text.count && isSubsequence(copy, of: text)
      case .insert: copy.count == text.count + changed && isSubsequence(text, of: copy)
      case .swap: copy.count == text.count && copy.sorted() == text.sorted()
      case .replace:
        copy.count == text.count
          && zip(text, copy).filter { $0.0 != $0.1 }.count == min(changed, text.filter { !table.isSpecial($0) }.count)
      }
    guard fits || isFallback else {
      throw row.broken(
        "operation", "the second view is not the text after '\(operation.rawValue)'",
        expected: "\(changed) changes of \(text.count) tokens", found: "\(copy)")
    }
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids"])
    }
    var sections: [ExampleSection] = []
    if pairs == .crop { sections.append(ExampleSection("text", parts.window.map { .init($0) })) }
    for (number, view) in parts.views.enumerated() {
      var tokens = view.map { ExampleSection.Token($0) }
      if pairs == .augment, number == 1 { tokens = marked(view, against: parts.views[0]) }
      if pairs == .crop { tokens = marked(view, against: Array(parts.window[parts.bounds[number]])) }
      let framed = [.init(frame.opening, .special)] + tokens + [.init(frame.closing, .special)]
      sections.append(ExampleSection(parts.views.count == 1 ? "both views" : "view \(number + 1)", framed))
    }
    return sections
  }

  /// A changed text beside the text it was: deleted tokens stand in their place, others say what they were.
  private func marked(_ copy: [UInt32], against text: [UInt32]) -> [ExampleSection.Token] {
    if let kept = Alignment.ranges(of: copy, in: text, mask: nil, gapsAllowed: true) {
      let places = Set(kept.map(\.lowerBound))
      return text.indices.map { .init(text[$0], places.contains($0) ? .plain : .deleted) }
    }
    if copy.count == text.count {
      return zip(copy, text).map { $0.0 == $0.1 ? .init($0.0) : .init($0.0, .replaced, original: $0.1) }
    }
    let kept = Alignment.ranges(of: text, in: copy, mask: nil, gapsAllowed: true) ?? []
    let places = Set(kept.map(\.lowerBound))
    return copy.indices.map { .init(copy[$0], places.contains($0) ? .plain : .inserted) }
  }

  public var expectations: [Expectation] {
    switch pairs {
    case .dropout, .adjacent: []
    case .augment: operations.count > 1 ? operations.map(share) : []
    case .crop: cropExpectations
    }
  }

  private func share(of operation: Operation) -> Expectation {
    let probability = 1 / Double(operations.count)
    let number = Operation.allCases.firstIndex(of: operation).map(Int64.init)
    return Expectation(
      "second views by \(operation.rawValue)", probability: probability, variance: probability * (1 - probability)
    ) { example in
      guard example.schema == schema, let drawn = example.values[ColumnIndex.extra].first else {
        return Expectation.Observation(successes: 0, trials: 0)
      }
      return Expectation.Observation(successes: drawn == number ? 1 : 0, trials: 1)
    }
  }

  private var cropExpectations: [Expectation] {
    var list = [
      // (start + 1/2) / (n - length + 1) has mean 1/2 and a variance below 1/12.
      Expectation("place of a crop", probability: 0.5, variance: 1.0 / 12) { example in
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
          return Expectation.Observation(successes: 0, trials: 0)
        }
        let places = parts.bounds.map { bounds in
          (Double(bounds.lowerBound) + 0.5) / Double(parts.window.count - bounds.count + 1)
        }
        return Expectation.Observation(successes: places.reduce(0, +), trials: Double(places.count))
      }
    ]
    let probability = Double(crop.deletion.value) / 4_294_967_296
    if probability > 0 {
      list.append(
        Expectation("tokens deleted", probability: probability, variance: probability * (1 - probability)) { example in
          guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
            return Expectation.Observation(successes: 0, trials: 0)
          }
          var (deleted, tokens) = (0, 0)
          // Very short crops keep a token by force, which would bend the share.
          for (view, bounds) in zip(parts.views, parts.bounds) where bounds.count >= 16 {
            deleted += bounds.count - view.count
            tokens += bounds.count
          }
          return Expectation.Observation(successes: Double(deleted), trials: Double(tokens))
        })
    }
    return list
  }
}
