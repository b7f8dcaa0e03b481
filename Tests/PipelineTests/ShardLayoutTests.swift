import Palimpsest
import Pipeline
import TestSupport
import Testing

/// How rows are laid out in shards: bins, sizes, compression, the memory they are sorted in.
@Suite("Shards of a build")
struct ShardLayoutTests {
  private static let compact = "objectives={mlm: {length: 64, layout: compact, tail: short}}"

  /// One that need not be trained for each build.
  private static let tokenizer = "tokenizer=\(Fixtures.path)/tokenizers/wordpiece-4k.tokenizer.json"

  private static func rows(
    of folder: String, _ splits: [ManifestSplit], _ objective: String = "mlm"
  ) throws -> [[[Int64]]] {
    var rows: [[[Int64]]] = []
    for split in splits {
      for shard in split.shards {
        let reader = try ShardReader(
          opening: "\(folder)/\(objective)/\(split.name)/\(shard.path)", in: LocalFileSystem())
        try reader.forEachBatch { batch, _ in
          for row in 0..<batch.rowCount { rows.append(batch.example(at: row).values) }
        }
      }
    }
    return rows
  }

  @Test("hold as many rows as asked for, or are as many as asked for")
  func sharding() throws {
    let scratch = try ScratchDirectory()
    let whole = try BuildTests.build(
      into: scratch.path("whole"), [Self.compact, Self.tokenizer, "output.shard_size=1GB"]
    ).manifest
    let expected = try Self.rows(of: scratch.path("whole"), whole.objectives[0].splits)
    for (key, check) in [
      ("output.shard_rows=7", { (split: ManifestSplit) in split.shards.count == (split.rows + 6) / 7 }),
      ("output.shards=3", { (split: ManifestSplit) in split.shards.count == 3 }),
    ] {
      let manifest = try BuildTests.build(into: scratch.path(key), [Self.compact, Self.tokenizer, key]).manifest
      for split in manifest.objectives[0].splits {
        #expect(check(split), "\(key): \(split.shards.count) shards of \(split.rows) rows")
        let counts = split.shards.map(\.rowCount)
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
      }
      #expect(try Self.rows(of: scratch.path(key), manifest.objectives[0].splits) == expected)
    }
    let error = #expect(throws: Diagnostic.self) { try BuildTests.recipe(["output.shards=3", "output.shard_rows=7"]) }
    #expect(error?.message.contains("stands beside 'shard_rows'") == true)
  }

  @Test("part rows by length into bins, each row in the smallest that holds it")
  func bins() throws {
    let scratch = try ScratchDirectory()
    let more = [Self.tokenizer]
    let whole = try BuildTests.build(into: scratch.path("whole"), [Self.compact] + more).manifest.objectives[0]
    let overrides = [Self.compact, "objectives.mlm.bins=[16, 32, 63, 64]", "output.shards=2"] + more
    let binned = try BuildTests.build(into: scratch.path("bins"), overrides).manifest.objectives[0]
    let names = ["train", "validation"].flatMap { split in [16, 32, 63, 64].map { "\(split)_\($0)" } }
    #expect(binned.splits.map(\.name) == names)
    let column = binned.schema.index(of: "input_ids")
    for split in binned.splits {
      let bin = try #require(split.bin)
      let shorter = [0, 16, 32, 63, 64].last { $0 < bin } ?? 0
      #expect(split.name.hasSuffix("_\(bin)"))
      for row in try Self.rows(of: scratch.path("bins"), [split]) {
        #expect(row[column].count > shorter && row[column].count <= bin)
      }
      let counts = split.shards.map(\.rowCount)
      #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
    }
    for name in ["train", "validation"] {
      let all = try Self.rows(of: scratch.path("whole"), whole.splits.filter { $0.name == name })
      let parted = try Self.rows(of: scratch.path("bins"), binned.splits.filter { $0.name.hasPrefix(name + "_") })
      #expect(!all.isEmpty && parted.count == all.count && Set(parted) == Set(all))
    }
    #expect(try Audit(of: scratch.path("bins")).run().isClean)
    // The same bytes with other threads, and found complete.
    _ = try BuildTests.build(into: scratch.path("again"), overrides, threads: 1)
    #expect(try BuildTests.files(of: scratch.path("again")) == BuildTests.files(of: scratch.path("bins")))
    #expect(try BuildTests.build(into: scratch.path("bins"), overrides).wasComplete)
  }

