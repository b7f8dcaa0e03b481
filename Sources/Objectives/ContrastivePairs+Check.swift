public import Blocks

extension ContrastivePairs {
  /// A row taken apart: its views without frames, and the window.
  struct Parts {
    var views: [[UInt32]]
    /// By view: the tokens of the window it was made of.
    var bounds: [Range<Int>] = []
    var window: [UInt32]
    var negatives: [[UInt32]] = []
  }

  func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let first = try view(0, row)
    var parts = Parts(views: [first], window: first)
    if let columns = columns.negatives {
      for number in 0..<(windowing.negatives?.count ?? 0) {
        parts.negatives.append(try view(number, row, columns.ids, mask: columns.attentionMask))
      }
    }
    guard let startColumn = columns.viewStart, let lengthColumn = columns.viewLength else { return parts }
    let (starts, lengths) = (row.values(startColumn), row.values(lengthColumn))
    for number in 1..<starts.count { parts.views.append(try view(number, row)) }
    if pairs == .given {
      parts.bounds = zip(starts, lengths).map { Int($0)..<Int($0 + $1) }
      return parts
    }
    if pairs == .adjacent { parts.window = parts.views[0] + parts.views[1] }
    if let column = columns.sourceIDs { parts.window = try row.ids(column, below: table.size) }
    for view in starts.indices {
      let bounds = Int(starts[view])..<Int(starts[view] + lengths[view])
      guard !bounds.isEmpty, bounds.upperBound <= parts.window.count else {
        throw row.broken(
          "view-bounds", startColumn, at: view, "and its length lie outside the window",
          expected: "a range of 0 ..< \(parts.window.count)")
      }
      parts.bounds.append(bounds)
    }
    return parts
  }

  private func view(_ view: Int, _ row: ExampleReader) throws(Diagnostic) -> [UInt32] {
    try self.view(view, row, columns.inputIDs, mask: columns.attentionMask)
  }

  private func view(
    _ view: Int, _ row: ExampleReader, _ column: Int, mask: Int
  ) throws(Diagnostic) -> [UInt32] {
    let all = view * length..<(view + 1) * length
    let count = try row.realCount(mask, in: all)
    try row.requirePadding(column, all.dropFirst(count), Int64(pad))
    let ids = try row.unframed(column, all.prefix(count), frame, below: table.size)
    guard !ids.isEmpty else {
      throw row.broken(
        "empty-view", column, at: all.lowerBound, "opens an empty view", expected: "one token or more")
    }
    try row.requireOrdinary(
      ids, column, from: all.lowerBound + 1, table: table,
      allowing: [unknown, pairs == .clear && edits.deleted != 0 ? edits.deleted : nil])
    return ids
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try window(of: parts(row), in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    guard (shortestWindow...windowing.length).contains(parts.window.count) else {
      throw row.broken(
        "length", "the window has a length it cannot have",
        expected: "\(shortestWindow) ... \(windowing.length) tokens",
        found: "\(parts.window.count)")
    }
    if let column = columns.sourceIDs {
      try row.requireOrdinary(parts.window, column, from: 0, table: table, allowing: [unknown])
    }
    switch pairs {
    case .dropout: break
    case .augment: try checkAugmented(parts, row)
    case .adjacent: try checkAdjacent(parts, row)
    case .crop: try checkCrops(parts, row)
    case .clear: try checkEdited(parts, row)
    case .declutr: try checkSpans(parts, row)
    case .consert: try checkShuffled(parts, row)
    case .eda: try checkReworded(parts, row)
    case .given: try checkGiven(parts, row)
    }
    try checkNegatives(parts, row)
    _ = try window(of: parts, in: row)
  }

  private func checkAdjacent(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    let split = parts.views[0].count
    guard parts.bounds == [0..<split, split..<parts.window.count] else {
      throw row.broken(
        "view-bounds", "the views are not next to each other", expected: "\(0..<split), \(split..<parts.window.count)",
        found: "\(parts.bounds)")
    }
  }

  private func checkCrops(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    let lengths = crop.lengths(parts.window.count)
    for (number, view) in parts.views.enumerated() {
      let bounds = parts.bounds[number]
      guard lengths.contains(bounds.count) else {
        throw row.broken(
          "crop-length", "view \(number + 1) has no length of a crop",
          expected: "\(lengths.lowerBound) ... \(lengths.upperBound)", found: "\(bounds.count)")
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

  /// Proves that every view was made of the whole text.
  func requireWholeText(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    guard parts.bounds.allSatisfy({ $0 == parts.window.indices }) else {
      throw row.broken(
        "view-bounds", "both views are made of the whole text", expected: "\(parts.window.indices) twice",
        found: "\(parts.bounds)")
    }
  }

  private func checkAugmented(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    let (text, copy) = (parts.views[0], parts.views[1])
    try requireWholeText(parts, row)
    guard text != copy else {
      throw row.broken("equal-views", "the two views are equal", expected: "a changed copy", found: "the text itself")
    }
    let number = columns.operation.map { Int(row.scalar($0)) } ?? 0
    guard Operation.allCases.indices.contains(number), operations.contains(Operation.allCases[number]) else {
      throw row.broken(
        "operation", "\(number) is no operation of these settings",
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
}
