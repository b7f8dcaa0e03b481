import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct PrefixLMTests {
  @Test func `The range of prefix lengths is T5's`() throws {
    for row in try Golden("t5_spans")["prefix_lm_ranges"].list where row["length"].int >= 2 {
      let objective = try make(PrefixLM.self, ["density": .number(row["density"].double)])
      #expect(
        objective.prefixLengths(row["length"].int) == row["min_prefix"].int...row["max_prefix_inclusive"].int)
    }
  }

  @Test func `A split between two shares keeps to them, and leaves a token on each side`() throws {
    let objective = try make(PrefixLM.self, ["split": .numbers(0.25, 0.75)])
    #expect(objective.prefixLengths(512) == 128...384)
    #expect(objective.prefixLengths(2) == 1...1)
    #expect(try make(PrefixLM.self, ["split": .numbers(0, 1)]).prefixLengths(10) == 1...9)
    for shares in [[0.5], [0.7, 0.3]] {
      let error = try #require(throws: Diagnostic.self) {
        _ = try make(PrefixLM.self, ["split": .list(shares.map { SettingValue(.number($0)) })])
      }
      #expect(error.code == "settings.invalid")
    }
  }

  @Test func `Prefixes come out of seed and example as in the golden case`() throws {
    let objective = try make(PrefixLM.self, ["length": .integer(512)], vocabulary: Sample.t5)
    let golden = try Golden("end_to_end")["prefix_objective3_purpose8_n512_examples_0..9 (P = 1 + bounded(511))"].int64s
    for (index, prefix) in golden.enumerated() {
      let window = Sample.window(Array(1000..<1512), example: UInt32(index))
      #expect(objective.example(of: window)?.scalar("prefix_length") == prefix)
    }
  }

  @Test func `Labels start where the prefix ends, unshifted`() throws {
    let objective = try make(PrefixLM.self, ["length": .integer(6)])
    for row in try Golden("masks")["t5_decoder_only_prefix"].list {
      let golden = row["hf_unshifted"]
      let wanted = golden["prefix_len"].int
      // Search the example that draws this prefix: the draw is part of the row's identity.
      let example = try #require(
        (0..<200).lazy.compactMap { objective.example(of: Sample.window(golden["input_ids"].ids, example: $0)) }
          .first { $0.scalar("prefix_length") == Int64(wanted) })
      #expect(example["labels"] == golden["labels"].int64s)
      #expect(example["input_ids"] == golden["input_ids"].int64s)
      // The stored scalar is all a reader needs to rebuild the mask.
      let matrix = try #require(AttentionLayout(example)).matrix(length: 6)
      #expect(matrix.map { $0 == 1 ? "1" : "0" }.joined() == golden["mask"].list.map(\.text).joined())
    }
  }

  @Test func `An encoder gets the prefix and a decoder the rest, both ended`() throws {
    let objective = try make(PrefixLM.self, ["form": .text("encoder_decoder"), "layout": .text("compact")])
    let window = Sample.window(Array(100..<110))
    let example = try #require(objective.example(of: window))
    #expect(example["input_ids"].last == 3)
    #expect(example["labels"].last == 3)
    #expect(example["input_ids"].dropLast() + example["labels"].dropLast() == (100..<110).map(Int64.init))
  }

  @Test func `A window of one token is too short`() throws {
    let objective = try make(PrefixLM.self)
    #expect(objective.example(of: Sample.window([50])) == nil)
    #expect(objective.example(of: Sample.window([50, 51]))?.scalar("prefix_length") == 1)
  }
}
