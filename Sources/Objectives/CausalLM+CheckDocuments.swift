internal import Blocks

// Rows cut out of documents that fill-in-the-middle has laid out.
extension CausalLM {
  /// How the document of each segment was laid out.
  ///
  /// - Throws: `verify.fim` for lists of other lengths, and cuts that no document can have.
  func documentLayouts(
    _ fim: FillInTheMiddle, _ segmentCount: Int, _ row: ExampleReader
  ) throws(Diagnostic) -> [DocumentLayout] {
    let lists = fim.columns.indices.map { row.values(columns.fim + $0) }
    guard lists.allSatisfy({ $0.count == segmentCount }), provenance.segmentSources(in: row).count == segmentCount
    else {
      throw row.broken(
        "fim", "the columns of fill-in-the-middle do not have a value for each segment",
        expected: "\(segmentCount) values", found: lists.map { "\($0.count)" }.joined(separator: ", "))
    }
    var layouts: [DocumentLayout] = []
    for segment in 0..<segmentCount {
      let values = lists.map { Int($0[segment]) }
      var layout = DocumentLayout()
      layout.mode = UInt8(truncatingIfNeeded: values[0])
      (layout.a, layout.b, layout.count) = (values[1], values[2], values[3])
      (layout.cutA, layout.cutB, layout.cutCount) =
        fim.level == .token ? (values[1], values[2], values[3]) : (values[4], values[5], values[6])
      let isOrdered =
        layout.a <= layout.b && layout.b <= layout.count && layout.cutA <= layout.cutB
        && layout.cutB <= layout.cutCount
      let isUnmoved = layout.mode > 0 || layout.b == 0 && layout.cutB == 0
      guard layout.mode <= 2, isOrdered, isUnmoved else {
        throw row.broken(
          "fim", columns.fim, at: segment, "and its cuts are none of a document",
          expected: "0 without cuts, or 1 or 2 with fim_a ≤ fim_b ≤ fim_count")
      }
      layouts.append(layout)
    }
    return layouts
  }

  /// The marks stand where the layouts put them and nowhere else, and so do the ends.
  func checkMarks(
    _ fim: FillInTheMiddle, _ ids: [UInt32], _ segments: [Range<Int>], _ layouts: [DocumentLayout], _ row: ExampleReader
  ) throws(Diagnostic) {
    let sources = provenance.segmentSources(in: row)
    for (number, segment) in segments.enumerated() {
      let layout = layouts[number]
      let hasEnd = ids[segment.upperBound - 1] == endOfDocument
      let end = Int(sources[number]) + segment.count - (hasEnd ? 1 : 0)
      guard
        hasEnd ? end == layout.shownCount : end <= layout.shownCount
      else {
        throw row.broken(
          "fim", "segment \(number + 1) does not end where its document can", expected: "\(layout.shownCount)",
          found: "\(end)")
      }
      var due: [Int: UInt32] = [:]
      if let marks = layout.marks {
        due = [marks.prefix: fim.prefix, marks.suffix: fim.suffix, marks.middle: fim.middle]
      }
      for index in segment.dropLast(hasEnd ? 1 : 0) {
        let mark = due[Int(sources[number]) + index - segment.lowerBound]
        if let mark, ids[index] != mark {
          throw row.broken(
            "fim", columns.inputIDs, at: index, "is not the mark that fim_mode and the cuts put there",
            expected: "\(mark)")
        }
        if mark == nil, table.isSpecial(ids[index]), ids[index] != unknown {
          throw row.broken(
            "special-id", columns.inputIDs, at: index, "is a special id inside the text",
            expected: "an id that text gives")
        }
      }
    }
  }

  /// The layouts that a row bears witness to: of each segment, or of each document that starts in it.
  func drawnLayouts(of example: Example) -> [DocumentLayout] {
    guard let fim, let row = try? ExampleReader(example, schema: schema), let layouts = try? layouts(in: row) else {
      return []
    }
    guard fim.context == .document else { return layouts }
    return zip(layouts, provenance.segmentSources(in: row)).filter { $0.1 == 0 }.map(\.0)
  }
}
