public import Blocks

extension Denoising {
  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
      return ExampleSection.raw(example, ["input_ids", "labels"])
    }
    let origins = origins(parts)
    let ranges = alignment(parts)
    var hidden = Array(repeating: true, count: parts.text.count)
    guard changesLength || parts.shown.count == parts.permuted.count else {
      return ExampleSection.raw(example, ["input_ids", "labels"])
    }
    var shown: [ExampleSection.Token] = []
    for (index, id) in parts.shown.enumerated() {
      let range = ranges?[index]
      let source = range?.first.map { origins[$0] }
      if id == mask {
        let stoodForNothing = range?.isEmpty == true && !dropsTokens && !steps.contains(.mask)
        let mark: ExampleSection.Mark = stoodForNothing ? .inserted : .masked
        let original = range?.count == 1 ? range?.first.map { parts.permuted[$0] } : nil
        shown.append(.init(id, mark, original: original, group: source?.sentence))
      } else {
        let before = range?.first.map { parts.permuted[$0] } ?? id
        if let source, before == id { hidden[source.position] = false }
        let mark: ExampleSection.Mark = before != id ? .replaced : source?.isMoved == true ? .moved : .plain
        shown.append(.init(id, mark, original: before == id ? nil : before, group: source?.sentence))
      }
    }
    // The input as the model gets it: turned, and in its frame.
    let start = max(0, min(parts.rotation - 1, shown.count))
    shown = Array(shown[start...] + shown[..<start])
    let target = parts.text.enumerated().map { index, id in
      ExampleSection.Token(id, ranges != nil && hidden[index] ? .deleted : .target)
    }
    return [
      ExampleSection("input", framed(shown)), ExampleSection("target", framed(target)),
    ]
  }

  private func framed(_ tokens: [ExampleSection.Token]) -> [ExampleSection.Token] {
    [.init(frame.opening, .special)] + tokens + [.init(frame.closing, .special)]
  }

  /// Where a token of the permuted text was before.
  private struct Origin {
    var position: Int
    var sentence: Int?
    var isMoved: Bool
  }

  private func origins(_ parts: Parts) -> [Origin] {
    guard !parts.order.isEmpty else {
      return parts.text.indices.map { Origin(position: $0, sentence: nil, isMoved: false) }
    }
    var origins: [Origin] = []
    for (place, number) in parts.order.enumerated() {
      let sentence = Int(number)
      let end = sentence + 1 < parts.sentenceStarts.count ? parts.sentenceStarts[sentence + 1] : parts.text.count
      for position in parts.sentenceStarts[sentence]..<end {
        origins.append(Origin(position: position, sentence: sentence, isMoved: place != sentence))
      }
    }
    return origins
  }
}
