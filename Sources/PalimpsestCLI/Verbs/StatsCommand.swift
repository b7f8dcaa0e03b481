import ArgumentParser
import Palimpsest

struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Count rows, lengths and ids, and compare rates and distributions with what is expected.",
    discussion: """
      Each objective says which rates its examples should show, and how lengths, places, choices and random ids should \
      be spread. A rate 5 standard errors away or more is flagged, and a distribution whose chi-square or \
      Kolmogorov-Smirnov distance chance reaches less than once in a million times. \
      Documentation/Statistics.md lists the laws.

        palimpsest stats out
        palimpsest stats out --objective mlm --sample 10000 --json

      Exit code 3 when something is flagged.
      """)

  @Argument(help: "The dataset's folder, or a folder inside it.")
  var dataset: String

  @Option(help: ArgumentHelp("Only this objective.", valueName: "name"))
  var objective: String?

  @Option(help: ArgumentHelp("Read only so many rows of each split.", valueName: "n"))
  var sample: Int?

  @Option(help: ArgumentHelp("List so many of the most frequent tokens.", valueName: "n"))
  var top = 10

  @OptionGroup var workers: WorkerOptions

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
    let splits = try statistics.measure(on: WorkerThreads(workers.threads ?? 0))
    if json {
      for split in splits { Terminal.print(split.json.description) }
    } else {
      Terminal.print(InspectionText.text(splits))
    }
    if !splits.allSatisfy(\.isPlausible) { throw ExitStatus.checkFailed }
  }
}
