import Blocks

/// The reference of all presets, made from the presets themselves.
public struct PresetReference: Sendable {
  public let presets: [Preset]

  public init(catalog: Catalog = .standard) {
    presets = catalog.presets.members.map(\.member)
  }

  /// `Documentation/Presets.md`; a test holds the file to it.
  public var markdown: String {
    var text = """
      # Presets

      A preset is a published model's data recipe under its name. This page is made from the presets themselves
      (`palimpsest presets --markdown`). `palimpsest presets` lists them, and `palimpsest presets show NAME` prints a
      whole recipe with every setting written out, to begin with.

      At the top of a recipe, a preset stands for the text steps, the training of a tokenizer and one objective; what
      the recipe says itself counts before it, map by map and key by key:

      ```yaml
      preset: bert-base
      input: corpora/*.jsonl.zst
      tokenizer: bert-base-uncased/tokenizer.json            # in place of one that is trained
      objectives: {bert-base: {epochs: 2}}                   # the rest of it as it is
      ```

      Under an objective, or a task of a [mixture](Objectives/mixture.md), it stands for the objective and its settings:

      ```yaml
      objectives:
        phase-2: {preset: bert-base, length: 512, max_predictions: 77}
      ```

      A recipe that names a preset gives the same bytes as the one that spells it out.

      """
    for preset in presets { text += Self.section(preset) }
    return text
  }

  private static func section(_ preset: Preset) -> String {
    var text = "\n## `\(preset.name)`\n\n\(preset.summary)\n\n"
    text += "- Paper: \(preset.paper)\n- Checked against: \(preset.code.replacing(", ", with: ",\n  "))\n"
    text += "- Objective: [`\(preset.objective)`](Objectives/\(preset.objective).md)\n"
    if !preset.text.isEmpty {
      text += "- Text steps: " + preset.text.map { "`\($0)`" }.joined(separator: ", ") + "\n"
    }
    if !preset.differences.isEmpty {
      text += "\nNot as in the original:\n\n" + preset.differences.map { "- \($0)\n" }.joined()
    }
    text += "\n| setting | value | in the original |\n|---|---|---|\n"
    for value in preset.settings { text += row(value, "") }
    for value in preset.tokenizer { text += row(value, "tokenizer.train.") }
    return text
  }

  private static func row(_ value: Preset.Value, _ prefix: String) -> String {
    var shown = SettingValue(value.content).description
    // A list of a hundred sentinels says no more than its ends.
    if case .list(let members) = value.content, members.count > 12 {
      let ends = members.prefix(7).map(\.description) + ["…"] + members.suffix(1).map(\.description)
      shown = "[" + ends.joined(separator: ", ") + "]"
    }
    func cell(_ text: String) -> String {
      text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
    return "| `\(prefix)\(value.key)` | `\(cell(shown))` | \(cell(value.source)) |\n"
  }
}
