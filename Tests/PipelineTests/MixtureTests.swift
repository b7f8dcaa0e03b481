import Palimpsest
import TestSupport
import Testing

@testable import Pipeline

/// Inputs with weights: how often each document takes part.
@Suite("A mixture")
struct MixtureTests {
  @Test("takes whole numbers of every document, and a fraction of them once more")
  func copies() {
    let ids = (0..<20_000).map { Digest.xxh64(Array("\($0)".utf8)) }
    for weight in [0, 0.1, 0.25, 0.5, 1, 1.25, 2, 3.75] {
      let shares = DocumentShares(weight: weight, seed: 17)
      let copies = ids.map { shares.copies(of: $0) }
      let (low, high) = (Int(weight), Int(weight.rounded(.up)))
      #expect(copies.allSatisfy { $0 == low || $0 == high })
      let mean = Double(copies.reduce(0, +)) / Double(ids.count)
      // Five standard deviations of a mean of 20,000 draws.
      #expect(abs(mean - weight) < 5 * 0.5 / 141.4, "\(weight): \(mean)")
    }
  }

  @Test("keeps at a higher weight whoever it keeps at a lower one, and others under another seed")
  func nested() {
    let ids = (0..<2000).map { Digest.xxh64(Array("\($0)".utf8)) }
    func kept(_ weight: Double, seed: UInt64 = 1) -> Set<UInt64> {
      let shares = DocumentShares(weight: weight, seed: seed)
      return Set(ids.filter { shares.copies(of: $0) > 0 })
    }
    #expect(kept(0.2).isSubset(of: kept(0.3)))
    let both = kept(0.5).intersection(kept(0.5, seed: 2)).count
    #expect((400...600).contains(both))
    // The rule, spelt out: XXH64 of id and seed, above which bits of the fraction's 53.
    var key: [UInt8] = []
    key.append(littleEndian: ids[0], byteCount: 8)
    key.append(littleEndian: 1, byteCount: 8)
    let draw = Double(Digest.xxh64(key, seed: 0x7765_6967_6874) >> 11) * 0x1p-53
    #expect(DocumentShares(weight: draw.nextUp, seed: 1).copies(of: ids[0]) == 1)
    #expect(DocumentShares(weight: draw, seed: 1).copies(of: ids[0]) == 0)
  }

  private static let novels = "\(Fixtures.path)/corpora/novels-small.jsonl"

  /// The rows of a dataset's objective: which document, window and epoch.
  private func rows(_ folder: String, _ objective: String = "mlm") throws -> [String] {
    let dataset = try Dataset(opening: folder)
    var rows: [String] = []
    for split in try #require(dataset.objectives.first { $0.name == objective }).splits {
      for shard in split.shards {
        let reader = try ShardReader(
          opening: "\(folder)/\(objective)/\(split.name)/\(shard.path)", in: LocalFileSystem())
        for row in 0..<reader.rowCount {
          let example = try reader.example(at: row)
          let names = ["doc_id", "example_index", "epoch"]
          rows.append(names.map { "\(example.scalar($0) ?? 0)" }.joined(separator: " "))
        }
      }
    }
    return rows
  }

  @Test(
    "gives the rows of all documents so often, with epochs of their own, and proves whole",
    arguments: ["global", "none"])
  func builds(shuffle: String) throws {
    let scratch = try ScratchDirectory()
    let tail = ["output.shuffle=\(shuffle)", "objectives.mlm.epochs=2"]
    func build(_ name: String, weight: Double, threads: Int = 2) throws -> Manifest {
      try BuildTests.build(
        into: scratch.path(name), tail + ["input={path: \(Self.novels), weight: \(weight)}"], threads: threads
      ).manifest
    }
    let once = try build("once", weight: 1)
    let twice = try build("twice", weight: 2)
    let plain = try rows(scratch.path("once"))
    let doubled = try rows(scratch.path("twice"))
    let shifted = plain.map { row in
      let parts = row.split(separator: " ")
      return "\(parts[0]) \(parts[1]) \((Int(parts[2]) ?? 0) + 2)"
    }
    #expect(doubled.sorted() == (plain + shifted).sorted())
    #expect(once.inputs[0].weight == 1 && twice.inputs[0].weight == 2)
    #expect(twice.counts.documents == once.counts.documents)

    let half = try build("half", weight: 0.5, threads: 3)
    let kept = try rows(scratch.path("half"))
    #expect(Set(kept).isSubset(of: Set(plain)) && kept.count < plain.count && !kept.isEmpty)
    let leftOut = once.counts.documents - half.counts.documents
    #expect(half.counts.dropped == [ManifestDrop(reason: "weight", count: leftOut)])
    #expect(half.counts.skipped == once.counts.skipped)
    for name in ["twice", "half"] {
      let report = try Audit(of: scratch.path(name)).run()
      #expect(report.isClean, "\(report.findings.map(\.message))")
    }
  }

  @Test("trains its tokenizer on the mixture, too, and weights of 1 change nothing")
  func training() throws {
    let scratch = try ScratchDirectory()
    _ = try BuildTests.build(into: scratch.path("plain"))
    _ = try BuildTests.build(into: scratch.path("one"), ["input={path: \(Self.novels), weight: 1}"])
    _ = try BuildTests.build(into: scratch.path("two"), ["input={path: \(Self.novels), weight: 2}"])
    _ = try BuildTests.build(into: scratch.path("few"), ["input={path: \(Self.novels), weight: 0.1}"])
    func tokenizer(_ name: String) throws -> UInt64 {
      Digest.xxh64(try LocalFileSystem().readAll(scratch.path(name) + "/tokenizer.json"))
    }
    // Twice every count is the same order of counts.
    #expect(try tokenizer("plain") == tokenizer("two"))
    #expect(try tokenizer("plain") != tokenizer("few"))
    #expect(try rows(scratch.path("plain")) == rows(scratch.path("one")))
  }

  @Test("must leave room for the epochs of all shares")
  func epochs() throws {
    let problem = #expect(throws: Diagnostic.self) {
      try BuildTests.recipe(["objectives.mlm.epochs=40000", "input={path: x, weight: 1.5}"])
    }
    #expect(problem?.code == "settings.invalid")
  }
}
