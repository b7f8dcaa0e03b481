import ArgumentParser
import Palimpsest

/// How messages look; every verb has these.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON with stable keys on standard output.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print nothing but results and errors.")
  var quiet = false
}

/// Whether to colour: when, for `--color`.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// `auto`: a terminal that does not ask for plain text (https://no-color.org).
  var isOn: Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      Terminal.isOutputTerminal && (Terminal.environment("NO_COLOR") ?? "").isEmpty
        && Terminal.environment("TERM") != "dumb"
    }
  }
}

extension Terminal {
  /// The files of this machine and, as far as the environment lets in, those of others.
  static var fileSystem: RemoteFileSystem { RemoteFileSystem(settings: RemoteSettings(environment: environment)) }
}

/// How many threads work.
struct WorkerOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "Worker threads; by default one for each core. The result does not depend on it.")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads takes a number from 1 to 1024")
    }
  }
}

/// A recipe and what the command line changes in it.
struct RecipeOptions: ParsableArguments {
  @Argument(help: "The recipe, a YAML file.")
  var recipe: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Override a key of the recipe: seed=7, objectives.mlm.length=64. May be repeated.", valueName: "key=value"))
  var overrides: [String] = []

  @OptionGroup var workers: WorkerOptions

  var threads: Int? { workers.threads }

  func load(_ moreOverrides: [String] = []) throws(Diagnostic) -> Recipe {
    try Recipe(contentsOf: recipe, overrides: overrides + moreOverrides)
  }
}