  @Test("are refused bins that do not fit")
  func badBins() throws {
    let scratch = try ScratchDirectory()
    func message(_ overrides: [String]) -> String {
      do throws(Diagnostic) {
        _ = try BuildTests.build(into: scratch.path("out"), overrides + [Self.tokenizer], fresh: true)
        return "accepted"
      } catch {
        return "\(error.code): \(error.message)"
      }
    }
    #expect(message([Self.compact, "objectives.mlm.bins=[16, 16]"]).hasSuffix("do not ascend"))
    #expect(message([Self.compact, "objectives.mlm.bins=[]"]).hasSuffix("names no length"))
    #expect(message(["objectives={mlm: {length: 64, bins: [64]}}"]).contains("part rows without padding"))
    #expect(
      message([Self.compact, "objectives.mlm.bins=[16, 32]"])
        == "build.no-bin: no bin of 'mlm' holds a row of 64 input_ids")
  }

  @Test("can be packed, and hold the same rows")
  func compression() throws {
    let scratch = try ScratchDirectory()
    let objectives = "objectives={mlm: {length: 64}, rows: {objective: mlm, length: 64, layout: compact}}"
    let plain = try BuildTests.build(into: scratch.path("plain"), [objectives, Self.tokenizer]).manifest
    let overrides = [objectives, Self.tokenizer, "output.compression=zstd"]
    let packed = try BuildTests.build(into: scratch.path("packed"), overrides).manifest
    for (one, other) in zip(plain.objectives, packed.objectives) {
      #expect(
        try Self.rows(of: scratch.path("plain"), one.splits, one.name)
          == Self.rows(of: scratch.path("packed"), other.splits, other.name))
    }
    func size(_ manifest: Manifest) -> Int {
      manifest.objectives[0].splits.flatMap(\.shards).reduce(0) { $0 + $1.byteCount }
    }
    #expect(size(packed) * 3 < size(plain) * 2)
    #expect(try Audit(of: scratch.path("packed")).run().isClean)
    #expect(try BuildTests.build(into: scratch.path("packed"), overrides).wasComplete)
    #expect(throws: Diagnostic.self) {
      try BuildTests.build(into: scratch.path("packed"), [objectives, Self.tokenizer])
    }
  }

  @Test("are the same whatever the memory for sorting", arguments: [1000, 20_000])
  func memory(byteCount: Int) throws {
    let scratch = try ScratchDirectory()
    // Texts that come again and again have equal keys, which no range of keys parts.
    var lines = ""
    for number in 0..<60 {
      let text = "Line \(number % 3 == 0 ? 0 : number) of a text that is said once more, and then once more."
      lines += "{\"text\": \"\(text) \(text)\"}\n"
    }
    var file = try AtomicFile(scratch.path("in.jsonl"), in: LocalFileSystem())
    try file.write(Array(lines.utf8))
    try file.commit()
    func build(_ name: String, _ shuffle: String, _ memory: Int) throws {
      var options = DatasetBuilder.Options()
      options.threads = 1
      options.sortingByteCount = memory
      let recipe = try BuildTests.recipe([
        "output.path=\(scratch.path(name))", "input=\(scratch.path("in.jsonl"))", "block_size=1kB",
        Self.tokenizer, "output.shuffle=\(shuffle)", "output.shard_rows=11",
        "objectives={mlm: {length: 16}, denoising: {length: 16, layout: compact, epochs: 2}}",
      ])
      _ = try DatasetBuilder(recipe: recipe, options: options).build()
    }
    for shuffle in ["global", "none"] {
      try build("plenty-\(shuffle)", shuffle, 0)
      try build("little-\(shuffle)", shuffle, byteCount)
      #expect(
        try BuildTests.files(of: scratch.path("plenty-\(shuffle)"))
          == BuildTests.files(of: scratch.path("little-\(shuffle)")))
    }
  }
}
