import Palimpsest
import TestSupport
import Testing

@Suite("Presets")
struct PresetTests {
  private func recipe(_ yaml: String, overrides: [String] = []) throws -> Recipe {
    try Recipe(yaml: yaml, path: "recipe.yaml", overrides: overrides)
  }

  private func diagnostic(_ yaml: String) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try Recipe(yaml: yaml, path: "recipe.yaml")
      return nil
    } catch {
      return error
    }
  }

  static let names = AllPresets.standard.names

  @Test("of the models that people reproduce are there")
  func list() {
    for name in [
      "bert-base", "roberta", "spanbert", "t5-v1.1", "ul2", "bart-large", "gpt2", "unilm-v1", "simcse-unsup",
      "contriever", "modernbert",
    ] { #expect(Self.names.contains(name)) }
    #expect(Set(Self.names).count == Self.names.count)
  }

  @Test("cite a paper and the code they were checked against", arguments: names)
  func citations(name: String) throws {
    let preset = try AllPresets.standard.member(named: name)
    #expect(preset.summary.hasSuffix("."))
    #expect(preset.paper.contains("arXiv:") || preset.paper.contains("§"))
    #expect(preset.code.contains("/"))
    #expect(preset.differences.allSatisfy { $0.hasSuffix(".") })
    #expect((preset.settings + preset.tokenizer).allSatisfy { !$0.source.isEmpty })
  }

  /// A preset is short for what it states: the long form is the same recipe, to the byte.
  @Test("are the recipes that they print", arguments: names)
  func printed(name: String) throws {
    let preset = try AllPresets.standard.member(named: name)
    let text = try preset.recipeText()
    let short = try recipe("preset: \(name)\ninput: {path: corpus.jsonl, text: text}\n")
    let long = try recipe(text)
    #expect(long.resolved == short.resolved)
    #expect(long.digest == short.digest)
    #expect(!text.contains("preset:") || text.contains("`preset: \(name)`"))
    // Every setting of the objective, and a note on each that the preset states.
    let type = try AllObjectives.standard.member(named: preset.objective)
    for setting in type.settings { #expect(text.contains("\n    \(setting.key): "), "\(setting.key)") }
    for value in preset.settings { #expect(text.contains("# \(value.source)\n"), "\(value.key)") }
  }

  /// What a preset does not state is a default; what it states is accepted by the objective, with its own tokens.
  @Test("name settings of their objectives", arguments: names)
  func settings(name: String) throws {
    let preset = try AllPresets.standard.member(named: name)
    let keys = try AllObjectives.standard.member(named: preset.objective).settings.map(\.key) + ["epochs"]
    for value in preset.settings { #expect(keys.contains(value.key), "\(value.key)") }
    let made = try recipe("preset: \(name)\ninput: corpus.jsonl\n")
    #expect(made.objectives.map(\.name) == [name])
    #expect(made.objectives[0].kind == preset.objective)
    #expect(made.textSteps == preset.text)
  }

  @Test("give way to what a recipe says itself, key by key")
  func overridden() throws {
    let yaml = """
      preset: bert-base
      input: corpus.jsonl
      text: [nfc]
      tokenizer: {train: {vocab_size: 500}}
      objectives:
        bert-base: {length: 64}
        clm: {}
      """
    let made = try recipe(yaml, overrides: ["objectives.bert-base.epochs=3"])
    #expect(made.textSteps == ["nfc"])
    #expect(made.objectives.map(\.name) == ["bert-base", "clm"])
    let pairs = made.objectives[0]
    #expect(pairs.epochs == 3)
    #expect(pairs.settings.integer("length") == 64)
    #expect(pairs.settings.integer("max_predictions") == 20)
    guard case .train(let train) = made.tokenizer else {
      Issue.record("a tokenizer is trained")
      return
    }
    #expect(train.integer("vocab_size") == 500)
    #expect(train.texts("special_tokens") == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
  }

  @Test("leave the tokenizer to a file, or to another model, where the recipe names one")
  func otherTokenizer() throws {
    for tokenizer in ["t.json", "{path: t.json}"] {
      let made = try recipe("preset: bert-base\ninput: a\ntokenizer: \(tokenizer)\n")
      guard case .file(let file) = made.tokenizer else {
        Issue.record("a tokenizer is read")
        return
      }
      #expect(file.path == "t.json")
    }
    let made = try recipe("preset: bert-base\ninput: a\ntokenizer: {train: {model: bpe, vocab_size: 600}}\n")
    guard case .train(let train) = made.tokenizer else {
      Issue.record("a tokenizer is trained")
      return
    }
    #expect(train.text("model") == "bpe")
    #expect(train.value("special_tokens").content == .null)
  }

  @Test("stand for the settings of an objective, and of a task")
  func entries() throws {
    let made = try recipe(
      """
      input: a
      tokenizer: t.json
      objectives:
        phase-2: {preset: bert-base, length: 512, max_predictions: 77, epochs: 1}
        multi:
          objective: mixture
          tasks:
            spans: {preset: t5-v1.1, weight: 3, length: 128}
            ul2: {weight: 2}
      """)
    #expect(made.objectives.map(\.kind) == ["bert_pairs", "mixture"])
    #expect(made.objectives[0].settings.integer("length") == 512)
    #expect(made.objectives[0].settings.number("short_seq_prob") == 0.1)
    let tasks = made.objectives[1].settings.value("tasks")
    #expect(tasks["spans"]?["objective"]?.content == .text("span_corruption"))
    #expect(tasks["spans"]?["length"]?.content == .integer(128))
    #expect(tasks["spans"]?["weight"]?.content == .integer(3))
    // Defaults of tasks are filled in, too.
    #expect(tasks["ul2"]?["s_split"]?.content == .text("quarter"))
    #expect(made.resolved["objectives"]?["phase-2"]?["preset"] == nil)
  }

  @Test("that are not there, or not for this, are an error at their place")
  func errors() throws {
    let unknown = try #require(diagnostic("preset: bert-bace\ninput: a\n"))
    #expect(unknown.code == "list.unknown-name")
    #expect(unknown.help == "did you mean 'bert-base'?")
    #expect(unknown.location?.line == 1)
    let nested = try #require(
      diagnostic("input: a\ntokenizer: t\nobjectives:\n  x: {objective: mixture, tasks: {y: {preset: t5}}}\n"))
    #expect(nested.code == "list.unknown-name")
    #expect(nested.location?.line == 4)
    let other = try #require(
      diagnostic("input: a\ntokenizer: t\nobjectives:\n  x: {preset: roberta, objective: clm}\n"))
    #expect(other.code == "recipe.other-preset")
    #expect(other.expected == "objective: mlm")
    let bare = try #require(diagnostic("input: a\ntokenizer: t\nobjectives: {roberta: {}}\n"))
    #expect(bare.help == "'roberta' is a preset: write {preset: roberta} under a name of your choice")
    let list = try #require(diagnostic("input: a\ntokenizer: t\nobjectives: {x: {preset: [roberta]}}\n"))
    #expect(list.code == "settings.wrong-type")
    let setting = try #require(diagnostic("input: a\ntokenizer: t\nobjectives: {x: {preset: roberta, lenght: 3}}\n"))
    #expect(setting.help == "did you mean 'length'?")
  }

  @Test("can be added to a catalog")
  func added() throws {
    let own = Preset(
      name: "ours", summary: "Ours.", paper: "§1", code: "here/there", objective: "mlm",
      settings: [.init("length", .integer(99), "length")], tokenizer: [.init("model", .text("bpe"), "bpe")])
    let made = try Recipe(
      yaml: "preset: ours\ninput: a\n", path: "recipe.yaml", catalog: Catalog.standard.adding(own))
    #expect(made.objectives[0].settings.integer("length") == 99)
  }

  private func specialTokens(_ yaml: String) throws -> [String]? {
    guard case .train(let train) = try recipe("input: a\n" + yaml).tokenizer else { return nil }
    return train.value("special_tokens").content == .null ? nil : train.texts("special_tokens")
  }

  @Test("and objectives get the special tokens they need from a tokenizer that is trained")
  func needs() throws {
    let train = "tokenizer: {train: {vocab_size: 2000}}\n"
    // What needs nothing else keeps the default list, whatever that is.
    #expect(try specialTokens(train + "objectives: {mlm: {}, clm: {}, span_corruption: {}}\n") == nil)
    let modes = try #require(try specialTokens(train + "objectives: {ul2: {}}\n"))
    #expect(modes.suffix(3) == ["[R]", "[S]", "[X]"])
    #expect(modes.first == "[PAD]")
    let fim = try #require(try specialTokens(train + "objectives: {clm: {fim_rate: 0.5}}\n"))
    #expect(fim.suffix(3) == ["<fim_prefix>", "<fim_middle>", "<fim_suffix>"])
    // A role that the recipe names is its own affair.
    #expect(
      try specialTokens(
        train + "objectives: {clm: {fim_rate: 0.5}}\n"
          + "special_tokens: {fim_prefix: <extra_id_1>, fim_middle: <extra_id_2>, fim_suffix: <extra_id_3>}\n") == nil)
    // Half of 512 tokens in spans of one: sentinels descend, so more of them come first.
    let many = try #require(
      try specialTokens(
        train + "objectives: {span_corruption: {noise_density: 0.4, mean_noise_span_length: 2}}\n"))
    let first = try #require(many.firstIndex { $0.hasPrefix("<extra_id_") })
    #expect(many.count - first > 100)
    #expect(many[first] == "<extra_id_\(many.count - first - 1)>")
    #expect(many.last == "<extra_id_0>")
    // A stated number of sentinels stays; the objective then says that it is too low.
    #expect(
      try specialTokens("tokenizer: {train: {vocab_size: 2000, sentinels: 3}}\nobjectives: {span_corruption: {}}\n")
        == nil)
  }
}
