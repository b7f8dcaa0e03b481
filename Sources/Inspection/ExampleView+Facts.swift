internal import Blocks
internal import Objectives

extension ExampleView {
  /// One fact to a line: where the example comes from, how long it is, what was done to it.
  var facts: [String] {
    [place, lengths, corruption].filter { !$0.isEmpty }
  }

  /// `doc 5f2c9a01be77d310 · window 2 · epoch 0 · tokens 252 to 377`
  private var place: String {
    var parts: [String] = []
    if let documentID { parts.append("doc " + Digest.hex(documentID)) }
    if let window = example.scalar("example_index") { parts.append("window \(window)") }
    if let epoch = example.scalar("epoch") { parts.append("epoch \(epoch)") }
    if let start = example.scalar("source_start"), let length = example.scalar("source_length"), length > 0 {
      parts.append("source tokens \(start) to \(start.addingReportingOverflow(length - 1).partialValue)")
    }
    return parts.joined(separator: " · ")
  }

  /// `input 98 of 128 · labels 22 of 29`: real values of the padded columns, counts of the others.
  private var lengths: String {
    var parts: [String] = []
    for (column, values) in zip(example.schema.columns, example.values) {
      guard column.shape != .scalar, ["input_ids", "labels"].contains(column.name) else { continue }
      var real = values.count
      if column.name == "labels" {
        real = values.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }
      } else if case let mask = example["attention_mask"], mask.count == values.count {
        real = mask.reduce(0) { $0 + ($1 == 1 ? 1 : 0) }
      }
      parts.append("\(column.name) \(real)" + (real < values.count ? " of \(values.count)" : ""))
    }
    return parts.joined(separator: " · ")
  }

  /// `19 of 126 tokens selected (15.1 %): 15 masked (78.9 %), 2 replaced (10.5 %), 2 kept (10.5 %)`
  private var corruption: String {
    var counts: [ExampleSection.Mark: Int] = [:]
    for token in sections.first?.tokens ?? [] { counts[token.mark, default: 0] += 1 }
    func count(_ mark: ExampleSection.Mark) -> Int { counts[mark] ?? 0 }
    let window = example.scalar("source_length").flatMap { Int(exactly: $0) } ?? sections.first?.tokens.count ?? 0
    func share(_ part: Int) -> String {
      " of \(Numbers.counted(window, "token")) (\(Numbers.percent(part, of: window)))".unbroken
    }

    var parts: [String] = []
    let asked = sections.dropFirst().flatMap(\.tokens).reduce(0) { $0 + ($1.mark == .target ? 1 : 0) }
    let missing = sections.dropFirst().flatMap(\.tokens).reduce(0) { $0 + ($1.mark == .deleted ? 1 : 0) }
    let selected = count(.masked) + count(.replaced) + count(.kept)
    if count(.sentinel) > 0 {
      parts.append("\(asked)\(share(asked)) hidden in \(Numbers.counted(count(.sentinel), "span"))")
    } else if missing > 0 {
      parts.append(
        "\(missing)\(share(missing)) left out"
          + (count(.masked) > 0 ? ", \(Numbers.counted(count(.masked), "mask"))" : ""))
    } else if selected > 0 {
      let actions = [("masked", ExampleSection.Mark.masked), ("replaced", .replaced), ("kept", .kept)]
      parts.append(
        "\(selected)\(share(selected)) selected: "
          + actions.map { "\(count($1)) \($0) (\(Numbers.percent(count($1), of: selected)))".unbroken }.joined(
            separator: ", "))
    }
    if count(.prefix) > 0 { parts.append("\(count(.prefix))\(share(count(.prefix))) given") }
    if count(.inserted) > 0 { parts.append("\(count(.inserted)) inserted") }
    if count(.moved) > 0 {
      let sentences = Set(sections.first?.tokens.compactMap { $0.mark == .moved ? $0.group : nil } ?? [])
      parts.append("\(Numbers.counted(sentences.count, "sentence")) moved")
    }
    return parts.joined(separator: " · ")
  }
}

extension String {
  /// The text as one unit that no line breaks.
  fileprivate var unbroken: String { replacing(" ", with: TerminalRenderer.fixedSpace) }
}
