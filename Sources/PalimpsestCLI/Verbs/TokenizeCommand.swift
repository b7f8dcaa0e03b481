import ArgumentParser
import Palimpsest

struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Turn lines of text into ids.",
    discussion: """
      Writes one JSON array of ids for each input line. Files may be compressed; without any, standard input is read.

        palimpsest tokenize --tokenizer tokenizer.json < text.txt
        palimpsest tokenize --tokenizer tokenizer.json --count corpus.txt.zst
        palimpsest tokenize --tokenizer tokenizer.json --format npy -o ids.npy corpus.txt
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case jsonl, npy
  }

  @Option(
    help: ArgumentHelp(
      "A tokenizer.json; or a vocab.txt, vocab.json or merges.txt, .tiktoken, or a folder with one.", valueName: "file")
  )
  var tokenizer: String

  @Option(
    help: ArgumentHelp(
      "How a .tiktoken splits text: \(TiktokenEncoding.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"),
    transform: {
      guard let encoding = TiktokenEncoding(rawValue: $0) else { throw ValidationError("'\($0)' is no encoding") }
      return encoding
    })
  var pattern: TiktokenEncoding?

  @Argument(help: "Text files, plain or compressed; - is standard input.")
  var files: [String] = ["-"]

  @Flag(help: "Print only totals: lines, bytes, tokens.")
  var count = false

  @Flag(help: "Add the special tokens that the tokenizer's post-processor adds.")
  var special = false

  @Option(help: "jsonl: an array for each line. npy: all ids in one flat array (needs -o).")
  var format = Format.jsonl

  @Option(name: .shortAndLong, help: ArgumentHelp("Where the ids go; by default standard output.", valueName: "file"))
  var output: String?

  func validate() throws {
    if format == .npy, output == nil { throw ValidationError("--format npy needs -o: an array is no text") }
    if count, output != nil { throw ValidationError("--count prints totals only: leave out -o") }
  }

  mutating func run() throws {
    let fileSystem = LocalFileSystem()
    let file = TokenizerFile(tokenizer, pattern: pattern)
    let loaded = try Tokenizer(json: try file.json(in: fileSystem), path: tokenizer)
    let stream = TokenStream(tokenizer: loaded, addsSpecialTokens: special, in: fileSystem)
    if count {
      let totals = try stream.forEachLine(of: files) { _ in }
      Terminal.print(#"{"lines": \#(totals.lines), "bytes": \#(totals.bytes), "tokens": \#(totals.tokens)}"#)
      return
    }
    switch (format, output) {
    case (.npy, let output):
      _ = try stream.writeArray(of: files, to: output ?? "ids.npy")
    case (.jsonl, let output?):
      var file = try AtomicFile(output, in: fileSystem)
      _ = try stream.forEachLine(of: files) { (ids) throws(Diagnostic) in try file.write(Self.line(ids)) }
      try file.commit()
    case (.jsonl, nil):
      var buffer: [UInt8] = []
      _ = try stream.forEachLine(of: files) { ids in
        buffer += Self.line(ids)
        if buffer.count < 1 << 16 { return }
        Terminal.write(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
      Terminal.write(buffer)
    }
  }

  /// `[7592,2088]` and a newline.
  private static func line(_ ids: Span<UInt32>) -> [UInt8] {
    var line = [UInt8(ascii: "[")]
    for index in ids.indices {
      if index > 0 { line.append(UInt8(ascii: ",")) }
      line.append(contentsOf: String(ids[index]).utf8)
    }
    return line + [UInt8(ascii: "]"), UInt8(ascii: "\n")]
  }
}
