import Palimpsest
import Pipeline
import TestSupport
import Testing

/// Whole runs of contrastive objectives: records, lexicons and batches.
@Suite("A build of pairs")
struct ContrastiveBuildTests {
  private static func build(
    _ folder: String, input: String, _ objective: String, top: String = "", threads: Int = 2, part: String? = nil
  ) throws(Diagnostic) -> RunReport {
    let recipe = try Recipe(
      yaml: """
        seed: 5
        input: \(input)
        tokenizer: "\(Fixtures.path)/tokenizers/wordpiece-4k.tokenizer.json"
        objectives: {pairs: {objective: contrastive, \(objective)}}
        output: {path: "\(folder)", shard_size: 20kB, validation: 0.2\(top)}
        block_size: 20kB
        """)
    var options = DatasetBuilder.Options()
    options.threads = threads
    if let part { options.part = try BuildPart(part) }
    return try DatasetBuilder(recipe: recipe, options: options).build()
  }

  private static var novels: String { "\"\(Fixtures.path)/corpora/novels-small.jsonl\"" }

  /// All rows of a split, in order.
  private static func rows(_ folder: String, _ split: String) throws -> [Example] {
    let objective = try Dataset(opening: folder).objective(named: "pairs")
    var rows: [Example] = []
    for shard in try objective.split(named: split).shards {
      let reader = try ShardReader(opening: "\(folder)/pairs/\(split)/\(shard.path)", in: LocalFileSystem())
      try reader.forEachBatch { batch, _ in
        for row in 0..<batch.rowCount { rows.append(batch.example(at: row)) }
      }
    }
    return rows
  }

  private static func findings(_ folder: String) throws -> [String] {
    try Audit(of: folder).run().findings.filter { $0.severity == .error }.map(\.code)
  }

