import Palimpsest
import Pipeline
import TestSupport
import Testing

/// Shards that are shared out, found finished, or refused.
@Suite("Publishing")
struct PublishingTests {
  private static let objectives = "objectives={mlm: {length: 64}, clm: {length: 64}}"

  private static func builder(
    _ folder: String, part: String? = nil, _ overrides: [String] = [], in fileSystem: any FileSystem = LocalFileSystem()
  ) throws(Diagnostic) -> DatasetBuilder {
    var options = DatasetBuilder.Options()
    options.threads = 1
    if let part { options.part = try BuildPart(part) }
    let recipe = try BuildTests.recipe(["output.path=\(folder)", objectives] + overrides)
    return DatasetBuilder(recipe: recipe, options: options, in: fileSystem)
  }

  @Test("is shared by parts once all blocks are there, and a plain build finds their shards")
  func parts() throws {
    let scratch = try ScratchDirectory()
    let folder = scratch.path("parts")
    let whole = try Self.builder(scratch.path("whole")).build()
    #expect(whole.shards > 6)
    #expect(try !Self.builder(folder, part: "1/3").build().hasShards)
    #expect(try !Self.builder(folder, part: "3/3").build().hasShards)
    let last = try Self.builder(folder, part: "2/3").build()
    #expect(last.hasShards && last.shardsFoundDone == 0)
    let first = try Self.builder(folder, part: "1/3").build()
    #expect(first.hasShards && first.blocksFoundDone == first.blocks)
    // Again: nothing is left for it.
    let again = try Self.builder(folder, part: "1/3").build()
    #expect(again.shardsFoundDone == first.shards)
    let rest = try Self.builder(folder).build()
    #expect(rest.shards == whole.shards)
    #expect(rest.shardsFoundDone == first.shards + last.shards)
    #expect(try BuildTests.files(of: folder) == BuildTests.files(of: scratch.path("whole")))
    // A late part finds the dataset complete.
    #expect(try Self.builder(folder, part: "3/3").build().wasComplete)
  }

  @Test("makes a shard again that was changed after it was finished")
  func changedShard() throws {
    let scratch = try ScratchDirectory()
    _ = try Self.builder(scratch.path("whole")).build()
    let folder = scratch.path("out")
    let done = try Self.builder(folder, part: "1/1").build()
    let shards = try LocalFileSystem().list(folder + "/mlm/train").filter { $0.hasSuffix(".arrow") }
    var bytes = try LocalFileSystem().readAll(folder + "/mlm/train/" + shards[0])
    bytes[bytes.count / 2] ^= 1
    var file = try AtomicFile(folder + "/mlm/train/" + shards[0], in: LocalFileSystem())
    try file.write(bytes)
    try file.commit()
    let rest = try Self.builder(folder).build()
    #expect(rest.shardsFoundDone == done.shards - 1)
    #expect(try BuildTests.files(of: folder) == BuildTests.files(of: scratch.path("whole")))
  }

  @Test("notices an input that changed under its path, in size or in one letter")
  func changedInput() throws {
    let scratch = try ScratchDirectory()
    let input = scratch.path("in.jsonl")
    func write(_ text: String) throws {
      var file = try AtomicFile(input, in: LocalFileSystem())
      try file.write(Array("{\"text\": \"\(text)\"}\n".utf8))
      try file.commit()
    }
    let overrides = ["input=\(input)", "tokenizer.train.vocab_size=400"]
    try write("It was the best of times.")
    _ = try Self.builder(scratch.path("out"), overrides).build()
    #expect(try Self.builder(scratch.path("out"), overrides).build().wasComplete)
    func refusal() -> Diagnostic? {
      do throws(Diagnostic) {
        _ = try Self.builder(scratch.path("out"), overrides).build()
        return nil
      } catch {
        return error
      }
    }
    try write("It was the best of limes.")
    #expect(refusal()?.code == "build.output-exists")
    #expect(refusal()?.found?.hasPrefix("\(input) with XXH64 ") == true)
    try write("It was the best of all times.")
    #expect(refusal()?.found == "\(input) of 38 bytes")
    #expect(refusal()?.expected == "\(input) of 42 bytes")
    try write("It was the best of times.")
    #expect(refusal() == nil)
  }

  @Test("is not begun where the disk is too small, unless told so")
  func space() throws {
    let scratch = try ScratchDirectory()
    let small = FaultyFileSystem(availableBytes: 100_000)
    let error = #expect(throws: Diagnostic.self) { try Self.builder(scratch.path("out"), in: small).build() }
    #expect(error?.code == "build.no-space")
    #expect(try LocalFileSystem().status(of: scratch.path("out/.work/plan.json")) == nil)
    var bold = try Self.builder(scratch.path("out"), in: small)
    bold.options.checksSpace = false
    _ = try bold.build()
  }

  @Test("tells beforehand what the disk will hold, within a tenth", arguments: ["jsonl", "jsonl.gz"])
  func estimate(ending: String) throws {
    let scratch = try ScratchDirectory()
    let tokenizer = "\(Fixtures.path)/tokenizers/wordpiece-4k.tokenizer.json"
    let overrides = ["tokenizer=\(tokenizer)", "input=\(Fixtures.path)/corpora/novels-small.\(ending)"]
    let preview = try #require(try Self.builder(scratch.path("out"), overrides).preview().space)
    let manifest = try Self.builder(scratch.path("out"), overrides).build().manifest
    let size = manifest.objectives.flatMap(\.splits).flatMap(\.shards).reduce(0) { $0 + $1.byteCount }
    #expect(abs(preview.datasetBytes - size) * 10 < size, "\(preview.datasetBytes) for \(size)")
    #expect(preview.workBytes >= preview.datasetBytes && preview.presentBytes == 0)
  }

  @Test("ends well after a call that fails, and then with the same bytes")
  func faults() throws {
    let scratch = try ScratchDirectory()
    let tokenizer = "\(Fixtures.path)/tokenizers/wordpiece-4k.tokenizer.json"
    var file = try AtomicFile(scratch.path("in.txt"), in: LocalFileSystem())
    try file.write(
      Array(String(repeating: "It was the best of times.\n\nIt was the worst of times.\n\n", count: 5).utf8))
    try file.commit()
    let overrides = [
      "tokenizer=\(tokenizer)", "input=\(scratch.path("in.txt"))", "objectives={mlm: {length: 16}}", "block_size=100B",
      "output.shard_rows=5",
    ]
    let counting = FaultyFileSystem()
    _ = try Self.builder(scratch.path("whole"), overrides, in: counting).build()
    let whole = try BuildTests.files(of: scratch.path("whole"))
    // A sample; `Tests/Python/failing_writes.py` fails every call that writes.
    for call in stride(from: 3, to: counting.callCount, by: counting.callCount / 17) {
      let folder = scratch.path("out-\(call)")
      let faulty = FaultyFileSystem(failingCall: call, fault: call % 2 == 0 ? .diskFull : .inputOutput, failsOnce: true)
      if (try? Self.builder(folder, overrides, in: faulty).build()) == nil {
        // Nothing that calls itself finished, or all of it: what fails last is taking the work away.
        if try LocalFileSystem().status(of: folder + "/dataset.json") != nil {
          let found = try BuildTests.files(of: folder).filter { !$0.key.hasPrefix("/.") }
          #expect(found == whole, "call \(call)")
        }
        _ = try Self.builder(folder, overrides).build()
      }
      #expect(try BuildTests.files(of: folder) == whole, "call \(call)")
      try LocalFileSystem().removeTree(folder)
    }
  }
}
