import Palimpsest
import TestSupport
import Testing

/// Views made by hand, and what they must look like, to the letter.
@Suite struct RenderingTests {
  private typealias Token = ExampleSection.Token

  private let tokenizer: Tokenizer
  private let vocabulary: SpecialTokens

  init() throws {
    tokenizer = try Tokenizer(json: TestDataset.tokenizerBytes)
    vocabulary = try tokenizer.specialTokens()
  }

  private func id(_ token: String) -> UInt32 { tokenizer.id(of: token) ?? 1 }

  private func tokens(_ text: String, _ mark: ExampleSection.Mark = .plain, group: Int? = nil) -> [Token] {
    text.split(separator: " ").map { Token(id(String($0)), mark, group: group) }
  }

  private func masked(_ original: String) -> Token { Token(id("[MASK]"), .masked, original: id(original)) }

  private func render(
    _ sections: [ExampleSection], width: Int = 72, color: Bool = false, ids: Bool = false,
    tokenizer other: Tokenizer? = nil
  ) throws -> String {
    let view = ExampleView(
      objective: "story", kind: "mlm", split: "train", index: 1203, rowCount: 20211,
      example: Example(schema: ExampleSchema([]), values: []), sections: sections)
    let renderer = try TerminalRenderer(
      tokenizer: other ?? tokenizer, vocabulary: vocabulary, width: width, usesColor: color, showsIDs: ids)
    return renderer.render([view])
  }

