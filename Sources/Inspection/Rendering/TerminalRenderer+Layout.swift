internal import Blocks
internal import Objectives
internal import Shards

extension TerminalRenderer {
  /// What is being looked at: `out · 3 objectives · 8,000 ids · seed 42 · palimpsest 0.1.0`
  public func header(of dataset: Dataset) -> String {
    let manifest = dataset.manifest
    let facts = [
      Numbers.counted(dataset.objectives.count, "objective"),
      Numbers.counted(manifest.tokenizer.vocabularySize, "id"), "seed \(manifest.seed)",
      "palimpsest \(manifest.palimpsestVersion)",
    ]
    return line([
      .init(text: dataset.path.printable, ink: .heading),
      .init(text: " · " + facts.joined(separator: " · "), ink: .faint),
    ])
  }

  /// `── mlm ─────────…` over the whole width.
  func rule(_ title: String) -> String {
    line([
      .init(text: "── ", ink: .faint), .init(text: title, ink: .heading),
      .init(text: " " + String(repeating: "─", count: max(2, width - displayWidth(title) - 4)), ink: .faint),
    ])
  }

  /// What the marks in these examples mean, each once, in the order of `ExampleSection.Mark`.
  func legend(of views: [ExampleView]) -> String {
    let sections = views.flatMap(\.sections)
    let marks = Set(sections.flatMap(\.tokens).map(\.mark))
    var entries: [(sample: String, meaning: String, ink: Ink)] = []
    let hasMaskedSpans = sections.contains { $0.tokens.contains { $0.mark == .masked && $0.original == nil } }
    if marks.contains(.masked) {
      entries.append(
        hasMaskedSpans ? ("[mask]", "hides words, →word just one", .hidden) : ("[mask→word]", "hidden", .hidden))
    }
    if marks.contains(.replaced) { entries.append(("{shown←word}", "replaced at random", .wrong)) }
    if marks.contains(.kept) { entries.append(("{=word}", "shown, asked for all the same", .kept)) }
    if marks.contains(.sentinel) { entries.append(("⟨0: words⟩", "span hidden behind sentinel 0", .sentinel)) }
    if marks.contains(.prefix) { entries.append(("given ┃ asked for", "", .given)) }
    if marks.contains(.deleted) { entries.append(("[-words-]", "left out", .hidden)) }
    if marks.contains(.inserted) { entries.append(("{+words+}", "inserted", .wrong)) }
    if sections.contains(where: { $0.tokens.contains { $0.mark == .moved } }) {
      entries.append(("§2", "was sentence 2", .number))
    }
    return paragraph(entries)
  }

  /// Samples with their meanings, indented by two. Samples and units stay whole; only explanations may be broken.
  func paragraph(_ entries: [(sample: String, meaning: String, ink: Ink)]) -> String {
    var flow = TextFlow()
    for (number, entry) in entries.enumerated() {
      if number > 0 { flow.append(" · ", .faint) }
      flow.append(entry.sample.replacing(" ", with: Self.fixedSpace), entry.ink)
      flow.append((entry.sample.isEmpty ? "" : " ") + entry.meaning, .faint)
      flow.breakWord()
    }
    return flow.lines(width: width - 2).map { line([.init(text: "  ", ink: .plain)] + $0) }.joined()
  }

  /// A space at which no line breaks. It is printed as a plain one; text of the dataset never holds it.
  static let fixedSpace = "\u{A0}"

  /// A title in the margin and a text beside it.
  func block(title: String, _ flow: TextFlow, gutter: Int) -> String {
    let indent = String(repeating: " ", count: gutter + 2)
    var output = "\n"
    let lines = flow.isEmpty ? [[.init(text: "(nothing)", ink: .faint)]] : flow.lines(width: width - gutter - 2)
    for (number, pieces) in lines.enumerated() {
      let margin: [TextFlow.Piece] =
        number == 0
        ? [
          .init(text: "  ", ink: .plain), .init(text: title, ink: .heading),
          .init(text: String(repeating: " ", count: max(0, gutter - displayWidth(title))), ink: .plain),
        ] : [.init(text: indent, ink: .plain)]
      output += line(margin + pieces)
    }
    return output
  }

  /// One line, inked where colours are wanted, without spaces at its end.
  func line(_ pieces: [TextFlow.Piece]) -> String {
    var output = ""
    var open = ""
    for piece in pieces {
      let parameters = usesColor ? piece.ink.parameters : ""
      if parameters != open {
        if !open.isEmpty { output += "\u{1B}[0m" }
        if !parameters.isEmpty { output += "\u{1B}[\(parameters)m" }
        open = parameters
      }
      output += piece.text
    }
    if !open.isEmpty { output += "\u{1B}[0m" }
    while output.last == " " { output.removeLast() }
    return output.replacing(Self.fixedSpace, with: " ") + "\n"
  }
}
