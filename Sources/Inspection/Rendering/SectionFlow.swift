internal import Blocks
internal import Objectives

/// Turns a section's tokens into inked text, with marks that read the same without ink.
///
///     [MASK→brown]      hidden behind the mask             ⟨0: lazy dog⟩   a span behind sentinel 0
///     {jumped←jumps}    replaced                           given ┃ asked   where the prefix ends
///     {=over}           shown, and asked for all the same  §2              sentence 2 of the original
///     [-deleted-]       left out                           {+inserted+}    not in the original
///
/// Words keep their spaces: a mark inside a word touches its neighbours, `play[MASK→ing]`.
struct SectionFlow {
  private let text: TokenText
  /// By number: the tokens behind a sentinel, from the sections that ask for them.
  private let spans: [Int: [UInt32]]
  private var flow = TextFlow()

  /// - Parameter spans: empty for sections that show the spans themselves.
  init(_ section: ExampleSection, spans: [Int: [UInt32]], text: TokenText) {
    self.text = text
    self.spans = spans
    var tokens = section.tokens[...]
    var previous: ExampleSection.Mark?
    var sentence: Int?
    while let first = tokens.first {
      let run = tokens.prefix(Self.runLength(tokens, text))
      if first.mark == .target, previous == .prefix { flow.append(" ┃ ", .faint) }
      if Self.isNumberedBySentence(first.mark), let group = first.group, group != sentence {
        flow.append(" §\(group + 1) ", .number)
        sentence = group
      }
      append(run)
      previous = first.mark
      tokens = tokens.dropFirst(run.count)
    }
  }

  static func flow(of section: ExampleSection, spans: [Int: [UInt32]], text: TokenText) -> TextFlow {
    SectionFlow(section, spans: spans, text: text).flow
  }

  /// Whether the group of such a token is its sentence in the original, and not a sentinel or a segment.
  private static func isNumberedBySentence(_ mark: ExampleSection.Mark) -> Bool {
    switch mark {
    case .plain, .moved, .masked, .replaced, .kept, .inserted: true
    case .special, .sentinel, .target, .prefix, .deleted: false
    }
  }

  /// How many of the first tokens are shown together.
  private static func runLength(_ tokens: ArraySlice<ExampleSection.Token>, _ text: TokenText) -> Int {
    guard let first = tokens.first else { return 0 }
    var length = 1
    for (previous, token) in zip(tokens, tokens.dropFirst()) {
      guard token.mark == first.mark else { return length }
      switch token.mark {
      case .plain, .moved, .target, .prefix, .deleted, .inserted:
        guard token.group == first.group else { return length }
      case .special:
        guard token.id == first.id else { return length }
      case .masked:
        // A word in several tokens reads as one; a mask for a whole span stands alone.
        guard let original = token.original, previous.original != nil, text.joinsPrevious(original) else {
          return length
        }
      case .kept:
        guard text.joinsPrevious(token.id) else { return length }
      case .replaced, .sentinel:
        return length
      }
      length += 1
    }
    return length
  }

  private mutating func append(_ run: ArraySlice<ExampleSection.Token>) {
    guard let first = run.first else { return }
    let ids = run.map(\.id)
    let originals = run.compactMap(\.original)
    switch first.mark {
    case .plain, .moved: append(text.text(of: ids), .plain)
    case .target: append(text.text(of: ids), .asked)
    case .prefix: append(text.text(of: ids), .given)
    case .special:
      let times = run.count > 1 ? "×\(run.count)" : ""
      append((text.name(of: first.id) + times, true, true), .faint)
    case .masked:
      let mask = Self.bare(text.name(of: first.id)) + (run.count > 1 ? "×\(run.count)" : "")
      guard !originals.isEmpty else { return append(("[" + mask + "]", true, false), .hidden) }
      append(text.text(of: originals), .hidden, from: "[" + mask + "→", to: "]")
    case .replaced:
      let shown = text.text(of: ids).text
      guard !originals.isEmpty else { return append(text.text(of: ids), .wrong, from: "{", to: "←?}") }
      append(text.text(of: originals), .hidden, from: "{", shown, "←", to: "}")
    case .kept: append(text.text(of: ids), .kept, from: "{=", to: "}")
    case .deleted: append(text.text(of: ids), .hidden, from: "[-", to: "-]")
    case .inserted: append(text.text(of: ids), .wrong, from: "{+", to: "+}")
    case .sentinel:
      let number = first.group.map(String.init) ?? text.name(of: first.id)
      guard let group = first.group, let span = spans[group] else {
        return append(("⟨\(number)⟩", true, true), .sentinel)
      }
      let hidden = text.text(of: span)
      if hidden.hasSpaceBefore { flow.breakWord() }
      flow.append("⟨\(number): ", .sentinel)
      flow.append(hidden.text, .hidden)
      flow.append("⟩", .sentinel)
      if hidden.hasSpaceAfter { flow.breakWord() }
    }
  }

  private typealias Text = (text: String, hasSpaceBefore: Bool, hasSpaceAfter: Bool)

  private mutating func append(_ piece: Text, _ ink: Ink) {
    if piece.hasSpaceBefore { flow.breakWord() }
    flow.append(piece.text, ink)
    if piece.hasSpaceAfter { flow.breakWord() }
  }

  /// Text in brackets. Where the text had no space before it, the brackets have none either.
  private mutating func append(
    _ piece: Text, _ ink: Ink, from opening: String, _ shown: String = "", _ arrow: String = "", to closing: String
  ) {
    if piece.hasSpaceBefore { flow.breakWord() }
    flow.append(opening, .faint)
    flow.append(shown, .wrong)
    flow.append(arrow, .faint)
    flow.append(piece.text, ink)
    flow.append(closing, .faint)
    if piece.hasSpaceAfter { flow.breakWord() }
  }

  /// `[MASK]` → `MASK`, `<mask>` → `mask`
  private static func bare(_ name: String) -> String {
    let isBracket: (Character) -> Bool = { "[]<>|".contains($0) }
    let bare = name.drop(while: isBracket)
    return String(bare.prefix { !isBracket($0) })
  }
}
