import ArgumentParser
import Palimpsest

struct DetokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detokenize",
    abstract: "Turn ids into text again.",
    discussion: """
      Reads what tokenize writes, a JSON array of ids a line, and writes a JSON string for each.

        palimpsest tokenize --tokenizer tokenizer.json < text.txt | palimpsest detokenize --tokenizer tokenizer.json
      """)

  @Option(help: ArgumentHelp("A tokenizer.json.", valueName: "file"))
  var tokenizer: String

  @Argument(help: "Files of ids, plain or compressed; - is standard input.")
  var files: [String] = ["-"]

  @Flag(help: "Leave out special tokens.")
  var skipSpecial = false

  mutating func run() throws {
    let fileSystem = LocalFileSystem()
    let loaded = try Tokenizer(json: try fileSystem.readAll(tokenizer), path: tokenizer)
    let stream = TextStream(tokenizer: loaded, skipsSpecialTokens: skipSpecial, in: fileSystem)
    try stream.write(files) { Terminal.write($0) }
  }
}
