import Palimpsest
import Pipeline
import TestSupport
import Testing

/// Whole runs over the small corpus of the fixtures.
@Suite("A build")
struct BuildTests {
  /// Every objective, small windows, small blocks and shards: several of each.
  static func recipe(_ overrides: [String] = []) throws(Diagnostic) -> Recipe {
    try Recipe(
      yaml: """
        seed: 17
        input: {path: "\(Fixtures.path)/corpora/novels-small.jsonl"}
        tokenizer: {train: {model: wordpiece, vocab_size: 1000}}
        objectives:
          mlm: {length: 64}
          mlm-words: {objective: mlm, unit: whole_word, layout: compact, epochs: 2}
          clm: {length: 64}
          prefix_lm: {length: 64}
          span_corruption: {length: 64}
          denoising: {length: 64}
          contrastive: {length: 32}
        output: {shard_size: 100kB, shuffle: global, validation: 0.25}
        block_size: 40kB
        """, overrides: overrides)
  }

  /// Builds into a folder, and gives back its files' paths and bytes.
  static func build(
    into folder: String, _ overrides: [String] = [], threads: Int = 2, fresh: Bool = false
  ) throws(Diagnostic) -> RunReport {
    var options = DatasetBuilder.Options()
    options.threads = threads
    options.startsFresh = fresh
    return try DatasetBuilder(recipe: try recipe(["output.path=\(folder)"] + overrides), options: options).build()
  }

  /// The hash of every file below a folder, by its path from there.
  static func files(of folder: String, below path: String = "") throws(Diagnostic) -> [String: UInt64] {
    let fileSystem = LocalFileSystem()
    var files: [String: UInt64] = [:]
    for name in try fileSystem.list(folder + path) {
      let child = path + "/" + name
      if try fileSystem.status(of: folder + child)?.kind == .directory {
        files.merge(try Self.files(of: folder, below: child)) { first, _ in first }
      } else {
        files[child] = Digest.xxh64(try fileSystem.readAll(folder + child))
      }
    }
    return files
  }

  @Test("gives the same bytes with 1, 2 and 5 threads")
  func threads() throws {
    let scratch = try ScratchDirectory()
    _ = try Self.build(into: scratch.path("one"), threads: 1)
    let one = try Self.files(of: scratch.path("one"))
    #expect(one.keys.contains("/dataset.json"))
    #expect(one.keys.contains("/tokenizer.json"))
    #expect(one.keys.contains { $0.hasPrefix("/span_corruption/train/data-00000-of-") })
    #expect(!one.keys.contains { $0.hasPrefix("/.work") })
    for threads in [2, 5] {
      _ = try Self.build(into: scratch.path("\(threads)"), threads: threads)
      let many = try Self.files(of: scratch.path("\(threads)"))
      #expect(many == one)
    }
  }

  @Test("loses no row to shuffling, and none to the number of shards")
  func rows() throws {
    let scratch = try ScratchDirectory()
    let shuffled = try Self.build(into: scratch.path("global")).manifest
    let ordered = try Self.build(into: scratch.path("none"), ["output.shuffle=none"]).manifest
    let whole = try Self.build(into: scratch.path("whole"), ["output.shard_size=1GB"]).manifest
    for (index, objective) in shuffled.objectives.enumerated() {
      for (number, split) in objective.splits.enumerated() {
        let shards = split.shards
        #expect(split.rows > 0, "\(objective.name) \(split.name)")
        #expect(shards.reduce(0) { $0 + $1.rowCount } == split.rows)
        let counts = shards.map(\.rowCount)
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
        #expect(ordered.objectives[index].splits[number].rows == split.rows)
        #expect(whole.objectives[index].splits[number].shards.count == 1)
        let rows = try Self.rows(of: scratch.path("global"), objective.name, split)
        #expect(
          rows == (try Self.rows(of: scratch.path("whole"), objective.name, whole.objectives[index].splits[number])))
        let inOrder = try Self.rows(of: scratch.path("none"), objective.name, ordered.objectives[index].splits[number])
        #expect(Set(rows) == Set(inOrder))
        if split.name == "train" { #expect(rows != inOrder) }
      }
    }
  }

  /// All rows of a split, in order, as text.
  private static func rows(of folder: String, _ objective: String, _ split: ManifestSplit) throws -> [String] {
    var rows: [String] = []
    for shard in split.shards {
      let reader = try ShardReader(opening: "\(folder)/\(objective)/\(split.name)/\(shard.path)", in: LocalFileSystem())
      try reader.forEachBatch { batch, _ in
        for row in 0..<batch.rowCount { rows.append("\(batch.example(at: row).values)") }
      }
    }
    return rows
  }

