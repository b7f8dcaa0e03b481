import ArgumentParser
import Palimpsest

struct PresetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets",
    abstract: "List the recipes of published models, or show one in full.",
    discussion: """
        palimpsest presets                              what there is
        palimpsest presets show bert-base               every setting, with its source
        palimpsest presets show bert-base > recipe.yaml a recipe to begin with
      """,
    subcommands: [List.self, Show.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the presets.")

    @Flag(help: "Print the reference of all presets as Markdown.")
    var markdown = false

    mutating func run() throws {
      let reference = PresetReference()
      if markdown {
        Terminal.print(reference.markdown)
        return
      }
      var table = TextTable()
      table.leftColumns = [0, 1, 2]
      table.rows = reference.presets.map { [$0.name, $0.objective, $0.summary] }
      Terminal.print(table.render())
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a preset as a whole recipe.")

    @Argument(help: "A preset.")
    var name: String

    mutating func run() throws {
      Terminal.print(try AllPresets.standard.member(named: name).recipeText())
    }
  }
}
