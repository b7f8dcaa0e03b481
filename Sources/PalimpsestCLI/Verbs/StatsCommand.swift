import ArgumentParser
import Palimpsest

struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Count rows, lengths and ids, and compare rates with what is expected.",
    discussion: """
      Each objective says which rates its examples should show and how far chance may carry them; a rate more than \
      5 standard errors away is flagged.

        palimpsest stats out
        palimpsest stats out --objective mlm --sample 10000 --json
      """)

  @Argument(help: "The dataset's folder, or a folder inside it.")
  var dataset: String

  @Option(help: ArgumentHelp("Only this objective.", valueName: "name"))
  var objective: String?

  @Option(help: ArgumentHelp("Read only so many rows of each split.", valueName: "n"))
  var sample: Int?

  @Option(help: ArgumentHelp("List so many of the most frequent tokens.", valueName: "n"))
  var top = 10

  @Flag(help: "Print one JSON object a line, with stable keys, on standard output.")
  var json = false

  func validate() throws {
    if let sample, sample < 1 { throw ValidationError("--sample takes a number from 1 on") }
    if top < 0 { throw ValidationError("--top takes a number from 0 on") }
  }

  mutating func run() throws {
    var statistics = Statistics(of: try Dataset(opening: dataset))
    statistics.objective = objective
    statistics.sample = sample
    statistics.topCount = top
    let splits = try statistics.measure()
    if json {
      for split in splits { Terminal.print(split.json.description) }
    } else {
      Terminal.print(InspectionText.text(splits))
    }
  }
}