  @Test("takes the texts of records from fields, and lists those it cannot use once")
  func records() throws {
    let scratch = try ScratchDirectory()
    let lines = [
      #"{"q": "The old house", "p": "an old dwelling", "n": ["the sea", "a ship"]}"#,
      #"{"q": "No negative", "p": "at all"}"#,
      #"{"q": "Same", "p": "as this", "n": "AS   this"}"#,
      #"{"q": "Nothing remains", "p": "  \t ", "n": "x"}"#,
      #"{"q": "No positive"}"#,
      #"{"q": "A second good one", "p": "good", "n": ["bad", "worse"]}"#,
    ]
    try LocalFileSystem().write(Array(lines.joined(separator: "\n").utf8), to: scratch.path("in.jsonl"))
    let input =
      "{path: \"\(scratch.path("in.jsonl"))\", on_error: skip, text: {anchor: q, positive: p, negative: n}}"
    let report = try Self.build(
      scratch.path("out"), input: input + "\ntext: [whitespace]",
      "pairs: given, negatives: given, length: 16")
    let entry = report.manifest.objectives[0]
    #expect(entry.splits.reduce(0) { $0 + $1.rows } == 2)
    #expect(
      entry.dropped == [.init(reason: "leaking_negative", count: 1), .init(reason: "no_negative", count: 1)])
    #expect(report.skips.map(\.code) == ["corpus.missing-field", "text.empty"])
    #expect(report.skips.map(\.count) == [1, 1])
    #expect(report.manifest.counts.documents == 4)
    #expect(try Self.findings(scratch.path("out")).isEmpty)
    let tokenizer = try Dataset(opening: scratch.path("out")).tokenizer
    for row in try Self.rows(scratch.path("out"), "train") + Self.rows(scratch.path("out"), "validation") {
      let texts = [row["input_ids"][..<16], row["input_ids"][16...], row["negative_ids"][...]].map {
        tokenizer.decode($0.map { UInt32($0) }, skipSpecialTokens: true)
      }
      #expect(
        texts == ["the old house", "an old dwelling", "the sea"] || texts == ["a second good one", "good", "bad"])
    }
  }

  @Test("keeps its lexicon, and can be proved with it alone")
  func lexicon() throws {
    let scratch = try ScratchDirectory()
    let words = scratch.path("words.tsv")
    try LocalFileSystem().write(try Fixtures.bytes("\(Fixtures.path)/lexicon/novels.tsv"), to: words)
    let objective = "pairs: eda, lexicon: \"\(words)\", length: 40, rate: 0.2"
    _ = try Self.build(scratch.path("out"), input: Self.novels, objective)
    let other = try Self.build(scratch.path("out"), input: Self.novels, objective)
    #expect(other.wasComplete)
    try LocalFileSystem().write(Array("old\tnew\n".utf8), to: words)
    let error = #expect(throws: Diagnostic.self) {
      try Self.build(scratch.path("out"), input: Self.novels, objective)
    }
    #expect(error?.code == "build.output-exists")
    try LocalFileSystem().remove(words)
    #expect(try Self.findings(scratch.path("out")).isEmpty)
    // A synonym was put in.
    let tokenizer = try Dataset(opening: scratch.path("out")).tokenizer
    let fellow = Int64(try #require(tokenizer.id(of: "fellow")))
    #expect(
      try Self.rows(scratch.path("out"), "train").contains { row in
        row["input_ids"].suffix(40).filter { $0 == fellow }.count
          > row["input_ids"].prefix(40).filter { $0 == fellow }.count
      })

    try LocalFileSystem().write(Array("old\tnew\n".utf8), to: scratch.path("out/pairs/lexicon"))
    #expect(try Self.findings(scratch.path("out")).first == "dataset.other-lexicon")
  }

  @Test("lays rows out so that no batch has a document twice, with any number of threads and parts")
  func batches() throws {
    let scratch = try ScratchDirectory()
    let objective = "pairs: adjacent, length: 40, epochs: 2, batch_size: 6"
    let report = try Self.build(scratch.path("one"), input: Self.novels, objective, threads: 1)
    let files = try BuildTests.files(of: scratch.path("one"))
    _ = try Self.build(scratch.path("three"), input: Self.novels, objective, threads: 3)
    #expect(try BuildTests.files(of: scratch.path("three")) == files)
    for part in ["2/2", "1/2"] {
      _ = try Self.build(scratch.path("parts"), input: Self.novels, objective, part: part)
    }
    _ = try Self.build(scratch.path("parts"), input: Self.novels, objective)
    #expect(try BuildTests.files(of: scratch.path("parts")) == files)

    let plain = try Self.build(
      scratch.path("plain"), input: Self.novels, "pairs: adjacent, length: 40, epochs: 2")
    for (index, split) in report.manifest.objectives[0].splits.enumerated() {
      let rows = try Self.rows(scratch.path("one"), split.name)
      let batchCount = try #require(split.batchCount)
      #expect(plain.manifest.objectives[0].splits[index].batchCount == nil)
      for batch in 0..<batchCount {
        #expect(Set(rows[6 * batch..<6 * (batch + 1)].map { $0["doc_id"] }).count == 6)
      }
      for shard in split.shards.dropLast() { #expect(shard.rowCount % 6 == 0) }
      // Nothing is lost, and no document could have filled another batch.
      let same = try Self.rows(scratch.path("plain"), split.name)
      #expect(Set(rows.map { "\($0.values)" }) == Set(same.map { "\($0.values)" }))
      if split.name == "train" { #expect(batchCount > 20 && split.shards.count > 1) }
    }
    #expect(try Self.findings(scratch.path("one")).isEmpty)
    // The manifest may not claim more.
    var manifest = report.manifest
    manifest.objectives[0].splits[0].batchCount = manifest.objectives[0].splits[0].rows / 6 + 1
    try manifest.write(to: scratch.path("one"), in: LocalFileSystem())
    #expect(try Set(Self.findings(scratch.path("one"))) == ["audit.batches"])
    // Nor may an order by keys pass for one in batches.
    manifest = plain.manifest
    manifest.objectives[0].settings = report.manifest.objectives[0].settings
    manifest.objectives[0].splits[0].batchCount = 20
    try manifest.write(to: scratch.path("plain"), in: LocalFileSystem())
    #expect(try Self.findings(scratch.path("plain")).allSatisfy { $0 == "audit.batches" })
    #expect(try !Self.findings(scratch.path("plain")).isEmpty)
  }

  @Test("counts exact duplicates as one document, and what fills no batch as left over")
  func leftOver() throws {
    let scratch = try ScratchDirectory()
    let long = (0..<400).map { "word \($0) stands here" }.joined(separator: " ")
    let lines = [#"{"text": "\#(long)"}"#] + (0..<6).map { #"{"text": "one two three \#($0 % 3)"}"# }
    try LocalFileSystem().write(Array(lines.joined(separator: "\n").utf8), to: scratch.path("in.jsonl"))
    let report = try Self.build(
      scratch.path("out"), input: "\"\(scratch.path("in.jsonl"))\"", "length: 16, batch_size: 3", top: "")
    var rows = 0
    for split in report.manifest.objectives[0].splits {
      let count = try #require(split.batchCount)
      // Four different documents, one of them with more rows than all the others: few batches.
      #expect(count <= 2)
      rows += split.rows
    }
    #expect(rows > 100)
    #expect(try Self.findings(scratch.path("out")).isEmpty)
  }

  @Test("refuses pairs that are given where no input has any")
  func noRecords() throws {
    let scratch = try ScratchDirectory()
    let error = #expect(throws: Diagnostic.self) {
      try Self.build(scratch.path("out"), input: Self.novels, "pairs: given")
    }
    #expect(error?.code == "recipe.no-records")
  }

  @Test("refuses batches in corpus order")
  func order() throws {
    let scratch = try ScratchDirectory()
    let error = #expect(throws: Diagnostic.self) {
      try Self.build(scratch.path("out"), input: Self.novels, "batch_size: 6", top: ", shuffle: none")
    }
    #expect(error?.code == "settings.invalid" && error?.message.contains("batch_size") == true)
  }
}
