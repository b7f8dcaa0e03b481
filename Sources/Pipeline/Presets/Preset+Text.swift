public import Blocks
import Objectives
import Tokenization

extension Preset {
  /// A whole recipe with every setting written out, to begin with: `palimpsest presets show NAME > recipe.yaml`.
  ///
  /// - Throws: what the recipe has to say, were the preset wrong.
  public func recipeText(catalog: Catalog = .standard) throws(Diagnostic) -> String {
    let input = SettingValue(
      .map([.init("path", SettingValue(.text("corpus.jsonl"))), .init("text", SettingValue(.text("text")))]))
    let tree = SettingValue(.map([.init("preset", SettingValue(.text(name))), .init("input", input)]))
    let resolved = try Recipe(tree, catalog: catalog).resolved
    var text = header
    for key in RecipeKeys.top.map(\.key) where key != "preset" {
      guard let value = resolved[key] else { continue }
      switch key {
      case "tokenizer":
        text += "tokenizer:\n  train:\n" + lines(value["train"]?.trainable, stated: tokenizer, indent: 4)
      case "objectives": text += "objectives:\n  \(name):\n" + lines(value[name], stated: settings, indent: 4)
      default: text += YAMLText.entry(key, value, indent: 0)
      }
    }
    return text
  }

  private var header: String {
    var lines = ["\(name): \(summary)", "", "Paper   \(paper)", "Code    \(code)"]
    for (number, difference) in differences.enumerated() {
      lines.append((number == 0 ? "Differs " : "        ") + difference)
    }
    lines += [
      "",
      "`input` is to be yours. Lines with a note are the preset's, with the original's name for the value; the others",
      "are defaults. `preset: \(name)` in a recipe stands for `text`, `tokenizer` and `objectives` below.",
    ]
    return lines.map { $0.isEmpty ? "#\n" : "# \($0)\n" }.joined() + "\n"
  }

  /// The settings of a map, one a line, those that the preset states with a note.
  private func lines(_ map: SettingValue?, stated: [Value], indent: Int) -> String {
    guard case .map(let entries)? = map?.content else { return "" }
    return entries.map { entry in
      let source = stated.first { $0.key == entry.key }?.source
      return YAMLText.entry(entry.key, entry.value, indent: indent, note: source)
    }.joined()
  }
}

extension SettingValue {
  /// The keys for training that mean something beside the others: those that the model takes, and `sentinels` only
  /// where no special tokens are stated.
  fileprivate var trainable: SettingValue {
    guard case .map(let entries) = content, case .text(let name)? = self["model"]?.content,
      let model = TrainerSettings.Model(rawValue: name)
    else { return self }
    let states = self["special_tokens"]?.content != .null
    return SettingValue(
      .map(entries.filter { TrainerSettings.takes($0.key, for: model) && !(states && $0.key == "sentinels") }))
  }
}

/// Settings written as YAML that a recipe reads back as the same values.
enum YAMLText {
  /// `key: value`, with a line end; maps one key a line.
  static func entry(_ key: String, _ value: SettingValue, indent: Int, note: String? = nil) -> String {
    let margin = String(repeating: " ", count: indent)
    if case .map(let entries) = value.content, !entries.isEmpty {
      return margin + key + ":\n" + entries.map { Self.entry($0.key, $0.value, indent: indent + 2) }.joined()
    }
    var line = margin + key + ": "
    if case .list(let values) = value.content {
      line += list(values.map(Self.scalar), indent: indent + 2, after: line.count)
    } else {
      line += scalar(value)
    }
    guard let note else { return line + "\n" }
    // A list of several lines has its note above it.
    if line.contains("\n") { return margin + "# " + note + "\n" + line + "\n" }
    return line + String(repeating: " ", count: max(1, 40 - line.count)) + "# " + note + "\n"
  }

  /// `[a, b, c]`, in several lines where it is long.
  private static func list(_ members: [String], indent: Int, after used: Int) -> String {
    let whole = "[" + members.joined(separator: ", ") + "]"
    if used + whole.count <= 110 { return whole }
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = margin
    for member in members {
      if line.count > margin.count, line.count + member.count > 108 {
        lines.append(line)
        line = margin
      }
      line += (line.count > margin.count ? " " : "") + member + ","
    }
    return "[\n" + (lines + [line]).joined(separator: "\n") + "\n" + String(margin.dropLast(2)) + "]"
  }

  private static func scalar(_ value: SettingValue) -> String {
    guard case .text(let text) = value.content else { return value.description }
    // What begins with a letter and goes on like a name is text without quotes, but for YAML's own words.
    let isPlain =
      text.utf8.first.map { (97...122).contains($0 | 32) } ?? false
      && text.utf8.allSatisfy {
        (97...122).contains($0 | 32) || (48...57).contains($0) || [45, 46, 47, 95].contains($0)
      }
      && !["true", "false", "null"].contains(text.lowercased())
    if isPlain { return text }
    let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
    return "\"" + String(escaped) + "\""
  }
}
