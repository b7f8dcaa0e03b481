import Palimpsest
import TestSupport
import Testing

/// What becomes of documents that give nothing.
@Suite("A document that is left out")
struct SkippedDocumentTests {
  private static func write(_ text: String, to path: String) throws {
    var file = try AtomicFile(path, in: LocalFileSystem())
    try file.write(Array(text.utf8))
    try file.commit()
  }

  /// One objective, one thread, blocks of a few lines.
  private static func builder(
    _ scratch: borrowing ScratchDirectory, _ overrides: [String] = [], in system: any FileSystem = LocalFileSystem()
  ) throws(Diagnostic) -> DatasetBuilder {
    var options = DatasetBuilder.Options()
    options.threads = 1
    let recipe = try BuildTests.recipe(
      [
        "input={path: \"\(scratch.path("corpus.jsonl"))\", id: name, on_error: skip}",
        "output.path=\(scratch.path("out"))", "tokenizer=\(scratch.path("tokenizer.json"))", "block_size=1kB",
        "objectives={mlm: {length: 16}}",
      ] + overrides)
    return DatasetBuilder(recipe: recipe, options: options, in: system)
  }

  private static func trainTokenizer(_ scratch: borrowing ScratchDirectory) throws {
    _ = try TokenizerTraining(recipe: try BuildTests.recipe()).train(writingTo: scratch.path("tokenizer.json"))
  }

  @Test("is counted by its reason and listed with its place and its own id")
  func reasons() throws {
    let scratch = try ScratchDirectory()
    try Self.trainTokenizer(scratch)
    try Self.write(
      """
      {"name": "a", "text": "It was the best of times."}
      {"name": "b", "text": 7}
      {"name": "c", "body": "no text"}
      {"name": "d", "text": " \\t "}
      {"name": "e", "text": ""}
      {"name": "f", "text": "It was
      {"name": 8, "text": "half \\ud800"}
      {"text": null}

      """, to: scratch.path("corpus.jsonl"))
    let report = try Self.builder(scratch).build()
    #expect(report.manifest.counts.documents == 1)
    #expect(report.manifest.counts.textBytes == 25)
    #expect(report.manifest.counts.skipped == 7)
    #expect(report.manifest.inputs[0].documents == 8)
    #expect(
      report.skips.map { "\($0.count) \($0.code)" } == [
        "2 corpus.empty-document", "1 corpus.lone-surrogate", "1 corpus.malformed-json", "1 corpus.missing-field",
        "1 corpus.wrong-type", "1 tokenize.no-tokens",
      ])
    #expect(report.unreadableInputs == 0)
    for (line, id) in [(2, "b"), (3, "c"), (4, "d"), (5, "e"), (7, "8")] {
      let skip = try #require(report.manifest.skipped.first { $0.location.line == line })
      #expect(skip.message.contains("(id '\(id)')"), "\(skip.message)")
    }
    for line in [6, 8] {
      let skip = try #require(report.manifest.skipped.first { $0.location.line == line })
      #expect(!skip.message.contains("(id"), "\(skip.message)")
    }
  }

  @Test("is listed alike by a run that was stopped and gone on with")
  func resumed() throws {
    let scratch = try ScratchDirectory()
    try Self.trainTokenizer(scratch)
    let line = "{\"name\": 1, \"text\": \"It was the best of times, it was the worst of times.\"}\n"
    let corpus = String(repeating: line + "{\"text\" 7}\n{\"name\": 2, \"text\": {}}\n", count: 60)
    try Self.write(corpus, to: scratch.path("corpus.jsonl"))
    let whole = try Self.builder(scratch).build().manifest
    #expect(whole.skipped.contains { $0.location.column != nil })
    for call in [60, 100, 140] {
      try LocalFileSystem().removeTree(scratch.path("out"))
      #expect(throws: Diagnostic.self) {
        try Self.builder(scratch, in: FaultyFileSystem(failingCall: call)).build()
      }
      let report = try Self.builder(scratch).build()
      #expect(report.blocksFoundDone > 0)
      #expect(report.manifest == whole)
    }
  }

  @Test("is listed without gaps, up to the manifest's limit")
  func limit() throws {
    let scratch = try ScratchDirectory()
    try Self.trainTokenizer(scratch)
    let good = "{\"text\": \"It was the best of times.\"}\n"
    try Self.write(
      good + String(repeating: "{}\n", count: 1500) + good, to: scratch.path("corpus.jsonl"))
    let manifest = try Self.builder(scratch, ["block_size=2kB"]).build().manifest
    #expect(manifest.counts.skipped == 1500)
    #expect(manifest.skipped.map(\.location.line) == (2..<1002).map { $0 })
  }

  @Test("tells an input that breaks off from a document that is damaged")
  func unreadable() throws {
    let scratch = try ScratchDirectory()
    try Self.trainTokenizer(scratch)
    try Self.write("PK\u{3}\u{4} no text", to: scratch.path("corpus.jsonl"))
    let report = try Self.builder(scratch).build()
    #expect(report.unreadableInputs == 1)
  }

  @Test("A block whose input has changed since the run was stopped is made again")
  func changedInput() throws {
    let scratch = try ScratchDirectory()
    try Self.trainTokenizer(scratch)
    let corpus = (0..<100).map { "{\"text\": \"It was the best of times, number \($0 + 100).\"}\n" }.joined()
    try Self.write(corpus, to: scratch.path("corpus.jsonl"))
    #expect(throws: Diagnostic.self) { try Self.builder(scratch, in: FaultyFileSystem(failingCall: 80)).build() }
    // As many bytes as before: only the content tells.
    let changed = corpus.replacing("number 103", with: "number 999")
    try Self.write(changed, to: scratch.path("corpus.jsonl"))
    let report = try Self.builder(scratch).build()
    #expect(report.blocksFoundDone > 0)
    let files = try BuildTests.files(of: scratch.path("out"))
    try LocalFileSystem().removeTree(scratch.path("out"))
    _ = try Self.builder(scratch).build()
    #expect(try BuildTests.files(of: scratch.path("out")) == files)
  }
}