  @Test("is left alone when it is complete, and refuses another recipe's folder")
  func complete() throws {
    let scratch = try ScratchDirectory()
    let folder = scratch.path("out")
    #expect(try !Self.build(into: folder).wasComplete)
    let before = try Self.files(of: folder)
    #expect(try Self.build(into: folder).wasComplete)
    // A run that was killed between the manifest and the end leaves its work folder; the next one takes it away.
    try LocalFileSystem().makeDirectory(folder + "/.work/blocks-0123")
    #expect(try Self.build(into: folder).wasComplete)
    #expect(throws: Diagnostic.self) { try Self.build(into: folder, ["seed=18"]) }
    #expect(try Self.files(of: folder) == before)
    #expect(try !Self.build(into: folder, ["seed=18"], fresh: true).wasComplete)
    #expect(try Self.files(of: folder) != before)
  }

  @Test("goes on where a stopped run left off, and ends with the same bytes")
  func resumes() throws {
    let scratch = try ScratchDirectory()
    _ = try Self.build(into: scratch.path("out"))
    let undisturbed = try Self.files(of: scratch.path("out"))
    _ = try Self.build(into: scratch.path("out"), fresh: true)
    #expect(try Self.files(of: scratch.path("out")) == undisturbed)

    // Every n-th call fails for good, as if the machine had died there; then the run is started again.
    try LocalFileSystem().removeTree(scratch.path("out"))
    var resumed = 0
    for call in [40, 75, 120, 180, 260, 350, 500] {
      let faulty = FaultyFileSystem(failingCall: call)
      var options = DatasetBuilder.Options()
      options.threads = 1
      let recipe = try Self.recipe(["output.path=\(scratch.path("out"))"])
      if (try? DatasetBuilder(recipe: recipe, options: options, in: faulty).build()) != nil { continue }
      #expect(try LocalFileSystem().status(of: scratch.path("out/dataset.json")) == nil)
    }
    resumed = try Self.build(into: scratch.path("out")).blocksFoundDone
    #expect(resumed > 0)
    #expect(try Self.files(of: scratch.path("out")) == undisturbed)
  }

  @Test("gives the same bytes from parts, made in any order and twice", arguments: [1, 3, 8])
  func parts(count: Int) throws {
    let scratch = try ScratchDirectory()
    _ = try Self.build(into: scratch.path("whole"))
    let recipe = try Self.recipe(["output.path=\(scratch.path("parts"))"])
    var made = 0
    for number in (1...count).reversed() + [1] {
      var options = DatasetBuilder.Options()
      options.threads = 1
      options.part = try BuildPart("\(number)/\(count)")
      let report = try DatasetBuilder(recipe: recipe, options: options).build()
      made += report.blocks - report.blocksFoundDone
      #expect(try LocalFileSystem().status(of: scratch.path("parts/dataset.json")) == nil)
    }
    let published = try DatasetBuilder(recipe: recipe).build()
    #expect(published.blocksFoundDone == published.blocks)
    #expect(made == published.blocks)
    #expect(try Self.files(of: scratch.path("parts")) == Self.files(of: scratch.path("whole")))
  }

  @Test("refuses what is no part", arguments: ["", "1", "0/3", "4/3", "1/0", "a/b", "1/2/3", "-1/2"])
  func badPart(text: String) {
    #expect(throws: Diagnostic.self) { try BuildPart(text) }
  }

  @Test("makes a damaged segment again instead of using it")
  func damagedSegment() throws {
    let scratch = try ScratchDirectory()
    _ = try Self.build(into: scratch.path("out"))
    let undisturbed = try Self.files(of: scratch.path("out"))
    try LocalFileSystem().removeTree(scratch.path("out"))
    // Stop in the middle: the segments made so far stay.
    var options = DatasetBuilder.Options()
    options.threads = 1
    let recipe = try Self.recipe(["output.path=\(scratch.path("out"))"])
    for call in stride(from: 60, to: 400, by: 20) {
      _ = try? DatasetBuilder(recipe: recipe, options: options, in: FaultyFileSystem(failingCall: call)).build()
      let work = scratch.path("out/.work")
      guard try LocalFileSystem().status(of: work) != nil,
        let folder = try LocalFileSystem().list(work).first(where: { $0.hasPrefix("blocks-") }),
        let name = try LocalFileSystem().list(work + "/" + folder).first(where: { $0.hasSuffix(".segment") })
      else { continue }
      let blocks = work + "/" + folder
      var bytes = try LocalFileSystem().readAll(blocks + "/" + name)
      bytes[bytes.count / 2] ^= 1
      var file = try AtomicFile(blocks + "/" + name, in: LocalFileSystem())
      try file.write(bytes)
      try file.commit()
      break
    }
    _ = try Self.build(into: scratch.path("out"))
    #expect(try Self.files(of: scratch.path("out")) == undisturbed)
  }

