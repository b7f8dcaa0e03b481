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
        palimpsest tokenize --tokenizer cl100k_base.tiktoken --offsets < text.txt

      With --offsets, {"ids":…,"offsets":[[start,end],…],"byte_offsets":…,"word_ids":…,"special_tokens_mask":…} \
      for each line; offsets count characters (Unicode scalars).
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

  @Flag(help: "Write an object for each line: ids, where each came from, its word, and whether it was added.")
  var offsets = false

  @Option(help: "jsonl: an array for each line. npy: all ids in one flat array (needs -o).")
  var format = Format.jsonl

  @Option(name: .shortAndLong, help: ArgumentHelp("Where the ids go; by default standard output.", valueName: "file"))
  var output: String?

  func validate() throws {
    if format == .npy, output == nil { throw ValidationError("--format npy needs -o: an array is no text") }
    if offsets, count || format == .npy {
      throw ValidationError("--offsets writes JSON lines: leave out the other form")
    }
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
      try forEachLine(of: stream) { (line) throws(Diagnostic) in try file.write(line) }
      try file.commit()
    case (.jsonl, nil):
      var buffer: [UInt8] = []
      try forEachLine(of: stream) { line in
        buffer += line
        if buffer.count < 1 << 16 { return }
        Terminal.write(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
      Terminal.write(buffer)
    }
  }

  private func forEachLine(
    of stream: TokenStream, _ write: ([UInt8]) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    if offsets {
      _ = try stream.forEachEncoding(of: files) { (encoding) throws(Diagnostic) in try write(Self.line(encoding)) }
    } else {
      _ = try stream.forEachLine(of: files) { (ids) throws(Diagnostic) in try write(Self.line(ids)) }
    }
  }

  private static func line(_ encoding: Tokenizer.Encoding) -> [UInt8] {
    func pairs(_ ranges: [Range<Int>]) -> JSONValue {
      .array(ranges.map { [.integer($0.lowerBound), .integer($0.upperBound)] })
    }
    return JSONWriter.bytes(
      of: [
        "ids": .array(encoding.ids.map { .integer(Int($0)) }), "offsets": pairs(encoding.characterOffsets),
        "byte_offsets": pairs(encoding.byteOffsets),
        "word_ids": .array(encoding.wordIndices.map { $0.map { .integer($0) } ?? .null }),
        "special_tokens_mask": .array(encoding.isSpecial.map { .integer($0 ? 1 : 0) }),
      ]) + [UInt8(ascii: "\n")]
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
