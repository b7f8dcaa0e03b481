import ArgumentParser
import Palimpsest

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove every byte and every example of a dataset.",
    discussion: """
      Compares checksums, reads every example, checks all its invariants, restores the text it was made of, makes it \
      again from the seed, and checks the order of the rows. Says exactly where something is wrong.

        palimpsest verify out
        palimpsest verify out --objective mlm --sample 10000

      Exit code 3 when something is wrong.
      """)

  @Argument(help: "The dataset's folder, or a folder inside it.")
  var dataset: String

  @Option(help: ArgumentHelp("Only this objective.", valueName: "name"))
  var objective: String?

  @Option(
    help: ArgumentHelp(
      "Prove only so many examples of each split; all bytes are checked all the same.", valueName: "n"))
  var sample: Int?

  @OptionGroup var workers: WorkerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let sample, sample < 0 { throw ValidationError("--sample takes a number from 0 on") }
  }

  mutating func run() throws {
    var audit = Audit(of: dataset)
    audit.objective = objective
    audit.sample = sample
    let line = InspectionProgress(isQuiet: output.quiet || output.json)
    let report = try audit.run(on: WorkerThreads(workers.threads ?? 0)) { line.show($0) }
    line.finish()
    if output.json {
      Terminal.print(report.json.description)
    } else if !output.quiet || !report.isClean {
      Terminal.print(InspectionText.text(report))
    }
    if !report.isClean { throw ExitStatus.checkFailed }
  }
}