  /// The lines of a section, without heading, legend and facts.
  private func body(_ tokens: [Token], width: Int = 72) throws -> String {
    let lines = try render([ExampleSection("input", tokens)], width: width).split(
      separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("  input") })
    return lines[start...].dropLast().map { String($0.dropFirst(9)) }.joined(separator: "\n")
  }

  @Test("A masked example: words hidden whole, replaced and kept, and a target that needs no second telling")
  func maskedLM() throws {
    let input =
      tokens("[CLS]", .special) + tokens("the old") + [masked("monk")] + tokens("wrote on thin")
      + [Token(id("fox"), .replaced, original: id("skin"))] + tokens("of") + [Token(id("sheep"), .kept)]
      + tokens(", he") + [masked("s"), masked("##c"), masked("##ed")] + tokens("the ink")
      + [Token(id("##s"), .kept)] + tokens(".") + tokens("[SEP]", .special)
      + tokens("[PAD] [PAD] [PAD]", .special)
    let target = tokens("monk skin sheep s ##c ##ed ##s", .target)
    #expect(
      try render([ExampleSection("input", input), ExampleSection("target", target)]) == """
        ── story (mlm) ─────────────────────────────────────────────────────────
          [mask→word] hidden · {shown←word} replaced at random · {=word} shown,
          asked for all the same

        train · example 1,203 of 20,211
          7 of 23 tokens (30.4 %) selected: 4 masked (57.1 %),
          1 replaced (14.3 %), 2 kept (28.6 %)

          input   [CLS] the old [MASK→monk] wrote on thin {fox←skin} of
                  {=sheep}, he [MASK×3→sced] the ink{=s}. [SEP] [PAD]×3

        """)
  }

  @Test("Spans stand in the input behind their sentinels, and in the target after them")
  func spans() throws {
    let input =
      tokens("the") + [Token(id("<extra_id_0>"), .sentinel, group: 0)] + tokens("wrote")
      + [Token(id("<extra_id_1>"), .sentinel, group: 1)] + tokens("##s .") + tokens("[SEP]", .special)
    let target =
      [Token(id("<extra_id_0>"), .sentinel, group: 0)] + tokens("old monk", .target, group: 0)
      + [Token(id("<extra_id_1>"), .sentinel, group: 1)] + tokens("over ink", .target, group: 1)
      + tokens("[SEP]", .special)
    #expect(
      try render([ExampleSection("input", input), ExampleSection("target", target)]) == """
        ── story (mlm) ─────────────────────────────────────────────────────────
          ⟨0: words⟩ span hidden behind sentinel 0

        train · example 1,203 of 20,211
          4 of 7 tokens (57.1 %) hidden in 2 spans

          input   the ⟨0: old monk⟩ wrote ⟨1: over ink⟩s. [SEP]

          target  ⟨0⟩ old monk ⟨1⟩ over ink [SEP]

        """)
  }

  @Test("A bar stands between what is given and what is asked for")
  func prefix() throws {
    #expect(try body(tokens("the old monk", .prefix) + tokens("wrote .", .target)) == "the old monk ┃ wrote.")
    #expect(try body(tokens("the old", .target)) == "the old")
  }

  @Test("Sentences bear the number they had, and say what was left out and put in")
  func denoising() throws {
    let input =
      tokens("the fox .", .moved, group: 1) + [Token(id("[MASK]"), .masked, group: 0)]
      + tokens("wrote", .plain, group: 0) + [Token(id("[MASK]"), .inserted)] + tokens(".", .plain, group: 0)
    #expect(try body(input) == "§2 the fox. §1 [MASK] wrote {+[MASK]+}.")
    let target = tokens("the") + tokens("old monk", .deleted) + tokens("wrote")
    #expect(try body(target) == "the [-old monk-] wrote")
  }

  @Test("Views of a pair stand below each other, with their own titles")
  func views() throws {
    let text = try render([
      ExampleSection("view 1", tokens("the old monk")), ExampleSection("view 2", tokens("old monk wrote")),
    ])
    #expect(text.hasSuffix("\n  view 1  the old monk\n\n  view 2  old monk wrote\n"))
  }

  @Test("Lines keep to the width, whatever it is")
  func wrapping() throws {
    let many = (0..<40).flatMap { _ in tokens("the old") + [masked("monk")] }
    for width in 40...120 {
      for line in try render([ExampleSection("input", many)], width: width).split(separator: "\n") {
        #expect(line.count <= width)
      }
    }
    let long = tokens("m") + Array(repeating: Token(id("##m")), count: 200)
    let lines = try body(long, width: 60).split(separator: "\n")
    #expect(lines.map(\.count) == [51, 51, 51, 48])
  }

  @Test("Colour changes no letter")
  func colour() throws {
    let sections = [ExampleSection("input", tokens("the") + [masked("old")] + tokens("monk"))]
    let plain = try render(sections)
    let colored = try render(sections, color: true)
    #expect(colored.contains("\u{1B}[1;35mold\u{1B}[0m"))
    #expect(!plain.contains("\u{1B}"))
    #expect(colored.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
  }

  @Test("Ids are shown with their marks when asked for")
  func rawIDs() throws {
    let sections = [ExampleSection("input", tokens("the") + [masked("old")] + tokens("monk", .moved, group: 2))]
    let text = try render(sections, ids: true)
    #expect(text.hasSuffix("\n  input  \(id("the")) 4:masked←\(id("old")) \(id("monk")):moved#2\n"))
  }

  @Test("Ids outside the vocabulary are shown as numbers")
  func unknownIDs() throws {
    #expect(try body([Token(4_000_000_000), Token(id("old"))]) == "#4000000000 old")
  }

  @Test("Bytes of one character in several tokens are put together, and spaces are where they were")
  func byteLevel() throws {
    // "é" is C3 A9: Ã ©; "Ġ" is a space, "Ċ" a newline, "Ľ" byte 9B, the escape's C1 twin when it stands alone.
    let json = """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
       "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
       "post_processor": null,
       "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
       "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
        "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
        "vocab": {"Ã": 0, "©": 1, "Ġ": 2, "Ċ": 3, "a": 4, "Ġa": 5, "ě": 6}, "merges": [["Ġ", "a"]]}}
      """
    let other = try Tokenizer(json: Array(json.utf8))
    let none = SpecialTokens(vocabularySize: 7)
    let renderer = try TerminalRenderer(tokenizer: other, vocabulary: none, width: 60)
    func show(_ tokens: [Token]) -> String {
      let view = ExampleView(
        objective: "x", kind: "x", split: "train", index: 0, rowCount: 1,
        example: Example(schema: ExampleSchema([]), values: []), sections: [ExampleSection("in", tokens)])
      return String(renderer.render([view]).split(separator: "\n").last?.dropFirst(6) ?? "")
    }
    #expect(show([4, 5, 0, 1, 2, 4].map { Token($0) }) == "a aé a")
    #expect(show([Token(4), Token(6, .masked, original: 0), Token(6, .masked, original: 1)]) == "a[ě×2→é]")
    #expect(show([Token(4), Token(6, .masked, original: 5)]) == "a [ě→a]")
    // Half a character is no text; a newline does not break the line; an escape does not reach the terminal.
    #expect(show([0, 4, 3, 6, 4].map { Token($0) }) == "\u{FFFD}a⏎\\u{1b}a")
  }

  @Test("An example of a dataset looks the same for ever")
  func wholeExample() throws {
    try withDataset([TestDataset.maskedLM, TestDataset.spans]) { built in
      let dataset = try Dataset(opening: built.path)
      let renderer = try TerminalRenderer(tokenizer: dataset.tokenizer, vocabulary: dataset.vocabulary, width: 80)
      #expect(renderer.header(of: dataset) == "\(built.path) · 2 objectives · 133 ids · seed 7 · palimpsest 0.1.0\n")
      let masked = try dataset.view(dataset.objective(named: "mlm"), split: "train", index: 2)
      #expect(renderer.render([masked]) == Self.maskedSnapshot)
      let spans = try dataset.view(dataset.objective(named: "spans"), split: "train", index: 7)
      #expect(renderer.render([spans]) == Self.spansSnapshot)
    }
  }

  private static let maskedSnapshot = """
    ── mlm ─────────────────────────────────────────────────────────────────────────
      [mask→word] hidden · {=word} shown, asked for all the same

    train · example 2 of 16
      doc 3bff0bc5151a25ee · window 0 · epoch 0 · source tokens 0 to 13
      input_ids 16 · labels 2 of 16
      2 of 14 tokens (14.3 %) selected: 1 masked (50.0 %), 0 replaced (0.0 %),
      1 kept (50.0 %)

      input   [CLS] under the new lines the [MASK→old] {=words} still show through.
              some pages hold [SEP]

    """

  private static let spansSnapshot = """
    ── spans (span_corruption) ─────────────────────────────────────────────────────
      ⟨0: words⟩ span hidden behind sentinel 0

    train · example 7 of 13
      doc 3bff0bc5151a25ee · window 1 · epoch 0 · source tokens 17 to 22
      input_ids 7 of 16 · labels 3 of 5
      1 of 6 tokens (16.7 %) hidden in 1 span

      input   one over the other!⟨0: .⟩ [SEP]

      target  ⟨0⟩ . [SEP]

    """

  @Test("JSON has stable keys: columns in their shape, sections with tokens, marks and originals")
  func json() throws {
    let schema = ExampleSchema([
      Column("input_ids", .uint16, .fixed([2, 2]), "Two views."),
      Column("labels", .int16, .list, "What is asked for."),
      Column("doc_id", .uint64, .scalar, "The document."),
    ])
    let view = ExampleView(
      objective: "pairs", kind: "contrastive", split: "train", index: 3, rowCount: 9,
      example: Example(schema: schema, values: [[5, 6, 7, 8], [-100, 9], [-1]]),
      sections: [ExampleSection("input", [Token(4, .masked, original: 2, group: 1), Token(3)])])
    #expect(
      view.json { "<\($0)>" }.description == #"{"objective":"pairs","kind":"contrastive","split":"train","index":3,"#
        + #""doc_id":"ffffffffffffffff","columns":{"input_ids":[[5,6],[7,8]],"labels":[-100,9],"#
        + #""doc_id":"ffffffffffffffff"},"sections":[{"title":"input","tokens":["#
        + #"{"id":4,"token":"<4>","mark":"masked","original":{"id":2,"token":"<2>"},"group":1},"#
        + #"{"id":3,"token":"<3>","mark":"plain"}]}]}"#)
  }
}
