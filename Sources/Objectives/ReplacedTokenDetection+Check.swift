public import Blocks

extension ReplacedTokenDetection {
  /// A row taken apart, its frame included.
  struct Parts {
    var shown: [UInt32]
    var original: [UInt32]
    var replaced: [Int]
  }

  func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let column = ColumnIndex.inputIDs
    let count = layout == .dense ? try row.realCount(ColumnIndex.attentionMask) : row.values(column).count
    guard count <= length else {
      throw row.broken("length", column, at: length, "is beyond the row's length", expected: "at most \(length) tokens")
    }
    if layout == .dense { try row.requirePadding(column, count..<length, Int64(pad)) }
    _ = try row.unframed(column, 0..<count, frame, below: table.size)
    let shown = try row.ids(column, 0..<count, below: table.size)
    let positions = row.values(positionsColumn)
    let originals = try row.ids(originalsColumn, below: table.size)
    guard positions.count == originals.count else {
      throw row.broken(
        "selection", "replaced_positions and original_ids differ in length", expected: "\(positions.count) ids",
        found: "\(originals.count)")
    }
    var parts = Parts(shown: shown, original: shown, replaced: [])
    for (index, position) in positions.enumerated() {
      guard index == 0 || positions[index - 1] < position, (1..<Int64(count - 1)).contains(position) else {
        throw row.broken(
          "selection", positionsColumn, at: index, "does not ascend inside the text",
          expected: "a position before the end, behind the one before")
      }
      parts.original[Int(position)] = originals[index]
      parts.replaced.append(Int(position))
    }
    return parts
  }

  private func window(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) -> TokenWindow {
    try provenance.window(
      of: Array(parts.original.dropFirst().dropLast()), endOfDocument: windowing.endOfDocument, in: row)
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try window(parts(row), row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    for position in parts.replaced {
      let (shown, original) = (parts.shown[position], parts.original[position])
      guard !table.isSpecial(original) else {
        throw row.broken(
          "selected-special", "the replaced token \(position) was a special id", expected: "an id that text gives",
          found: "\(original)")
      }
      guard shown != original, sampler.mayDraw(shown, in: parts.original) else {
        throw row.broken(
          "replacement", ColumnIndex.inputIDs, at: position, "cannot stand for \(original)",
          expected: "another id that may be drawn")
      }
    }
    try row.requireOrdinary(
      Array(parts.original.dropFirst().dropLast()), ColumnIndex.inputIDs, from: 1, table: table,
      allowing: [unknown, windowing.endOfDocument])
    let most = selection.mostSelected(parts.original)
    guard parts.replaced.count <= most else {
      throw row.broken(
        "selection-count", "more tokens are replaced than are selected", expected: "at most \(most)",
        found: "\(parts.replaced.count)")
    }
    if layout == .dense {
      let replaced = Set(parts.replaced)
      for (index, label) in row.values(ColumnIndex.labels).enumerated() {
        let due = index >= parts.shown.count ? Int64(ignoredLabel) : replaced.contains(index) ? 1 : 0
        guard label == due else {
          throw row.broken(
            "label", ColumnIndex.labels, at: index, "does not tell whether the token was replaced", expected: "\(due)")
        }
      }
    }
    _ = try window(parts, row)
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids"])
    }
    var input = parts.shown.map { ExampleSection.Token($0, table.isSpecial($0) ? .special : .plain) }
    for position in parts.replaced {
      input[position] = .init(parts.shown[position], .replaced, original: parts.original[position])
    }
    return [ExampleSection("input", input)]
  }

  /// With uniform replacements: how many of the selected tokens are replaced, and where.
  public var expectations: [Expectation] {
    guard sampler.kind == .uniform, selection.unit == .token else { return [] }
    var list = [firstHalfShare]
    if drawsAllIDs, selection.count == .fixed { list.append(replacedShare) }
    return list
  }

  /// Which ids replace others, by the law of the sampler without the token itself; with uniform replacements, where.
  public var laws: [Law] {
    var list: [Law] = []
    if let law = sampler.law(replacements: { example in replacements(example) }) { list.append(law) }
    if sampler.kind == .uniform, selection.unit == .token, drawsAllIDs {
      let table = table
      list.append(
        .uniformPlace("place of replaced tokens") { example, counts in
          guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return }
          let places = parts.original.indices.filter { !table.isSpecial(parts.original[$0]) }
          let replaced = Set(parts.replaced)
          for (place, position) in places.enumerated() where replaced.contains(position) {
            counts.addPlace(place, of: places.count)
          }
        })
    }
    return list
  }

  private func replacements(_ example: Example) -> [TokenReplacement.Selected]? {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return nil }
    return parts.replaced.map { (parts.shown[$0], parts.original[$0]) }
  }

  private var replacedShare: Expectation {
    let same = 1 / Double(table.ordinary.count)
    return Expectation("selected tokens replaced", probability: 1 - same, variance: same * (1 - same)) { example in
      guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
        return Expectation.Observation(successes: 0, trials: 0)
      }
      return Expectation.Observation(
        successes: Double(parts.replaced.count), trials: Double(selection.mostSelected(parts.original)))
    }
  }

  private var firstHalfShare: Expectation {
    Expectation("replaced tokens in the first half", probability: 0.5, variance: 0.25) { example in
      guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
        return Expectation.Observation(successes: 0, trials: 0)
      }
      let places = parts.original.indices.filter { !table.isSpecial(parts.original[$0]) }
      let replaced = Set(parts.replaced)
      let half = places.count / 2
      let first = places.prefix(half).filter(replaced.contains).count
      let last = places.suffix(half).filter(replaced.contains).count
      return Expectation.Observation(successes: Double(first), trials: Double(first + last))
    }
  }
}
