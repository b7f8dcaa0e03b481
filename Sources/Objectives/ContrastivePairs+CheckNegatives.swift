internal import Blocks

extension ContrastivePairs {
  /// The window that a row was made of: its text, and what else it has as further segments.
  func window(of parts: Parts, in row: ExampleReader) throws(Diagnostic) -> TokenWindow {
    guard pairs == .given || columns.negatives != nil else {
      return try provenance.window(of: parts.window, endOfDocument: nil, in: row)
    }
    let document = provenance.documentID(in: row)
    var segments = TokenWindow()
    if pairs == .given {
      for (view, bounds) in zip(parts.views, parts.bounds) {
        segments.addSegment(view[...], document: document, source: bounds.lowerBound)
      }
    } else {
      segments.addSegment(parts.window[...], document: document, source: provenance.sourceStart(in: row))
    }
    if let columns = columns.negatives {
      let starts = row.values(columns.sourceStarts)
      for (number, negative) in parts.negatives.enumerated() {
        let own = columns.documents.map { UInt64(bitPattern: row.values($0)[number]) } ?? document
        segments.addSegment(negative[...], document: own, source: Int(starts[number]))
      }
    }
    return try provenance.window(of: segments.ids, endOfDocument: nil, segments: segments, in: row)
  }

  /// No negative is a view, and each comes from where it should.
  func checkNegatives(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    guard let columns = columns.negatives, let negatives = windowing.negatives else { return }
    let starts = row.values(columns.sourceStarts)
    for (number, negative) in parts.negatives.enumerated() {
      guard !parts.views.contains(negative) else {
        throw row.broken(
          "leaking-negative", "negative \(number + 1) is equal to a view", expected: "another text",
          found: "\(negative)")
      }
      guard negatives.kind != .given else { continue }
      let source = Int(starts[number])
      guard source % windowing.length == 0 else {
        throw row.broken(
          "negative-source", columns.sourceStarts, at: number, "is not where a window starts",
          expected: "a multiple of \(windowing.length)")
      }
      guard let column = columns.documents else { continue }
      let isOwn = UInt64(bitPattern: row.values(column)[number]) == provenance.documentID(in: row)
      guard isOwn == (negatives.kind == .sameSource) else {
        throw row.broken(
          "negative-source", column, at: number,
          isOwn ? "is the document of the row itself" : "is not the document of the row",
          expected: isOwn ? "another document" : "the row's doc_id")
      }
      if isOwn, source == provenance.sourceStart(in: row) || starts[..<number].contains(starts[number]) {
        throw row.broken(
          "negative-source", columns.sourceStarts, at: number, "is the window of the row, or of another negative",
          expected: "a window of its own")
      }
    }
  }

  /// Supervised pairs: two texts of one record, the first from its start on.
  func checkGiven(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    for (view, bounds) in parts.bounds.enumerated() where bounds.count != parts.views[view].count {
      throw row.broken(
        "view-bounds", "view \(view + 1) does not have as many tokens as view_length says",
        expected: "\(parts.views[view].count)", found: "\(bounds.count)")
    }
    guard parts.bounds[0].lowerBound == 0, parts.bounds[1].lowerBound >= parts.bounds[0].upperBound else {
      throw row.broken(
        "view-bounds", "the texts of a record do not follow one another",
        expected: "the first at 0, the second behind it", found: "\(parts.bounds)")
    }
  }

  /// EDA: the second view is the text after an operation of these settings, or after a deletion in its place.
  func checkReworded(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    try requireWholeText(parts, row)
    let number = columns.operation.map { Int(row.scalar($0)) } ?? 0
    let all = WordEdits.Operation.allCases
    guard all.indices.contains(number), words.operations.contains(all[number]) || all[number] == .delete else {
      throw row.broken(
        "operation", "\(number) is no operation of these settings",
        expected: words.operations.map(\.rawValue).joined(separator: ", "))
    }
    guard parts.views[0] != parts.views[1] else {
      throw row.broken("equal-views", "the two views are equal", expected: "a changed copy", found: "the text itself")
    }
    guard words.canMake(parts.views[1], of: parts.window, by: all[number]) else {
      throw row.broken(
        "operation", "the second view is not the text after '\(all[number].rawValue)'",
        expected: "changes of the words of the first view", found: "\(parts.views[1])")
    }
  }
}
