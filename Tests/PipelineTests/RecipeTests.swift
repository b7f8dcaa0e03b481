import Palimpsest
import TestSupport
import Testing

@Suite("A recipe")
struct RecipeTests {
  static let smallest = """
    input: corpus.jsonl
    tokenizer: tokenizer.json
    objectives:
      mlm: {length: 64}

    """

  private func diagnostic(_ yaml: String, overrides: [String] = []) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try Recipe(yaml: yaml, path: "recipe.yaml", overrides: overrides)
      return nil
    } catch {
      return error
    }
  }

  @Test("fills in every default")
  func defaults() throws {
    let recipe = try Recipe(yaml: Self.smallest)
    #expect(recipe.seed == 0)
    #expect(recipe.inputs.count == 1)
    #expect(recipe.inputs[0].patterns == ["corpus.jsonl"])
    #expect(recipe.inputs[0].options.text == ["text"])
    #expect(recipe.inputs[0].options.onError == .fail)
    #expect(recipe.outputPath == "out")
    #expect(recipe.sharding == .bytes(64_000_000))
    #expect(recipe.shuffle == .global)
    #expect(recipe.validation == 0)
    #expect(recipe.blockByteCount == 8 << 20)
    #expect(recipe.objectives.map(\.name) == ["mlm"])
    #expect(recipe.objectives[0].epochs == 1)
    #expect(recipe.objectives[0].settings.integer("length") == 64)
    #expect(!recipe.matchesSpecialInText)
  }

  @Test(
    "says of what cannot be read where it is and what would do",
    arguments: [
      ("", "recipe.yaml", nil),
      ("# nothing yet\n", "recipe.yaml", nil),
      ("input: a\ntokenizer: t\nobjectives: [clm]\n", "recipe.yaml: line 3, column 13", "for example"),
      ("input: a\ntokenizer: t\nobjectives: {clm: {}}\ntext: nfc\n", "recipe.yaml: line 4, column 7", "[nfc]"),
      ("input: a\ntokenizer: t\nobjectives: {clm: {}}\ntext: [nfc, nfcx]\n", "recipe.yaml: line 4, column 13", "'nfc'"),
      ("input: {path: a, on_error: skipp}\n", "recipe.yaml: line 1, column 28", "'skip'"),
      ("input: a\ntokenizer: t\nobjectives:\n\tclm: {}\n", "recipe.yaml: line 4, column 1", "not tabs"),
      ("input: a\n---\ninput: b\n", "recipe.yaml: line 2, column 1", "one document"),
      ("input: a\ntokenizer: t\nobjectives: {clm: {}}\noutput: {path: ''}\n", "recipe.yaml: line 4, column 16", "`.`"),
      ("input: a\ntokenizer: t\nobjectives: {clm: {}}\nblock_size: 0.1B\n", "recipe.yaml: line 4, column 13", nil),
    ] as [(String, String, String?)])
  func places(yaml: String, place: String, help: String?) throws {
    var text = yaml
    if yaml.hasPrefix("input: {path") { text += "tokenizer: t\nobjectives: {clm: {}}\n" }
    let error = try #require(diagnostic(text))
    #expect(error.location?.description == place)
    if let help { #expect(error.help?.contains(help) == true, "\(error)") }
  }

  @Test("may begin with a byte order mark, and must be UTF-8")
  func encoding() throws {
    #expect(try Recipe(yaml: "\u{FEFF}" + Self.smallest).objectives.count == 1)
    let scratch = try ScratchDirectory()
    var file = try AtomicFile(scratch.path("recipe.yaml"), in: LocalFileSystem())
    try file.write(Array("input: a\nt\u{F6}kenizer: ".utf8) + [0xE4, 0x0A])
    try file.commit()
    let error = #expect(throws: Diagnostic.self) { try Recipe(contentsOf: scratch.path("recipe.yaml")) }
    #expect(error?.code == "recipe.not-utf8")
    #expect(error?.location?.line == 2)
    #expect(error?.location?.byte == 21)
  }

  @Test("takes several inputs, nested fields, sizes with units and two objectives of a kind")
  func everything() throws {
    let recipe = try Recipe(
      yaml: """
        seed: 17
        input:
          - {path: ["a/*.jsonl.zst", b.jsonl], text: meta.body, id: meta.id, on_error: skip}
          - {path: "-", format: text, documents: line, max_document_size: 1MiB}
        text: [nfc, whitespace]
        tokenizer: {train: {model: bpe, vocab_size: 500, special_tokens: ["<s>"]}}
        special_tokens: {mask: "<mask>"}
        special_in_text: match
        objectives:
          mlm: {length: 128, epochs: 4}
          mlm-words: {objective: mlm, unit: whole_word}
        output: {path: data, shard_size: 1.5MB, shuffle: none, validation: 0.25}
        block_size: 64kB
        """)
    #expect(recipe.seed == 17)
    #expect(recipe.inputs[0].patterns == ["a/*.jsonl.zst", "b.jsonl"])
    #expect(recipe.inputs[0].options.text == ["meta", "body"])
    #expect(recipe.inputs[0].options.id == ["meta", "id"])
    #expect(recipe.inputs[0].options.onError == .skip)
    #expect(recipe.inputs[1].options.maximumDocumentBytes == 1 << 20)
    #expect(recipe.inputs[1].options.blockBytes == 64_000)
    #expect(recipe.textSteps == ["nfc", "whitespace"])
    #expect(recipe.objectives.map(\.kind) == ["mlm", "mlm"])
    #expect(recipe.objectives[0].epochs == 4)
    #expect(recipe.sharding == .bytes(1_500_000))
    #expect(recipe.shuffle == .none)
    #expect(recipe.validation == 0.25)
    #expect(recipe.matchesSpecialInText)
    #expect(recipe.specialTokens.map(\.role) == ["mask"])
    guard case .train(let settings) = recipe.tokenizer else {
      Issue.record("the tokenizer is to be trained")
      return
    }
    #expect(settings.text("model") == "bpe")
  }

  @Test("shows the line of an unknown key, with a caret and the nearest known key")
  func unknownKey() {
    let yaml = """
      input: corpus.jsonl
      tokenizer: tokenizer.json
      objectives:
        span_corruption: {length: 64, noise_densty: 0.3}
      """
    #expect(
      diagnostic(yaml)?.description.hasPrefix(
        """
        error[settings.unknown-key]: 'objectives.span_corruption' has no key 'noise_densty'
          at        recipe.yaml: line 4, column 33
          4 |   span_corruption: {length: 64, noise_densty: 0.3}
            |                                 ^
          expected  one of objective, epochs, bins, preset, length, noise_density
        """) == true)
    #expect(diagnostic(yaml)?.help == "did you mean 'noise_density'?")
  }

  @Test("says what a value of the wrong type should have been")
  func wrongType() {
    let found = diagnostic(Self.smallest + "output: {shard_size: huge}\n")
    #expect(
      found?.description == """
        error[settings.wrong-type]: 'output.shard_size' is not a size such as 64MB or 8MiB
          at        recipe.yaml: line 5, column 22
          5 | output: {shard_size: huge}
            |                      ^
          expected  a size such as 64MB or 8MiB
          found     huge
        """)
  }

  @Test(
    "is refused, with a code that says why",
    arguments: [
      ("input: a\ntokenizer: t.json\n", "settings.missing-key"),
      ("input: a\ntokenizer: t.json\nobjectives: {}\n", "settings.invalid"),
      ("input: a\ntokenizer: t.json\nobjectives: {mlmm: {}}\n", "list.unknown-name"),
      ("input: a\ntokenizer: {}\nobjectives: {mlm: {}}\n", "recipe.no-tokenizer"),
      ("input: a\ntokenizer: {path: t.json, train: {}}\nobjectives: {mlm: {}}\n", "settings.invalid"),
      ("input: a\ntokenizer: t.json\nobjectives: {\"../mlm\": {objective: mlm}}\n", "recipe.bad-name"),
      ("input: a\nseed: -1\ntokenizer: t.json\nobjectives: {mlm: {}}\n", "settings.wrong-type"),
      ("input: a\nseed: 1\nseed: 2\ntokenizer: t.json\nobjectives: {mlm: {}}\n", "recipe.malformed-yaml"),
      ("input: [a\n", "recipe.malformed-yaml"),
      ("just text", "settings.wrong-type"),
      ("input: a\ntokenizer: t.json\ntext: [nfc, nfcc]\nobjectives: {mlm: {}}\n", "settings.wrong-type"),
      ("input: a\ntokenizer: t.json\noutput: {validation: 0.9}\nobjectives: {mlm: {}}\n", "settings.wrong-type"),
      ("input: {path: a, on_error: ignore}\ntokenizer: t.json\nobjectives: {mlm: {}}\n", "settings.wrong-type"),
    ])
  func refused(yaml: String, code: String) {
    #expect(diagnostic(yaml)?.code == code)
  }

  @Test("takes overrides, through maps that are there and maps that are not")
  func overrides() throws {
    let recipe = try Recipe(
      yaml: Self.smallest,
      overrides: ["seed=7", "objectives.mlm.length=32", "output.path=elsewhere", "input.text=body"])
    #expect(recipe.seed == 7)
    #expect(recipe.objectives[0].settings.integer("length") == 32)
    #expect(recipe.outputPath == "elsewhere")
    #expect(recipe.inputs[0].patterns == ["corpus.jsonl"])
    #expect(recipe.inputs[0].options.text == ["body"])
    #expect(try Recipe(yaml: Self.smallest, overrides: ["input.path=-"]).inputs[0].patterns == ["-"])
    #expect(diagnostic(Self.smallest, overrides: ["seed"])?.code == "recipe.bad-override")
    #expect(diagnostic(Self.smallest, overrides: ["sead=3"])?.help == "did you mean 'seed'?")
  }

  @Test("has a digest that the output's path does not change and everything else does")
  func digest() throws {
    let digest = try Recipe(yaml: Self.smallest).digest
    #expect(try Recipe(yaml: Self.smallest, overrides: ["output.path=b"]).digest == digest)
    #expect(try Recipe(yaml: "# a comment\n" + Self.smallest).digest == digest)
    for override in ["seed=1", "objectives.mlm.length=65", "output.shuffle=none", "text=[nfc]", "block_size=1MB"] {
      #expect(try Recipe(yaml: Self.smallest, overrides: [override]).digest != digest, "\(override)")
    }
  }
}
