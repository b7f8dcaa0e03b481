import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct MASSTests {
  private func objective(_ layout: String = "dense", vocabulary: SpecialTokens = Sample.bart) throws -> MASS {
    try make(
      MASS.self, ["length": .integer(11), "layout": .text(layout), "replace": .numbers(1, 0, 0)],
      vocabulary: vocabulary)
  }

  @Test func `Fragments start where seed, document and example say`() throws {
    let objective = try objective("compact")
    for row in try Golden("end_to_end")["mass_objective8_n10_k5 (content positions 1..10)"].list {
      let window = Sample.window(Array(1001...1010), example: UInt32(row["example"].int))
      let example = try #require(objective.example(of: window))
      #expect(example.scalar("fragment_start") == Int64(row["start"].int))
    }
  }

  @Test func `A row is the golden one`() throws {
    // The golden text counts its bos as the first of ten tokens; the half of nine is four, so one more is hidden here.
    let golden = try Golden("t5_spans")["mass"]
    let tokens = golden["tokens"].ids
    let (start, count) = (golden["start"].int, golden["k"].int)
    let vocabulary = SpecialTokens(
      vocabularySize: 200, ids: [.bos: tokens[0], .pad: 1, .eos: 2, .unk: 3, .mask: 4])
    let objective = try make(
      MASS.self, ["length": .integer(10), "replace": .numbers(1, 0, 0), "fragment": .number(5.0 / 9)],
      vocabulary: vocabulary)
    let rows = (0..<100 as Range<UInt32>).compactMap {
      objective.example(of: Sample.window(Array(tokens.dropFirst()), example: $0))
    }
    let row = try #require(rows.first { $0["decoder_position_ids"].first == Int64(start - 1) })
    #expect(row["input_ids"] == golden["input_ids(all masked branch)"].int64s)
    #expect(row["labels"] == golden["labels"].int64s)
    #expect(row["decoder_input_ids"] == golden["decoder_input_ids"].int64s)
    #expect(row["decoder_position_ids"] == golden["decoder_position_ids"].int64s)
    #expect(row["labels"].count == count)
  }

  @Test func `Fragments are half a text, rounded half to even`() {
    #expect([1, 2, 3, 5, 7, 10, 512].map { MASS.fragmentLength($0, share: 0.5) } == [1, 1, 2, 2, 4, 5, 256])
    #expect(MASS.fragmentLength(10, share: 1) == 10)
  }

  /// Exhaustive over short windows: the decoder's tokens, moved one to the left, are the labels.
  @Test func `The decoder is given what comes before`() throws {
    let objective = try objective()
    for count in 2...10 {
      for index in 0..<20 as Range<UInt32> {
        let example = try #require(
          objective.example(of: Sample.window(Array(100..<100 + UInt32(count)), example: index)))
        let asked = trimmed(example["labels"], -100)
        let given = Array(example["decoder_input_ids"].prefix(asked.count))
        #expect(given.dropFirst() == asked.dropLast())
        #expect(given[0] == (asked[0] == 100 ? 0 : asked[0] - 1))
        #expect(example["decoder_position_ids"][0] == asked[0] - 100)
      }
    }
    #expect(objective.example(of: Sample.window([100])) == nil)
  }
}
