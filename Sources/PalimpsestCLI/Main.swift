import ArgumentParser
import Palimpsest

/// `palimpsest`: text corpora in, self-supervised training shards out.
struct PalimpsestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "palimpsest",
    abstract: "Turns text corpora into sharded datasets for self-supervised pretraining.",
    discussion: """
      A recipe (YAML) says what to read, how to tokenize and which tasks to make:

        palimpsest build recipe.yaml              corpus → tokenizer → examples → shards
        palimpsest inspect out --objective mlm    what exactly was masked here?
        palimpsest verify out                     is every byte and every example right?
        palimpsest validate out                   can a small model learn from it?

      The result opens with datasets.load_from_disk("out/mlm").

      Exit codes: 0 done, 1 failed, 2 wrong usage, 3 data failed a check, 130 interrupted.
      """,
    version: Version.current,
    subcommands: [
      BuildCommand.self, TrainCommand.self, InspectCommand.self, VerifyCommand.self, StatsCommand.self,
      ValidateCommand.self, ReadCommand.self, TokenizeCommand.self, DetokenizeCommand.self, ExplainCommand.self,
      PresetsCommand.self,
    ])
}

@main
enum Main {
  static func main() {
    Terminal.ignoreClosedPipes()
    refuseUnknownCommand()
    do {
      var command = try PalimpsestCommand.parseAsRoot()
      try command.run()
    } catch let diagnostic as Diagnostic {
      Terminal.fail(diagnostic)
    } catch let status as ExitStatus {
      Terminal.exit(status)
    } catch {
      let message = PalimpsestCommand.fullMessage(for: error)
      let isHelp = PalimpsestCommand.exitCode(for: error).isSuccess
      if isHelp { Terminal.print(message) } else { Terminal.printError(message) }
      Terminal.exit(isHelp ? .done : .usage)
    }
    Terminal.exit(.done)
  }

  /// The parser only counts the arguments it does not expect; a misspelt command deserves the nearest one.
  private static func refuseUnknownCommand() {
    guard let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-") else { return }
    let known = PalimpsestCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    if known.contains(word) || word == "help" { return }
    let nearest = nearestName(to: word, among: known).map { " Did you mean '\($0)'?" } ?? ""
    Terminal.printError(
      """
      Error: There is no command '\(word)'.\(nearest)
      Commands: \(known.joined(separator: ", ")). See 'palimpsest --help' for more information.
      """)
    Terminal.exit(.usage)
  }
}
