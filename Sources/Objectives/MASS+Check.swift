public import Blocks

extension MASS {
  /// A row taken apart.
  struct Parts {
    /// The input without bos and padding.
    var shown: [UInt32]
    var window: [UInt32]
    /// The fragment in the window.
    var fragment: Range<Int>
  }

  func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let input = try input(row)
    let labels = try labels(row)
    let start =
      layout == .dense
      ? row.values(ColumnIndex.decoderPositionIDs)[0] + 1 : row.scalar(ColumnIndex.fragmentStart)
    guard start >= 1, start + Int64(labels.count) <= input.count else {
      throw row.broken(
        "fragment-bounds", "the fragment lies outside the text", expected: "within 1 ..< \(input.count)",
        found: "\(start) and \(labels.count) tokens")
    }
    let fragment = Int(start) - 1..<Int(start) - 1 + labels.count
    var parts = Parts(shown: Array(input.dropFirst()), window: Array(input.dropFirst()), fragment: fragment)
    parts.window.replaceSubrange(fragment, with: labels)
    return parts
  }

  private func input(_ row: ExampleReader) throws(Diagnostic) -> [UInt32] {
    let column = ColumnIndex.inputIDs
    var count = row.values(column).count
    if layout == .dense {
      count = try row.realCount(ColumnIndex.attentionMask)
      try row.requirePadding(column, count..<length, Int64(pad))
    }
    let input = try row.ids(column, 0..<count, below: table.size)
    guard input.first == opening else {
      throw row.broken("frame", column, at: 0, "does not open the text", expected: "\(opening)")
    }
    return input
  }

  private func labels(_ row: ExampleReader) throws(Diagnostic) -> [UInt32] {
    let values = row.values(ColumnIndex.labels)
    var count = values.count
    if layout == .dense {
      count = values.firstIndex(of: Int64(ignoredLabel)) ?? values.count
      try row.requirePadding(ColumnIndex.labels, count..<values.count, Int64(ignoredLabel))
    }
    guard count >= 1 else {
      throw row.broken("fragment-length", "nothing is asked for", expected: "one token or more", found: "0")
    }
    return try row.ids(ColumnIndex.labels, 0..<count, below: table.size)
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: parts(row).window, endOfDocument: nil, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    guard (2..<length).contains(parts.window.count) else {
      throw row.broken(
        "length", "the window has a length it cannot have", expected: "2 ..< \(length) tokens",
        found: "\(parts.window.count)")
    }
    let due = Self.fragmentLength(parts.window.count, share: share)
    guard parts.fragment.count == due else {
      throw row.broken(
        "fragment-length", "the fragment's length is not round(tokens · fragment)",
        expected: "\(due) of \(parts.window.count) tokens", found: "\(parts.fragment.count)")
    }
    let shown = zip(parts.shown, parts.window).map { $0 == mask && $1 != mask ? $1 : $0 }
    try row.requireOrdinary(shown, ColumnIndex.inputIDs, from: 1, table: table, allowing: [unknown])
    try row.requireOrdinary(
      Array(parts.window[parts.fragment]), ColumnIndex.labels, from: 0, table: table, allowing: [unknown])
    if layout == .dense { try checkDecoder(parts, row) }
    _ = try provenance.window(of: parts.window, endOfDocument: nil, in: row)
  }

  /// What the decoder is given: each token's predecessor, at its own place.
  private func checkDecoder(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    let (start, count) = (parts.fragment.lowerBound, parts.fragment.count)
    for (index, id) in row.values(ColumnIndex.decoderInputIDs).enumerated() {
      let before = start + index - 1
      let due = index >= count ? pad : before < 0 ? opening : parts.window[before]
      guard id == Int64(due) else {
        throw row.broken(
          "decoder-input", ColumnIndex.decoderInputIDs, at: index, "is not the token before the one asked for",
          expected: "\(due)")
      }
    }
    for (index, position) in row.values(ColumnIndex.decoderPositionIDs).enumerated() {
      let due = index >= count ? 0 : start + index
      guard position == due else {
        throw row.broken(
          "decoder-position", ColumnIndex.decoderPositionIDs, at: index, "is not the place of the decoder's token",
          expected: "\(due)")
      }
    }
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids", "labels"])
    }
    var input = [ExampleSection.Token(opening, .special)]
    for (index, (shown, original)) in zip(parts.shown, parts.window).enumerated() {
      guard parts.fragment.contains(index) else {
        input.append(.init(shown))
        continue
      }
      let mark: ExampleSection.Mark = shown == mask ? .masked : shown == original ? .kept : .replaced
      input.append(.init(shown, mark, original: mark == .kept ? nil : original))
    }
    let target = parts.window[parts.fragment].map { ExampleSection.Token($0, .target) }
    return [ExampleSection("input", input), ExampleSection("target", target)]
  }

  /// What hidden tokens show, and where fragments of full windows lie.
  public var expectations: [Expectation] {
    let shown = replacement.expectations(of: "hidden tokens", mask: mask, table: table) { example in
      guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return nil }
      return parts.fragment.map { (parts.shown[$0], parts.window[$0]) }
    }
    let tokens = windowing.length
    let places = tokens - Self.fragmentLength(tokens, share: share) + 1
    guard places > 1 else { return shown }
    // One fifth by rule, and its part of the three fifths that are spread evenly.
    let probability = 0.2 + 0.6 / Double(places)
    func placed(_ name: String, at place: Int) -> Expectation {
      Expectation(name, probability: probability, variance: probability * (1 - probability)) { example in
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row),
          parts.window.count == tokens
        else { return .none }
        return Expectation.Observation(successes: parts.fragment.lowerBound == place ? 1 : 0, trials: 1)
      }
    }
    return shown + [placed("fragments at the start", at: 0), placed("fragments at the end", at: places - 1)]
  }

  /// What hidden tokens show, and where fragments start: at one of the ends by rule, or anywhere.
  public var laws: [Law] {
    let selected = { @Sendable (example: Example) -> [TokenReplacement.Selected]? in
      guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return nil }
      return parts.fragment.map { (parts.shown[$0], parts.window[$0]) }
    }
    let ids = replacement.idLaw("hidden tokens", mask: mask, table: table, selected: selected)
    let ends = Law(
      "starts of fragments", outcomes: ["first place", "last place", "between"],
      probabilities: { places in
        let anywhere = 0.6 / Double(places)
        return [0.2 + anywhere, 0.2 + anywhere, anywhere * Double(places - 2)]
      },
      observe: { example, counts in
        guard let start = start(example), start.places > 2 else { return }
        counts.add(start.place == 0 ? 0 : start.place == start.places - 1 ? 1 : 2, given: start.places)
      })
    let between = Law.uniformPlace("place of fragments that start between") { example, counts in
      guard let start = start(example), (1..<max(1, start.places - 1)).contains(start.place) else { return }
      counts.addPlace(start.place - 1, of: start.places - 2)
    }
    return [replacement.shownLaw("hidden tokens", mask: mask, table: table, decided: selected)]
      + (ids.map { [$0] } ?? []) + [ends, between]
  }

  /// Where a fragment starts, and how many places there were.
  private func start(_ example: Example) -> (place: Int, places: Int)? {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return nil }
    return (parts.fragment.lowerBound, parts.window.count - Self.fragmentLength(parts.window.count, share: share) + 1)
  }
}
