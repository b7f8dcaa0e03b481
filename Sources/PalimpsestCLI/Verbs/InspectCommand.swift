import ArgumentParser
import Palimpsest

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what was masked, replaced, moved and asked for.",
    discussion: """
      Draws examples of a finished dataset and shows them as text, with marks that read the same without colour:

        [MASK→word] hidden   {shown←word} replaced   {=word} kept   ⟨0: words⟩ span   given ┃ asked for

        palimpsest inspect out                              one example of each objective
        palimpsest inspect out --objective mlm -n 5
        palimpsest inspect out/mlm --example 1204           the one that verify complained about
        palimpsest inspect out --json | jq .sections
      """)

  @Argument(help: "The dataset's folder, or a folder inside it.")
  var dataset: String

  @Option(help: ArgumentHelp("Only this objective.", valueName: "name"))
  var objective: String?

  @Option(help: ArgumentHelp("Only this split; by default the first.", valueName: "name"))
  var split: String?

  @Option(
    name: [.customShort("n"), .customLong("count")],
    help: "Examples of each objective; by default 1 of each, or 5 of one.")
  var count: Int?

  @Option(help: ArgumentHelp("Begin with this example of the split, from 0, instead of drawing.", valueName: "number"))
  var example: Int?

  @Option(help: "Which examples are drawn.")
  var seed: UInt64 = 0

  @Flag(help: "Show ids and marks instead of words.")
  var raw = false

  @Flag(help: "Print one JSON object a line, with stable keys, on standard output.")
  var json = false

  @Option(help: "Colour: auto, always, never.")
  var color = ColorChoice.auto

  func validate() throws {
    if let count, count < 1 { throw ValidationError("--count takes a number from 1 on") }
    if let example, example < 0 { throw ValidationError("--example takes a number from 0 on") }
  }

  mutating func run() throws {
    let dataset = try Dataset(opening: dataset)
    let isOne = objective != nil || dataset.selection.objective != nil
    let groups = try dataset.views(
      objective: objective, split: split, count: count ?? (isOne && example == nil ? 5 : 1), startingAt: example,
      seed: seed)
    let renderer = try TerminalRenderer(
      tokenizer: dataset.tokenizer, vocabulary: dataset.vocabulary, width: Terminal.width, usesColor: color.isOn,
      showsIDs: raw)
    if json {
      for view in groups.joined() { Terminal.print(view.json(token: renderer.name).description) }
    } else {
      Terminal.print(renderer.header(of: dataset))
      for views in groups where !views.isEmpty { Terminal.print("\n" + renderer.render(views)) }
    }
  }
}
