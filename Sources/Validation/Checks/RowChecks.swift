internal import Blocks
internal import Objectives

/// What can be seen of rows without a model: are they rows at all, and do labels stand where they belong?
package struct RowChecks {
  private let set: TaskSet

  package init(set: TaskSet) { self.set = set }

  package var verdicts: [Verdict] {
    switch set.family {
    case .inPlace: [readable, ids, maskedAndAsked, LeakCheck(set: set).readOff] + sourceBorders
    case .nextToken: [readable, ids, ownTokens, LeakCheck(set: set).readOff, LeakCheck(set: set).inSight, borders]
    case .sides: [readable, ids, targets, LeakCheck(set: set).readOff, LeakCheck(set: set).wholeTargets, marks]
    case .pairs: [readable, ids, LeakCheck(set: set).equalViews]
    }
  }

  private var readable: Verdict {
    Verdict(
      "rows", isRight: set.unreadable == 0 && !set.training.isEmpty,
      found: "\(Number.count(set.training.count + set.heldOut.count)) rows, \(set.unreadable) unreadable",
      expected: "columns that make an input")
  }

  /// Every id is one of the vocabulary.
  private var ids: Verdict {
    var share = Share()
    var worst: Int32?
    let size = set.vocabulary.vocabularySize
    for row in set.training + set.heldOut {
      for id in row.input + row.tokens.map(\.answer) + (row.target?.input ?? []) + row.views.flatMap(\.ids) {
        let isOutside = id < 0 || Int(id) >= size
        share.count(isOutside)
        if isOutside { worst = max(worst ?? id, id) }
      }
    }
    return Verdict(
      "ids", isRight: share.hits == 0,
      found: worst.map { "\(share.hits) ids outside, the greatest \($0)" } ?? "\(Number.count(share.cases)) ids",
      expected: "0 ..< \(size)")
  }

  /// In place: a mask is there to be asked for; of replaced tokens, labels and list agree.
  private var maskedAndAsked: Verdict {
    var share = Share()
    if set.training.contains(where: { !$0.replaced.isEmpty }) {
      for row in set.training + set.heldOut {
        let replaced = Set(row.replaced)
        for asked in row.labels { share.count((asked.answer == 1) == replaced.contains(asked.place)) }
      }
      return Verdict(
        "aligned", isRight: share.value >= 0.999,
        found: "\(Number.percent(share.value)) of labels as the row lists them",
        expected: "100 %")
    }
    guard let mask = set.vocabulary.ids[.mask].map({ Int32(clamping: $0) }) else {
      return Verdict("aligned", .skipped, found: "the vocabulary has no mask")
    }
    for row in set.training + set.heldOut {
      let asked = Set(row.tokens.map(\.place))
      for (place, id) in row.input.enumerated() where id == mask { share.count(asked.contains(place)) }
    }
    guard share.cases > 0 else { return Verdict("aligned", .skipped, found: "no masks in the sample") }
    return Verdict(
      "aligned", isRight: share.value >= 0.999, found: "\(Number.percent(share.value)) of masks are asked for",
      expected: "100 %")
  }

  /// Decoders: a label is the token behind the place that answers it.
  private var ownTokens: Verdict {
    var share = Share()
    for row in set.training + set.heldOut {
      for asked in row.tokens where asked.own < row.input.count { share.count(row.input[asked.own] == asked.answer) }
    }
    return Verdict(
      "aligned", isRight: share.cases > 0 && share.value >= 0.999,
      found: "\(Number.percent(share.value)) of labels are the next token", expected: "100 %")
  }

  /// Targets begin at once and have no holes; what a decoder is given is what it was asked before; a target that closes
  /// as its source does opens as it does, too.
  private var targets: Verdict {
    var (holes, given) = (Share(), Share())
    for row in set.training + set.heldOut {
      guard let target = row.target else { continue }
      holes.count(target.labels.contains(-100))
      guard target.isGiven else { continue }
      for asked in row.tokens where asked.own < target.input.count {
        given.count(target.input[asked.own] == asked.answer)
      }
    }
    if holes.value > 0.001 {
      return Verdict(
        "aligned", .failed, found: "\(Number.percent(holes.value)) of targets have a hole or begin late",
        expected: "labels from the first place on")
    }
    if given.cases > 0, given.value < 0.999 {
      return Verdict(
        "aligned", .failed, found: "\(Number.percent(given.value)) of labels are the decoder's next token",
        expected: "100 %")
    }
    let frame = Frames(set.training)
    if frame.sourceOpens, frame.closesAlike, !frame.targetOpens {
      return Verdict(
        "aligned", .failed, found: "sources open with one token, targets with any",
        expected: "targets in the same frame")
    }
    return Verdict("aligned", .passed, found: "targets without holes", expected: "labels from the first place on")
  }

  /// Rows in two parts: the border's token is always the same.
  private var sourceBorders: [Verdict] {
    let ends = (set.training + set.heldOut).compactMap { row in row.border.flatMap { row.input.at($0 - 1) } }
    return ends.isEmpty ? [] : [constant("borders", ends, "sources")]
  }

  /// Decoders: asked is what lies behind a segment's start and its prefix, and nothing else; segments end alike.
  private var borders: Verdict {
    let rows = set.training + set.heldOut
    var share = Share()
    for row in rows {
      var expected: Set<Int> = []
      for (segment, start) in row.layout.segmentStarts.dropLast().enumerated() {
        let first = max(start + 1, start + row.layout.prefixLengths[segment])
        expected.formUnion(first..<max(first, row.layout.segmentStarts[segment + 1]))
      }
      let asked = Set(row.tokens.map(\.own).filter { $0 < row.layout.count })
      share.count(asked == expected.filter { $0 - 1 < row.input.count })
    }
    if share.value < 0.999 {
      return Verdict(
        "borders", .failed, found: "\(Number.percent(share.value)) of rows ask for what lies behind their borders",
        expected: "100 %: every token but a segment's first and its prefix")
    }
    let ends = rows.flatMap { row in
      row.layout.segmentStarts.dropFirst().dropLast().compactMap { row.input.at($0 - 1) }
    }
    return constant("borders", ends, "segments")
  }

  private func constant(_ check: String, _ ids: [Int32], _ things: String) -> Verdict {
    guard ids.count >= 20 else {
      return Verdict(check, .passed, found: "as asked; \(ids.count) \(things) end inside a row", expected: "")
    }
    var counts: [Int32: Int] = [:]
    for id in ids { counts[id, default: 0] += 1 }
    let share = Double(counts.values.max() ?? 0) / Double(ids.count)
    return Verdict(
      check, isRight: share >= 0.99, found: "\(Number.percent(share)) of \(things) end with one token",
      expected: "nearly all")
  }

  /// A target names the source's sentinels, in the source's order.
  private var marks: Verdict {
    let sentinels = Set(set.vocabulary.sentinels.map { Int32(clamping: $0) })
    var share = Share()
    for row in set.training + set.heldOut {
      let named = (row.target?.labels ?? []).filter { sentinels.contains($0) }
      guard !named.isEmpty else { continue }
      let shown = row.input.filter { sentinels.contains($0) }
      share.count(named.starts(with: shown) && Set(named).count == named.count)
    }
    guard share.cases > 0 else { return Verdict("marks", .skipped, found: "targets without sentinels") }
    return Verdict(
      "marks", isRight: share.value >= 0.999,
      found: "\(Number.percent(share.value)) of targets name the source's sentinels in order", expected: "100 %")
  }
}

/// Whether sources and targets open and close with tokens that are always the same.
private struct Frames {
  let sourceOpens: Bool
  let targetOpens: Bool
  let closesAlike: Bool

  init(_ rows: [TaskRow]) {
    func constant(_ ids: [Int32]) -> Int32? {
      var counts: [Int32: Int] = [:]
      for id in ids { counts[id, default: 0] += 1 }
      guard let (id, count) = counts.max(by: { $0.value < $1.value }) else { return nil }
      return Double(count) >= 0.99 * Double(ids.count) ? id : nil
    }
    sourceOpens = constant(rows.compactMap(\.input.first)) != nil
    targetOpens = constant(rows.compactMap { $0.target?.labels.first }) != nil
    let end = constant(rows.compactMap(\.input.last))
    closesAlike = end != nil && end == constant(rows.compactMap { $0.target?.labels.last })
  }
}

extension Array {
  /// The element at a place, or nil.
  func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
