import ArgumentParser
import Palimpsest

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain an objective or a section of the recipe.",
    discussion: """
        palimpsest explain                     what there is to explain
        palimpsest explain span_corruption     an objective, its keys and defaults
        palimpsest explain input               a section of the recipe
        palimpsest explain bert-base           a preset, as a whole recipe
      """)

  @Argument(help: "An objective, a preset, a section of the recipe, or `recipe`.")
  var topic: String?

  @Flag(help: "Print the whole recipe reference as Markdown.")
  var markdown = false

  mutating func run() throws {
    let reference = RecipeReference()
    if markdown {
      Terminal.print(reference.markdown)
      return
    }
    guard let topic else {
      var table = TextTable()
      table.leftColumns = [0, 1]
      table.rows = reference.sections.map { [$0.shortName, $0.summary] }
      table.rows += AllPresets.standard.members.map { [$0.name, "Preset. \($0.member.summary)"] }
      Terminal.print(table.render())
      return
    }
    // A name that is an objective's, too, means the objective.
    let sections = reference.sections.map { (name: $0.shortName, explanation: Self.explanation($0)) }
    let presets = try AllPresets.standard.members.filter { preset in !sections.contains { $0.name == preset.name } }
      .map { (name: $0.name, explanation: try $0.member.recipeText()) }
    let topics = NamedList(kind: "topic", (sections + presets).map { (name: $0.name, member: $0.explanation) })
    Terminal.print(try topics.member(named: topic))
  }

  private static func explanation(_ section: RecipeReference.Section) -> String {
    var text = "\(section.name): \(section.summary)\n"
    for setting in section.settings {
      text += "\n  \(setting.key)  (\(setting.kind); default \(RecipeReference.defaultText(setting).plain))\n"
      text += wrapped(setting.summary, width: min(Terminal.width, 100) - 6, indent: "      ")
    }
    let presets = AllPresets.standard.members.filter { "objectives.\($0.member.objective)" == section.name }
    if !presets.isEmpty {
      text += "\npresets: " + presets.map(\.name).joined(separator: ", ") + " (palimpsest presets show NAME)\n"
    }
    return text
  }

  private static func wrapped(_ text: String, width: Int, indent: String) -> String {
    var lines = ""
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + word.count + 1 > width {
        lines += indent + line + "\n"
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return lines + indent + line + "\n"
  }
}

extension RecipeReference.Section {
  /// The name without `objectives.` before it.
  fileprivate var shortName: String {
    name.hasPrefix("objectives.") ? String(name.dropFirst("objectives.".count)) : name
  }
}

extension String {
  /// Without the backquotes of Markdown.
  fileprivate var plain: String { filter { $0 != "`" } }
}
