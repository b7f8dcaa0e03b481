import ArgumentParser
import Palimpsest

struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Turn lines of text into ids.",
    discussion: """
      Writes one JSON array of ids for each input line. Files may be compressed; without any, standard input is read.

        palimpsest tokenize --tokenizer tokenizer.json < text.txt
        palimpsest tokenize --tokenizer tokenizer.json --field text --count corpus.jsonl.zst
        palimpsest tokenize --tokenizer tokenizer.json --format npy -o ids.npy corpus.txt
        palimpsest tokenize --tokenizer cl100k_base.tiktoken --offsets < text.txt

      With --offsets, {"ids":…,"offsets":[[start,end],…],"byte_offsets":…,"word_ids":…,"special_tokens_mask":…} \
      for each text; offsets count characters (Unicode scalars).
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case jsonl, npy
  }

  @OptionGroup var tokenizer: TokenizerOptions

  @Argument(help: "Text files, plain or compressed; - is standard input.")
  var files: [String] = ["-"]

  @Option(
    help: ArgumentHelp(
      "The lines are JSON objects, and the text is in this field of theirs; keys of nested objects stand between dots.",
      valueName: "name"))
  var field: String?

  @Flag(help: "Print only totals: texts, bytes, tokens.")
  var count = false

  @Flag(help: "Add the special tokens that the tokenizer's post-processor adds.")
  var special = false

  @Flag(help: "Write an object for each text: ids, where each came from, its word, and whether it was added.")
  var offsets = false

  @Option(help: "jsonl: an array for each text. npy: all ids in one flat array (needs -o).")
  var format = Format.jsonl

  @Option(name: .shortAndLong, help: ArgumentHelp("Where the ids go; by default standard output.", valueName: "file"))
  var output: String?

  @OptionGroup var workers: WorkerOptions

  func validate() throws {
    if format == .npy, output == nil { throw ValidationError("--format npy needs -o: an array is no text") }
    if offsets, count || format == .npy {
      throw ValidationError("--offsets writes JSON lines: leave out the other form")
    }
    if count, output != nil { throw ValidationError("--count prints totals only: leave out -o") }
  }

  mutating func run() throws {
    let fileSystem = Terminal.fileSystem
    let stream = TokenStream(
      tokenizer: try tokenizer.load(from: fileSystem),
      texts: field.map { .jsonl(field: InputOptions.fieldPath($0)) } ?? .lines, addsSpecialTokens: special,
      threads: workers.threads ?? 0, in: fileSystem)
    if count {
      let totals = try stream.write(files, as: .none) { _ in }
      Terminal.print(#"{"texts": \#(totals.texts), "bytes": \#(totals.bytes), "tokens": \#(totals.tokens)}"#)
      return
    }
    let rows = offsets ? TokenStream.Format.encodings : .jsonl
    switch (format, output) {
    case (.npy, let output): _ = try stream.writeArray(of: files, to: output ?? "ids.npy")
    case (.jsonl, let output?): _ = try stream.write(files, as: rows, to: output)
    case (.jsonl, nil): _ = try stream.write(files, as: rows) { Terminal.write($0) }
    }
  }
}
