public import Blocks
import Objectives
import Text

/// The reference of all recipe keys, made from the definitions that check recipes.
public struct RecipeReference: Sendable {
  public struct Section: Sendable {
    /// `input`, `tokenizer.train`, `objectives.mlm`, …
    public var name: String
    public var summary: String
    public var settings: [Setting]
  }

  public let sections: [Section]

  public init(catalog: Catalog = .standard) {
    var sections = [
      Section(name: "recipe", summary: "The top level of the file.", settings: RecipeKeys.top),
      Section(name: "input", summary: "One source of documents.", settings: RecipeKeys.input),
      Section(
        name: "input.text", summary: "The fields of a record, the document of a supervised pair (`pairs: given`).",
        settings: RecipeKeys.records),
      Section(
        name: "input.limits",
        summary:
          "Bounds on what a file can make the program do; corpora stay far within. Beyond them `on_error` decides.",
        settings: RecipeKeys.limits),
      Section(name: "tokenizer", summary: "Where the tokenizer comes from.", settings: RecipeKeys.tokenizer),
      Section(
        name: "tokenizer.train", summary: "How to train a tokenizer from the same inputs.", settings: RecipeKeys.train),
      Section(
        name: "tokenizer.codes", summary: "The vocabulary of inputs that are codes already.",
        settings: CodeVocabulary.settings),
      Section(
        name: "special_tokens", summary: "Which tokens play which role.", settings: RecipeKeys.specialTokens),
      Section(name: "output", summary: "Where the dataset goes.", settings: RecipeKeys.output),
    ]
    for (name, type) in catalog.objectives.members {
      sections.append(
        Section(
          name: "objectives.\(name)", summary: type.summary, settings: RecipeKeys.objective(name) + type.settings))
    }
    self.sections = sections
  }

  /// `Documentation/Recipe.md`; a test holds the file to it.
  public var markdown: String {
    var text = """
      # Recipe reference

      A recipe is a YAML file. Every key, its type and its default stand here; an unknown key or a value of another type
      is an error that names the line. This page is made from the same definitions that check recipes
      (`palimpsest explain --markdown`). On the command line `--set key=value` overrides any key:
      `--set seed=7`, `--set objectives.mlm.length=64`.

      """
    for section in sections {
      text += "\n## `\(section.name)`\n\n\(section.summary)\n\n"
      if section.name == "recipe" { text += Self.example }
      text += "| key | value | default | meaning |\n|---|---|---|---|\n"
      for setting in section.settings {
        text += "| `\(setting.key)` | \(Self.cell("\(setting.kind)")) | \(Self.cell(Self.defaultText(setting))) | "
        text += Self.cell(setting.summary) + " |\n"
      }
    }
    text += "\n## Text steps\n\nThe names that `text` may list, applied in the given order.\n\n"
    text += "| step | what it does |\n|---|---|\n"
    for (name, step) in TextPipeline.steps.members { text += "| `\(name)` | \(Self.cell(step.summary)) |\n" }
    return text
  }

  /// The default as it would be written in a recipe; "required" where there is none.
  public static func defaultText(_ setting: Setting) -> String {
    guard let value = setting.defaultValue else { return "required" }
    if case .byteSize = setting.kind, case .integer(let count) = value {
      if count % (1 << 20) == 0 { return "`\(count >> 20)MiB`" }
      if count % 1_000_000 == 0 { return "`\(count / 1_000_000)MB`" }
    }
    return value == .null ? "–" : "`\(SettingValue(value).description)`"
  }

  private static func cell(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }

  private static let example = """
    ```yaml
    seed: 17
    input: {path: "corpora/*.jsonl.zst", text: text}      # or a list of such
    text: [nfc, whitespace]
    tokenizer: tokenizer.json                              # or {train: {model: wordpiece, vocab_size: 8000}}
    objectives:
      mlm: {length: 128}
      mlm-whole-word: {objective: mlm, unit: whole_word}   # a second one of a kind, under a name of its own
      clm: {length: 256}
      prefix_lm: {length: 256}
      span_corruption: {length: 512}
      denoising: {length: 256}
      contrastive: {length: 64}
    output: {path: out, shard_size: 64MB, shuffle: global, validation: 0.01}
    ```

    """
}