  @Test("refuses unfinished work of another recipe, and says what differs")
  func otherWork() throws {
    let scratch = try ScratchDirectory()
    var options = DatasetBuilder.Options()
    options.threads = 1
    let tokenizer = scratch.path("tokenizer.json")
    _ = try TokenizerTraining(recipe: try Self.recipe()).train(writingTo: tokenizer)
    let overrides = ["output.path=\(scratch.path("out"))", "tokenizer=\(tokenizer)"]
    #expect(throws: Diagnostic.self) {
      try DatasetBuilder(
        recipe: try Self.recipe(overrides), options: options, in: FaultyFileSystem(failingCall: 60)
      ).build()
    }
    do throws(Diagnostic) {
      _ = try DatasetBuilder(recipe: try Self.recipe(overrides + ["objectives.mlm.length=32"]), options: options)
        .build()
      Issue.record("other work must be refused")
    } catch {
      #expect(error.code == "build.other-work")
      #expect(error.found == "recipe.objectives.mlm.length: 64")
    }
  }

  @Test("makes no shard without rows, however small a shard may be")
  func tinyShards() throws {
    let scratch = try ScratchDirectory()
    let manifest = try Self.build(
      into: scratch.path("out"), ["output.shard_size=1", "objectives={mlm: {length: 256}}"]
    ).manifest
    for split in manifest.objectives[0].splits {
      #expect(split.shards.count == split.rows)
      #expect(split.shards.allSatisfy { $0.rowCount == 1 })
    }
  }

  @Test("sorts slices of at most 16 MB up to a corpus of some ten gigabytes")
  func slices() {
    #expect(sliceBitCount(inputByteCount: 0, copies: 1) == 0)
    for size in [1_000_000, 17_000_000, 170_000_000, 2_000_000_000] {
      let bits = sliceBitCount(inputByteCount: size, copies: 1)
      #expect(size * 24 / (1 << bits) <= 16 << 20, "\(size) bytes")
      #expect(bits == 0 || size * 24 / (1 << (bits - 1)) > 16 << 20, "\(size) bytes")
      #expect(sliceBitCount(inputByteCount: size, copies: 4) == min(12, bits + 2))
    }
    #expect(sliceBitCount(inputByteCount: .max, copies: 65_535) == 12)
    #expect(sliceBitCount(inputByteCount: nil, copies: 1) == 8)
  }

  @Test("is stopped between blocks by a cancellation, and leaves no dataset")
  func cancellation() throws {
    let scratch = try ScratchDirectory()
    var options = DatasetBuilder.Options()
    options.threads = 1
    options.cancellation.request()
    let recipe = try Self.recipe(["output.path=\(scratch.path("out"))"])
    #expect(throws: Diagnostic.self) { try DatasetBuilder(recipe: recipe, options: options).build() }
    #expect(try LocalFileSystem().status(of: scratch.path("out/dataset.json")) == nil)
  }

  @Test("keeps a document in one split, whichever objective shows it")
  func splits() throws {
    let scratch = try ScratchDirectory()
    let manifest = try Self.build(into: scratch.path("out")).manifest
    var homes: [Int64: String] = [:]
    for objective in manifest.objectives where ["mlm", "mlm-words", "prefix_lm", "denoising"].contains(objective.name) {
      for split in objective.splits {
        for shard in split.shards {
          let path = scratch.path("out/\(objective.name)/\(split.name)/\(shard.path)")
          try ShardReader(opening: path, in: LocalFileSystem()).forEachBatch { batch, _ in
            for row in 0..<batch.rowCount {
              let id = batch.example(at: row).scalar("doc_id") ?? 0
              if homes.updateValue(split.name, forKey: id) ?? split.name != split.name {
                Issue.record("document \(id) is in both splits")
              }
            }
          }
        }
      }
    }
    #expect(Set(homes.values) == ["train", "validation"])
  }

  @Test("lists what it skipped, by file, line and code")
  func skips() throws {
    let scratch = try ScratchDirectory()
    let good = String(repeating: "It was the best of times, it was the worst of times. ", count: 40)
    let corpus = """
      {"text": "\(good)"}
      {"text": 7}
      {"body": "no text"}
      {"text": "
      {"text": "\(good) Again."}

      """
    var file = try AtomicFile(scratch.path("corpus.jsonl"), in: LocalFileSystem())
    try file.write(Array(corpus.utf8))
    try file.commit()
    let overrides = [
      "input.path=\(scratch.path("corpus.jsonl"))", "output.path=\(scratch.path("out"))",
      "tokenizer.train.vocab_size=300",
    ]
    #expect(throws: Diagnostic.self) { try DatasetBuilder(recipe: try Self.recipe(overrides)).build() }
    let report = try DatasetBuilder(recipe: try Self.recipe(overrides + ["input.on_error=skip"])).build()
    #expect(report.manifest.counts.documents == 2)
    #expect(report.manifest.counts.skipped == 3)
    #expect(report.manifest.skipped.map(\.location.line) == [2, 3, 4])
    #expect(
      report.manifest.skipped.map(\.code) == ["corpus.wrong-type", "corpus.missing-field", "corpus.malformed-json"])
  }

  @Test("tells what it would do without doing it")
  func preview() throws {
    let scratch = try ScratchDirectory()
    let recipe = try Self.recipe(["output.path=\(scratch.path("out"))"])
    let preview = try DatasetBuilder(recipe: recipe).preview()
    #expect(preview.files.count == 1)
    #expect(preview.vocabularySize == nil)
    #expect(try LocalFileSystem().status(of: scratch.path("out")) == nil)
  }
}
