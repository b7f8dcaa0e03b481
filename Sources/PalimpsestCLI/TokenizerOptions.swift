import ArgumentParser
import Palimpsest

/// Which tokenizer, and how its file is to be read.
struct TokenizerOptions: ParsableArguments {
  @Option(
    name: .customLong("tokenizer"),
    help: ArgumentHelp(
      "A tokenizer.json; or tokenizer.model, vocab.txt, vocab.json, merges.txt, .tiktoken, or a folder with one.",
      valueName: "file")
  )
  var path: String

  @Option(
    help: ArgumentHelp(
      "How a .tiktoken splits text: \(TiktokenEncoding.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"),
    transform: {
      guard let encoding = TiktokenEncoding(rawValue: $0) else { throw ValidationError("'\($0)' is no encoding") }
      return encoding
    })
  var pattern: TiktokenEncoding?

  func load(from fileSystem: any FileSystem) throws -> Tokenizer {
    try Tokenizer(json: try TokenizerFile(path, pattern: pattern).json(in: fileSystem), path: path)
  }
}
