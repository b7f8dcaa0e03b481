import ArgumentParser
import Palimpsest

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a tokenizer from a recipe's inputs.",
    discussion: """
      Reads what `build` would read, with the same text steps, and writes a tokenizer.json that Hugging Face \
      tokenizers load. The recipe's tokenizer.train says how:

        tokenizer: {train: {model: wordpiece, vocab_size: 8000}}

        palimpsest train recipe.yaml -o tokenizer.json
      """)

  @OptionGroup var recipe: RecipeOptions
  @OptionGroup var output: OutputOptions

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Where the tokenizer goes.", valueName: "file"))
  var outputPath = "tokenizer.json"

  mutating func run() throws {
    let loaded = try recipe.load()
    let line = ProgressLine(isQuiet: output.quiet || output.json)
    let cancellation = Cancellation()
    Terminal.stopOnInterrupt(cancellation)
    defer { line.finish() }
    let report = try TokenizerTraining(
      recipe: loaded, threads: recipe.threads ?? 0, cancellation: cancellation, onProgress: { line.show($0) },
      in: Terminal.fileSystem
    ).train(writingTo: outputPath)
    line.finish()
    if output.json {
      Terminal.print(ReportText.json(report))
    } else if !output.quiet {
      Terminal.print(ReportText.text(report))
    }
  }
}
