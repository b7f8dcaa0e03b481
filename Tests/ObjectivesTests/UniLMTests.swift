import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct UniLMTests {
  @Test func `Whole rows come out of seed, document and example`() throws {
    for row in try Golden("unilm")["rows"].list {
      let objective = try make(UniLM.self, golden: row["settings"], ["length": .integer(50)])
      let window = Sample.window(row["window"].ids, example: UInt32(row["example"].int))
      // A window of nothing but unknown words has nothing to hide.
      guard !row["positions"].list.isEmpty else { continue }
      let example = try #require(objective.example(of: window))
      let due = row["input_ids"].int64s
      #expect(trimmed(example["input_ids"], 0) == due)
      #expect(example["labels"].indices.filter { example["labels"][$0] >= 0 } == row["positions"].ints)
      #expect(Array(example["token_type_ids"].prefix(due.count)) == row["token_type_ids"].int64s)
      #expect(example.scalar("mask_kind") == Int64(row["mask_kind"].int))
      #expect(example.scalar("source_len") == Int64(row["source_len"].int))
      try objective.verify(example, seed: 12345)
      if due.count < 20 {
        let layout = try #require(AttentionLayout(example))
        #expect(rows(layout, due.count) == row["mask"].list.map(\.text))
      }
    }
  }

  @Test func `Only directions with a weight are drawn`() throws {
    let objective = try make(
      UniLM.self, ["weights": .list([0, 0, 0, 1].map { SettingValue(.integer($0)) }), "layout": .text("compact")])
    for index in 0..<10 as Range<UInt32> {
      #expect(objective.example(of: Sample.window(Array(40..<60), example: index))?.scalar("mask_kind") == 2)
    }
    for weights in [[1, 1, 1], [0, 0, 0, 0]] {
      let error = try #require(throws: Diagnostic.self) {
        _ = try make(UniLM.self, ["weights": .list(weights.map { SettingValue(.integer($0)) })])
      }
      #expect(error.code == "settings.invalid")
    }
  }

  private func rows(_ layout: AttentionLayout, _ length: Int) -> [String] {
    let matrix = layout.matrix(length: length)
    return (0..<length).map { row in
      matrix[row * length..<(row + 1) * length].map { $0 == 1 ? "1" : "0" }.joined()
    }
  }
}
