public import Blocks
internal import Objectives
public import Tokenization

/// Shows examples to a person: words as they flow, with marks for what was hidden, replaced, moved and asked for.
///
///     input   [CLS] the quick [MASK→brown] fox {tea←jumps} over the {=lazy} dog. [SEP]
///
/// The text comes out the same with colour and without; brackets carry the meaning. Nothing a dataset holds can command
/// the terminal: control characters are shown, not sent.
public struct TerminalRenderer: Sendable {
  /// Columns of the terminal.
  public var width: Int
  public var usesColor: Bool
  /// Show ids and marks token by token instead of words.
  public var showsIDs: Bool
  let text: TokenText

  /// - Throws: `json.…`, when the tokenizer is not the one that was opened.
  public init(
    tokenizer: Tokenizer, vocabulary: SpecialTokens, width: Int = 100, usesColor: Bool = false, showsIDs: Bool = false
  ) throws(Diagnostic) {
    self.width = max(width, 40)
    self.usesColor = usesColor
    self.showsIDs = showsIDs
    text = try TokenText(tokenizer: tokenizer, vocabulary: vocabulary)
  }

  /// The spelling of an id in the vocabulary, safe to print.
  public func name(of id: UInt32) -> String { text.name(of: id) }

  /// Some examples of one objective, under one heading and one legend; lines end with a newline.
  public func render(_ views: [ExampleView]) -> String {
    guard let first = views.first else { return "" }
    var output = rule(first.objective + (first.kind == first.objective ? "" : " (\(first.kind))"))
    if !showsIDs { output += legend(of: views) }
    for view in views { output += "\n" + render(view) }
    return output
  }

  /// One example without heading and legend.
  func render(_ view: ExampleView) -> String {
    var output = line([
      .init(text: "\(view.split) · example \(Numbers.count(view.index))", ink: .heading),
      .init(text: " of \(Numbers.count(view.rowCount))", ink: .faint),
    ])
    for fact in view.facts { output += paragraph([("", fact, .faint)]) }
    let gutter = (view.sections.map { displayWidth($0.title) }.max() ?? 0) + 2
    let spans = Self.spans(in: view.sections)
    for (number, section) in view.sections.enumerated() where number == 0 || !isRepetition(section, in: view) {
      let isInput = number == 0
      let flow =
        showsIDs ? Self.ids(of: section) : SectionFlow.flow(of: section, spans: isInput ? spans : [:], text: text)
      output += block(title: section.title, flow, gutter: gutter)
    }
    return output
  }

  /// A target that holds nothing but what the input's marks say already.
  private func isRepetition(_ section: ExampleSection, in view: ExampleView) -> Bool {
    guard !showsIDs, let input = view.sections.first else { return false }
    let asked = input.tokens.compactMap { token in
      token.mark == .kept ? token.id : [.masked, .replaced].contains(token.mark) ? token.original : nil
    }
    return !asked.isEmpty && section.tokens.map(\.id) == asked
  }

  /// The tokens behind each sentinel, from the sections that ask for them.
  private static func spans(in sections: [ExampleSection]) -> [Int: [UInt32]] {
    var spans: [Int: [UInt32]] = [:]
    for token in sections.dropFirst().flatMap(\.tokens) where token.mark == .target {
      if let group = token.group { spans[group, default: []].append(token.id) }
    }
    return spans
  }

  /// `103:masked←2829`: a section as it is stored.
  private static func ids(of section: ExampleSection) -> TextFlow {
    var flow = TextFlow()
    for token in section.tokens {
      flow.append("\(token.id)", token.mark == .plain ? .plain : .heading)
      if token.mark != .plain { flow.append(":\(token.mark.rawValue)", .faint) }
      if let original = token.original { flow.append("←\(original)", .hidden) }
      if let group = token.group { flow.append("#\(group)", .number) }
      flow.breakWord()
    }
    return flow
  }
}
