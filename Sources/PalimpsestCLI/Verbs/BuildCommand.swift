import ArgumentParser
import Palimpsest

struct BuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Build a dataset from a recipe.",
    discussion: """
      Reads and tokenizes the corpus once, makes the examples of every objective, and writes shards that \
      datasets.load_from_disk and pyarrow open. A stopped build goes on when it is run again.

        palimpsest build recipe.yaml
        palimpsest build recipe.yaml --output out --threads 4 --set seed=7

      Several machines that share the inputs and the output folder may each make a part, in any order, with \
      --part 1/8 … --part 8/8. Run again when all have ended, a part writes its share of the shards; a plain build \
      makes what is missing, and finishes the dataset.
      """)

  @OptionGroup var recipe: RecipeOptions
  @OptionGroup var output: OutputOptions

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Where the dataset goes, instead of the recipe's output.path.", valueName: "dir"))
  var outputPath: String?

  @Flag(help: "Start over: replace an earlier dataset or unfinished work in the output folder.")
  var fresh = false

  @Option(
    help: ArgumentHelp(
      "Make only this share of the blocks, and of the shards once all blocks are there (2/8 is the second of eight).",
      valueName: "I/N"))
  var part: String?

  @Option(
    help: ArgumentHelp(
      "Memory for sorting rows, over all threads (512MB); by default 128MiB for each thread.", valueName: "size"))
  var memory: String?

  @Flag(help: "Begin even what the disk does not seem to hold.")
  var noSpaceCheck = false

  @Flag(help: "Show what would be done, what it takes of the disk, and do nothing.")
  var dryRun = false

  func validate() throws {
    if fresh, part != nil { throw ValidationError("--fresh would throw away what other parts have made: leave it out") }
    if let memory, byteCount(from: memory) == nil { throw ValidationError("--memory takes a size such as 512MB") }
  }

  mutating func run() throws {
    let loaded = try recipe.load(outputPath.map { ["output.path='" + $0.doublingQuotes() + "'"] } ?? [])
    var options = DatasetBuilder.Options()
    options.threads = recipe.threads ?? 0
    options.startsFresh = fresh
    options.sortingByteCount = memory.flatMap { byteCount(from: $0) } ?? 0
    options.checksSpace = !noSpaceCheck
    if let part { options.part = try BuildPart(part) }
    if dryRun {
      let preview = try DatasetBuilder(recipe: loaded, options: options, in: Terminal.fileSystem).preview()
      Terminal.print(output.json ? ReportText.json(preview) : ReportText.text(preview))
      return
    }
    let line = ProgressLine(isQuiet: output.quiet || output.json)
    options.onProgress = { line.show($0) }
    if !output.quiet, !output.json { options.onSpaceNeeds = { Terminal.printError("disk: " + ReportText.text($0)) } }
    Terminal.stopOnInterrupt(options.cancellation)
    defer { line.finish() }
    let report = try DatasetBuilder(recipe: loaded, options: options, in: Terminal.fileSystem).build()
    line.finish()
    if output.json {
      Terminal.print(ReportText.json(report))
    } else if !output.quiet {
      Terminal.print(ReportText.text(report))
    }
  }
}

extension String {
  /// For a YAML text in single quotes.
  fileprivate func doublingQuotes() -> String {
    reduce(into: "") { $0 += $1 == "'" ? "''" : String($1) }
  }
}
