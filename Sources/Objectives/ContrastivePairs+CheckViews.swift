internal import Blocks

extension ContrastivePairs {
  /// CLEAR: each view is the text after its edit, with the number of changes that follows from the length.
  func checkEdited(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    try requireWholeText(parts, row)
    guard let column = columns.operation else { return }
    for (view, number) in row.values(column).enumerated() {
      let all = ClearEdits.Edit.allCases
      guard all.indices.contains(Int(number)), edits.edits.contains(all[Int(number)]) else {
        throw row.broken(
          "operation", column, at: view, "is no edit of these settings",
          expected: edits.edits.map(\.rawValue).joined(separator: ", "))
      }
      guard edits.canMake(parts.views[view], of: parts.window, by: all[Int(number)]) else {
        throw row.broken(
          "operation", "view \(view + 1) is not the text after '\(all[Int(number)].rawValue)'",
          expected: "changes of the \(parts.window.count) tokens of source_ids", found: "\(parts.views[view])")
      }
    }
  }

  /// DeCLUTR: views are spans of the text, anchors apart, positives near their anchor.
  func checkSpans(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    for (view, bounds) in parts.bounds.enumerated() where parts.views[view] != Array(parts.window[bounds]) {
      throw row.broken(
        "span", "view \(view + 1) is not the span that its bounds name", expected: "\(parts.window[bounds])",
        found: "\(parts.views[view])")
    }
    for number in 0..<spans.anchors {
      let first = number * (1 + spans.positives)
      let anchor = parts.bounds[first]
      let block = anchor.lowerBound / spans.longest * spans.longest
      guard (spans.shortest...spans.longest).contains(anchor.count), anchor.upperBound <= block + spans.longest else {
        throw row.broken(
          "anchor", "anchor \(number + 1) does not lie within a block",
          expected: "\(spans.shortest) to \(spans.longest) tokens of \(block) ..< \(block + spans.longest)",
          found: "\(anchor)")
      }
      for view in first + 1...first + spans.positives {
        let positive = parts.bounds[view]
        let longest = spans.longestPositive(of: anchor)
        let lengths = min(spans.shortest, longest)...longest
        guard lengths.contains(positive.count) else {
          throw row.broken(
            "positive", "view \(view + 1) has no length of a positive",
            expected: "\(lengths.lowerBound) to \(lengths.upperBound) tokens", found: "\(positive.count)")
        }
        let starts = spans.starts(of: positive.count, anchor: anchor)
        let fits =
          spans.sampling == .adjacent
          ? positive.lowerBound == starts.lowerBound || positive.lowerBound == starts.upperBound
          : starts.contains(positive.lowerBound)
        guard fits else {
          throw row.broken(
            "positive", "view \(view + 1) is not where a positive of anchor \(number + 1) may be",
            expected: "a start of \(starts.lowerBound) ... \(starts.upperBound)", found: "\(positive.lowerBound)")
        }
      }
    }
    try checkAnchorsApart(parts, row)
  }

  private func checkAnchorsApart(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    let anchors = (0..<spans.anchors).map { parts.bounds[$0 * (1 + spans.positives)] }.sorted {
      $0.lowerBound < $1.lowerBound
    }
    for (left, right) in zip(anchors, anchors.dropFirst()) where left.upperBound > right.lowerBound {
      throw row.broken("anchor", "two anchors overlap", expected: "a block each", found: "\(left) and \(right)")
    }
  }

  /// ConSERT: positions are those of the row, the text's in some order; as many rows are cut as the length says.
  func checkShuffled(_ parts: Parts, _ row: ExampleReader) throws(Diagnostic) {
    guard let positionColumn = columns.positionIDs, let rowColumn = columns.cutoffRows else { return }
    let count = parts.window.count
    let places = embedding.places(count)
    let positions = row.values(positionColumn)
    for (index, position) in positions.enumerated() where !places.contains(index) && position != index {
      throw row.broken("position", positionColumn, at: index, "is not its own place", expected: "\(index)")
    }
    guard positions[places].sorted() == places.map(Int64.init) else {
      throw row.broken(
        "position", "position_ids do not name each place of the text once", expected: "\(places) in some order",
        found: "\(positions[places])")
    }
    let rows = row.values(rowColumn)
    let allowed = embedding.cutoff == .span ? 0..<count + 2 : places
    for (index, cut) in rows.enumerated() {
      guard allowed.contains(Int(cut)), index == 0 || rows[index - 1] < cut else {
        throw row.broken(
          "cutoff", rowColumn, at: index, "does not ascend within the text", expected: "a row of \(allowed)")
      }
    }
    guard rows.count == embedding.cutCount(count) else {
      throw row.broken(
        "cutoff", "the number of rows that are cut does not follow from the text's length",
        expected: "\(embedding.cutCount(count))", found: "\(rows.count)")
    }
    if embedding.cutoff == .span {
      // What is kept is one run: the rows before it and those behind it are all cut.
      let before = zip(rows, 0...).prefix { $0.0 == $0.1 }.count
      guard rows.dropFirst(before).elementsEqual(Int64(count + 2 - rows.count + before)..<Int64(count + 2)) else {
        throw row.broken("cutoff", "more than one run of rows is kept", expected: "one run", found: "\(rows)")
      }
    }
  }
}

extension ClearEdits {
  /// Whether an edit can have made a view of a text.
  func canMake(_ view: [UInt32], of text: [UInt32], by edit: Edit) -> Bool {
    let count = text.count
    switch edit {
    case .deleteWords:
      let kept = view.filter { $0 != deleted }.count
      let repeats = zip(view, view.dropFirst()).contains { $0 == deleted && $1 == deleted }
      return kept == count - deletedCount(count) && !repeats && isShortened(view, of: text)
    case .deleteSpans:
      let spans = deletedSpans(count)
      let kept = view.filter { $0 != deleted }.count
      return view.count - kept == spans && kept == count - spans * spanLength(count) && isShortened(view, of: text)
    case .reorder:
      let moved = zip(view, text).filter { $0 != $1 }.count
      return view.count == count && view.sorted() == text.sorted()
        && moved <= 2 * swappedPairs(count) * spanLength(count)
    case .substitute:
      let changed = zip(view, text).filter { $0 != $1 }.count
      let eligible = text.filter { !table.isSpecial($0) }.count
      return view.count == count && !view.contains(deleted) && changed == min(substitutedCount(count), eligible)
    }
  }

  private func isShortened(_ view: [UInt32], of text: [UInt32]) -> Bool {
    Alignment.ranges(of: view, in: text, mask: deleted, gapsAllowed: false, emptyAllowed: false) != nil
  }
}
