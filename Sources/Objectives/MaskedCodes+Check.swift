internal import Blocks

extension MaskedCodes {
  /// A row taken apart.
  struct Parts {
    var shown: [UInt32]
    var original: [UInt32]
    var selected: [Bool]

    var selectedCount: Int { selected.reduce(0) { $0 + ($1 ? 1 : 0) } }
  }

  func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let column = ColumnIndex.inputIDs
    let count = isPadded ? try row.realCount(ColumnIndex.attentionMask) : row.values(column).count
    guard count <= length else {
      throw row.broken("length", column, at: length, "is beyond the row's length", expected: "at most \(length) codes")
    }
    let shown = try row.ids(column, 0..<count, below: table.size)
    var parts = Parts(shown: shown, original: shown, selected: Array(repeating: false, count: count))
    if isPadded {
      try row.requirePadding(column, count..<length, Int64(pad))
      try row.requirePadding(ColumnIndex.labels, count..<length, Int64(ignoredLabel))
    }
    if layout == .dense {
      for (position, label) in row.values(ColumnIndex.labels).prefix(count).enumerated() where label != ignoredLabel {
        guard label >= 0, label < table.size else {
          throw row.broken(
            "id-range", ColumnIndex.labels, at: position, "is no label",
            expected: "-100, or an id below \(table.size)")
        }
        parts.original[position] = UInt32(truncatingIfNeeded: label)
        parts.selected[position] = true
      }
      return parts
    }
    let labels = try row.ids(ColumnIndex.maskedLabels, below: table.size)
    let positions = row.values(ColumnIndex.maskedPositions)
    guard positions.count == labels.count else {
      throw row.broken(
        "selection", "masked_positions and masked_labels differ in length", expected: "\(positions.count) labels",
        found: "\(labels.count)")
    }
    for (index, position) in positions.enumerated() {
      guard position < count, index == 0 || positions[index - 1] < position else {
        throw row.broken(
          "selection", ColumnIndex.maskedPositions, at: index, "does not ascend within the row",
          expected: "a position below \(count)")
      }
      parts.original[Int(position)] = labels[index]
      parts.selected[Int(position)] = true
    }
    return parts
  }

  /// Something is masked, nothing special is, and codes that are not masked are codes.
  func check(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    guard parts.selectedCount > 0 else {
      throw row.broken("selection", "nothing is asked for", expected: "one code or more", found: "0")
    }
    for index in parts.shown.indices {
      let (shown, original) = (parts.shown[index], parts.original[index])
      if parts.selected[index] {
        guard !table.isSpecial(original), shown == mask || !table.isSpecial(shown) else {
          throw row.broken(
            "special-id", ColumnIndex.inputIDs, at: index, "is masked, and special before or after",
            expected: "an ordinary code behind the mask or another code")
        }
      } else if table.isSpecial(shown), shown != unknown {
        throw row.broken(
          "special-id", ColumnIndex.inputIDs, at: index, "is a special id at a position that is not masked",
          expected: "a code")
      }
    }
  }

  func explain(_ example: Example, schema: ExampleSchema) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids"])
    }
    var input: [ExampleSection.Token] = []
    for index in parts.shown.indices {
      let (shown, original) = (parts.shown[index], parts.original[index])
      let mark: ExampleSection.Mark =
        !parts.selected[index] ? .plain : shown == mask ? .masked : shown == original ? .kept : .replaced
      input.append(.init(shown, mark, original: [.masked, .replaced].contains(mark) ? original : nil))
    }
    let target = parts.original.indices.filter { parts.selected[$0] }
      .map { ExampleSection.Token(parts.original[$0], .target) }
    return [ExampleSection("input", input), ExampleSection("target", target)]
  }

  /// What masked codes show.
  func laws(schema: ExampleSchema) -> [Law] {
    let selected = { @Sendable (example: Example) -> [TokenReplacement.Selected]? in
      guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return nil }
      return parts.shown.indices.filter { parts.selected[$0] }.map { (parts.shown[$0], parts.original[$0]) }
    }
    let ids = replacement.idLaw("masked codes", mask: mask, table: table, selected: selected)
    return [replacement.shownLaw("masked codes", mask: mask, table: table, decided: selected)]
      + (ids.map { [$0] } ?? [])
  }

  /// The shares of what masked codes show.
  func expectations(schema: ExampleSchema) -> [Expectation] {
    replacement.expectations(of: "masked codes", mask: mask, table: table) { example in
      guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return nil }
      return parts.shown.indices.filter { parts.selected[$0] }.map { (parts.shown[$0], parts.original[$0]) }
    }
  }
}
