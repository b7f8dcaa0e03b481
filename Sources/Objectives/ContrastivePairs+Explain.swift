public import Blocks

extension ContrastivePairs {
  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids"])
    }
    if pairs == .consert { return shuffled(parts, row) + negatives(parts) }
    var sections: [ExampleSection] = []
    if pairs.storesSource { sections.append(ExampleSection("text", parts.window.map { .init($0) })) }
    for (number, view) in parts.views.enumerated() {
      var tokens = view.map { ExampleSection.Token($0) }
      switch pairs {
      case .augment where number == 1, .eda where number == 1: tokens = marked(view, against: parts.views[0])
      case .crop: tokens = marked(view, against: Array(parts.window[parts.bounds[number]]))
      case .clear: tokens = edited(view, number, parts.window, row)
      default: break
      }
      sections.append(ExampleSection(title(number), framed(tokens)))
    }
    return sections + negatives(parts)
  }

  private func negatives(_ parts: Parts) -> [ExampleSection] {
    parts.negatives.enumerated().map { number, ids in
      ExampleSection("negative \(number + 1)", framed(ids.map { .init($0) }))
    }
  }

  private func title(_ view: Int) -> String {
    switch pairs {
    case .dropout, .consert: return "both views"
    case .declutr:
      let (anchor, positive) = view.quotientAndRemainder(dividingBy: 1 + spans.positives)
      return positive == 0 ? "anchor \(anchor + 1)" : "positive \(anchor + 1).\(positive)"
    case .given: return view == 0 ? "anchor" : "positive"
    default: return "view \(view + 1)"
    }
  }

  private func framed(_ tokens: [ExampleSection.Token]) -> [ExampleSection.Token] {
    [.init(frame.opening, .special)] + tokens + [.init(frame.closing, .special)]
  }

  /// A view of CLEAR: what a [DEL] stands for, what was there before; swapped spans read as they stand.
  private func edited(
    _ view: [UInt32], _ number: Int, _ text: [UInt32], _ row: ExampleReader
  ) -> [ExampleSection.Token] {
    let plain = view.map { ExampleSection.Token($0) }
    switch columns.operation.map({ row.values($0)[number] }) {
    case Int64(ClearEdits.Edit.substitute.number):
      return view.count == text.count ? marked(view, against: text) : plain
    case Int64(ClearEdits.Edit.deleteWords.number), Int64(ClearEdits.Edit.deleteSpans.number):
      guard
        let ranges = Alignment.ranges(
          of: view, in: text, mask: edits.deleted, gapsAllowed: false, emptyAllowed: false)
      else { return plain }
      return zip(view, ranges).flatMap { id, range in
        id == edits.deleted
          ? [.init(id, .special)] + range.map { .init(text[$0], .deleted) } : [ExampleSection.Token(id)]
      }
    default: return plain
    }
  }

  /// The text, and the text in the order of its new positions, without the rows that are cut.
  private func shuffled(_ parts: Parts, _ row: ExampleReader) -> [ExampleSection] {
    guard let positionColumn = columns.positionIDs, let rowColumn = columns.cutoffRows else { return [] }
    let text = framed(parts.window.map { .init($0) })
    let cut = Set(row.values(rowColumn))
    let positions = row.values(positionColumn)
    let order = text.indices.sorted { (positions[$0], $0) < (positions[$1], $1) }
    let changed = order.map { index in
      cut.contains(Int64(index)) ? ExampleSection.Token(text[index].id, .deleted) : text[index]
    }
    return [ExampleSection("text", text), ExampleSection("changed", changed)]
  }

  /// A changed text beside the text it was: deleted tokens stand in their place, others say what they were.
  private func marked(_ copy: [UInt32], against text: [UInt32]) -> [ExampleSection.Token] {
    if copy.count == text.count {
      return zip(copy, text).map { $0.0 == $0.1 ? .init($0.0) : .init($0.0, .replaced, original: $0.1) }
    }
    if let kept = Alignment.ranges(of: copy, in: text, mask: nil, gapsAllowed: true) {
      let places = Set(kept.map(\.lowerBound))
      return text.indices.map { .init(text[$0], places.contains($0) ? .plain : .deleted) }
    }
    let kept = Alignment.ranges(of: text, in: copy, mask: nil, gapsAllowed: true) ?? []
    let places = Set(kept.map(\.lowerBound))
    return copy.indices.map { .init(copy[$0], places.contains($0) ? .plain : .inserted) }
  }
}
