import ArgumentParser
import Palimpsest

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Train a small model on a sample: can this be learned from?",
    discussion: """
      For each objective: do labels stand where they belong, can answers be copied from what is in sight, does a small \
      model learn more than counting tells and more than from shuffled labels, is the right source better than another?

        palimpsest validate out
        palimpsest validate out --objective mlm --html report.html
        palimpsest validate out --quick --plant shifted-labels     see a fault being caught

      Exit code 3 when an objective does not pass.
      """)

  @Argument(help: "The dataset's folder, or a folder inside it.")
  var dataset: String

  @Option(help: ArgumentHelp("Only this objective.", valueName: "name"))
  var objective: String?

  @Flag(help: "Fewer steps, smaller batches: a first look within a minute.")
  var quick = false

  @Option(help: ArgumentHelp("Steps of training; by default 450, quick 220.", valueName: "n"))
  var steps: Int?

  @Option(help: "What the sample and the models' first values depend on.")
  var seed: UInt64 = 17

  @Option(help: ArgumentHelp("Write the report with its loss curves as a page.", valueName: "file"))
  var html: String?

  @Option(
    help: ArgumentHelp("Plant a fault in what is read: \(Self.faults).", valueName: "fault"), transform: Self.fault)
  var plant: Fault?

  @OptionGroup var workers: WorkerOptions

  @OptionGroup var output: OutputOptions

  private static let faults = Fault.allCases.map(\.rawValue).joined(separator: ", ")

  private static func fault(_ name: String) throws -> Fault {
    if let fault = Fault(rawValue: name) { return fault }
    throw ValidationError("--plant takes one of \(faults)")
  }

  func validate() throws {
    if let steps, !(1...100_000).contains(steps) { throw ValidationError("--steps takes a number from 1 to 100000") }
  }

  mutating func run() throws {
    var validator = Validator(of: try Dataset(opening: dataset))
    if let objective { validator.objective = objective }
    if quick { validator.settings = .quick }
    if let steps { validator.settings.steps = steps }
    validator.seed = seed
    validator.fault = plant
    let line = ValidationProgress(isQuiet: output.quiet || output.json)
    let threads = workers.threads ?? processorCount()
    let isQuiet = output.quiet
    let json = output.json
    let report = try validator.run(
      width: threads, sideBySide: { pieces throws(Diagnostic) in try Parallel.run(pieces, threads: threads) },
      progress: { line.show($0) },
      finished: { report in
        line.clear()
        if json {
          Terminal.print(report.json.description)
        } else if !isQuiet || !report.isSound {
          Terminal.print(ValidationText.text(report))
        }
      })
    if let html { try ValidationPage(report).write(to: html) }
    if !json, !isQuiet { Terminal.print(ValidationText.verdict(report)) }
    if !report.isSound { throw ExitStatus.checkFailed }
  }
}
