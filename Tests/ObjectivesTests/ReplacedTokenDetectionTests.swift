import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct ReplacedTokenDetectionTests {
  @Test func `Rows of every sampler come out of seed, document and example`() throws {
    for row in try Golden("detection")["rows"].list {
      let objective = try make(ReplacedTokenDetection.self, golden: row["settings"], ["length": .integer(64)])
      let window = Sample.window(row["window"].ids, example: UInt32(row["example"].int))
      let example = try #require(objective.example(of: window))
      let labels = row["labels"].int64s
      #expect(trimmed(example["input_ids"], 0) == row["input_ids"].int64s, "\(row["settings"].setting.description)")
      #expect(example["labels"] == labels + Array(repeating: -100, count: 64 - labels.count))
      #expect(example["replaced_positions"] == labels.indices.filter { labels[$0] == 1 }.map(Int64.init))
      try objective.verify(example, seed: 12345)
    }
  }

  @Test func `A replacement by the same token is none`() throws {
    let objective = try make(
      ReplacedTokenDetection.self, ["sampler": .text("window"), "layout": .text("compact")])
    let window = Sample.window(Array(repeating: 40, count: 50))
    let example = try #require(objective.example(of: window))
    #expect(example["replaced_positions"].isEmpty)
    #expect(try objective.restore(example) == window)
  }

  @Test func `Without frequencies, the first ids are the frequent ones`() throws {
    let objective = try make(
      ReplacedTokenDetection.self, ["mask_probability": .number(0.9), "layout": .text("compact")])
    var counts: [Int64: Int] = [:]
    for index in 0..<60 as Range<UInt32> {
      let example = try #require(objective.example(of: Sample.window(Array(200..<300), example: index)))
      for position in example["replaced_positions"] { counts[example["input_ids"][Int(position)], default: 0] += 1 }
    }
    // 270 ids: the first is drawn 1 / H(270) = 0.162 of the times.
    let all = Double(counts.values.reduce(0, +))
    #expect(abs(Double(counts[30] ?? 0) / all - 0.162) < 0.03)
    #expect(abs(Double(counts[31] ?? 0) / all - 0.081) < 0.03)
  }

  @Test func `Frequencies of fewer than two ordinary ids are refused`() throws {
    for counts in [[], [5, 5], Array(repeating: 0, count: 40) + [3]] as [[Int]] {
      let error = try #require(throws: Diagnostic.self) {
        _ = try make(
          ReplacedTokenDetection.self, ["frequencies": .list(counts.map { SettingValue(.integer($0)) })])
      }
      #expect(error.code == "settings.invalid")
    }
  }
}
