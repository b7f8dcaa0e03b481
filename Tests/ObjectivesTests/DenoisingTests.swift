import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct DenoisingTests {
  /// All ids are special but 7777 and 7778, so that a random draw is one of two.
  private func infilling(_ replaceLength: Int, mask: UInt32) throws -> Infilling {
    let vocabulary = SpecialTokens(
      vocabularySize: 50265, otherSpecial: (0..<50265).filter { $0 != 7777 && $0 != 7778 })
    return Infilling(
      rate: 0.3, lengths: try #require(SamplingTable.poisson(mean: 3)),
      replacement: try #require(Infilling.Replacement(rawValue: replaceLength)), random: Threshold(0), mask: mask,
      table: try IDTable(vocabulary, for: "test"))
  }

  @Test func `Spans are masked, deleted and infilled as by fairseq`() throws {
    let golden = try Golden("bart")
    let mask = UInt32(golden["special_ids"]["mask"].int)
    for row in golden["mask_cases"].list {
      let infilling = try infilling(row["replace_length"].int, mask: mask)
      var scratch = ObjectiveScratch()
      scratch.ids = Array(row["source"].ids.dropFirst().dropLast())
      scratch.positions = row["starts"].ints.map { Int32($0 - 1) }
      scratch.lengths = row["lengths"].ints.map { Int32($0) }
      scratch.flags = row["random_flag"].flags
      var ids = RandomStream(key: (1, 2), counterHigh: (3, 4))
      infilling.replaceSpans(
        startsWord: Array(row["word_start"].flags.dropFirst().dropLast()), drawing: &ids, scratch: &scratch)
      let shown = scratch.ids.map { $0 == 7778 ? 7777 : $0 }
      #expect([0] + shown + [2] == row["out"].ids, "\(row["name"].text)")
    }
  }

  @Test func `Insertions stand at the drawn places of the result`() throws {
    let insertion = Insertion(randomShare: 0, mask: 6, table: try IDTable(Sample.full, for: "test"))
    var streams = DenoisingStreams(ExampleDraws(seed: 1, objective: 7, epoch: 0, origin: 1, example: 0))
    var scratch = ObjectiveScratch()
    scratch.ids = Array(40..<60)
    insertion.insert(7, drawing: &streams, scratch: &scratch)
    #expect(scratch.ids.count == 27)
    #expect(scratch.ids.filter { $0 == 6 }.count == 7)
    #expect(scratch.ids.filter { $0 != 6 } == Array(40..<60))
  }

  @Test func `Sentences move as by fairseq`() throws {
    for row in try Golden("bart")["sentence_permutation"].list {
      let source = Array(row["source"].ids.dropFirst().dropLast())
      // The golden ends are those of full stops; behind the last end, text stays in place.
      let ends = row["sentence_ends"].ints.map { $0 - 1 }
      let starts = [0] + ends.dropLast()
      var output: [UInt32] = []
      SentencePermutation.apply(
        row["ordering"].ints.map { Int32($0) }, starts: starts, to: Array(source[..<ends[ends.count - 1]]),
        into: &output)
      #expect([0] + output + source[ends[ends.count - 1]...] + [2] == row["out"].ids)
    }
  }

  @Test func `Rotations turn the text and not its frame`() throws {
    let golden = try Golden("bart")["rotation"]
    let text = Array(golden["tokens"].ids.dropFirst().dropLast())
    for row in golden["cases"].list {
      var output: [UInt32] = []
      Rotation.apply(row["offset"].int, to: text, into: &output)
      #expect([0] + output + [2] == row["out"].ids)
    }
  }

  @Test func `Whole examples come out of seed, document and example`() throws {
    let objective = try make(Denoising.self, ["length": .integer(64)], vocabulary: Sample.bart)
    for row in try Golden("end_to_end")["bart_objective7_content20_p0.3_lambda3_mask4"].list {
      let window = Sample.window(Array(1000..<1020), example: UInt32(row["example"].int), sentences: [0])
      let example = try #require(objective.example(of: window))
      #expect(trimmed(example["input_ids"], 1) == row["input_ids"].int64s)
      #expect(trimmed(example["labels"], -100) == [0] + (1000..<1020).map(Int64.init) + [2])
    }
  }

  @Test func `Span lengths are cut where they reach the budget`() throws {
    let rows = try Golden("end_to_end")["bart_objective7_content20_p0.3_lambda3_mask4"].list
    let infilling = try infilling(1, mask: 4)
    #expect(infilling.budget(20) == 6)
    for row in rows {
      var stream = ExampleDraws(
        seed: 12345, objective: 7, epoch: 0, origin: 42, example: UInt32(row["example"].int)
      ).stream(.noiseSpanLengths)
      var lengths: [Int32] = []
      let empty = infilling.drawLengths(budget: 6, drawing: &stream, into: &lengths)
      #expect(lengths.map(Int.init) == row["after_budget"].ints.filter { $0 > 0 })
      #expect(empty == row["after_budget"].ints.filter { $0 == 0 }.count)
    }
  }

  @Test func `The Poisson tables are the exact ones`() throws {
    let golden = try Golden("philox")["sampling_tables"]
    for (mean, key) in [(3.0, "poisson_3_fairseq_truncation"), (3.5, "poisson_3.5_fairseq_truncation")] {
      let table = try #require(SamplingTable.poisson(mean: mean))
      #expect(table.thresholds == golden[key]["thresholds_u32"].list.map(\.uint64))
      #expect(table.firstValue == golden[key]["first_value"].int)
    }
    #expect(SamplingTable.poisson(mean: 2) == nil)
  }

  @Test func `Removed share and length ratio are those of the reference simulation`() throws {
    // expected_stats: n 512, p 0.3, lambda 3: removed 0.2673, length ratio 0.8165 (sd of an example below 0.01).
    let objective = try make(
      Denoising.self, ["permute_sentences": .number(0), "layout": .text("compact")], vocabulary: Sample.bart)
    var (removed, ratio) = (0.0, 0.0)
    let runs = 150
    for index in 0..<runs {
      let example = try #require(objective.example(of: Sample.window(Array(1000..<1510), example: UInt32(index))))
      let input = example["input_ids"]
      removed += 1 - Double(input.filter { $0 >= 1000 }.count) / 510
      ratio += Double(input.count) / 512
    }
    #expect(abs(removed / Double(runs) - 0.2673) < 5 * 0.0099 / Double(runs).squareRoot() + 0.0005)
    #expect(abs(ratio / Double(runs) - 0.8165) < 5 * 0.0096 / Double(runs).squareRoot() + 0.0005)
  }

  @Test func `Steps of a list must have an effect`() throws {
    for (values, key) in [
      (["noise": .texts("rotate")] as KeyValuePairs<String, SettingValue.Content>, "noise"),
      (["noise": .texts("mask"), "insert": .number(0.1)], "insert"),
      (["noise": .texts("mask", "mask")], "noise"),
      (["noise": .texts("mask"), "mask": .number(0)], "mask"),
      (["poisson_lambda": .number(2)], "poisson_lambda"),
    ] {
      let error = try #require(throws: Diagnostic.self) { _ = try make(Denoising.self, values) }
      #expect(error.code == "settings.invalid" && error.message.contains("'denoising.\(key)'"), "\(error)")
    }
  }

  @Test func `Masks stand for runs, and an impossible run is noticed`() {
    func ranges(_ shown: [UInt32], _ text: [UInt32]) -> [Range<Int>]? {
      Alignment.ranges(of: shown, in: text, mask: 9, gapsAllowed: false)
    }
    #expect(ranges([1, 9, 4, 9, 5], [1, 2, 3, 4, 5]) == [0..<1, 1..<3, 3..<4, 4..<4, 4..<5])
    #expect(ranges([9], []) == [0..<0])
    #expect(ranges([], []) == [])
    #expect(ranges([1], [1, 2]) == nil)
    #expect(ranges([1, 3], [1, 2, 3]) == nil)
    #expect(ranges([9, 1, 2], [1, 1, 1, 2]) == [0..<2, 2..<3, 3..<4])
  }

  @Test func `Explanations say what was hidden, moved and turned`() throws {
    let objective = try make(
      Denoising.self, ["noise": .texts("permute_sentences", "infill", "rotate"), "rotate": .number(1)])
    let window = Sample.window(Array(40..<60), sentences: [0, 5, 11])
    let example = try #require(objective.example(of: window))
    let sections = objective.explain(example)
    #expect(sections.map(\.title) == ["input", "target"])
    #expect(sections[0].tokens.map { Int64($0.id) } == trimmed(example["input_ids"], 0))
    #expect(sections[1].tokens.map { Int64($0.id) } == trimmed(example["labels"], -100))
    let missing = Set(window.ids).subtracting(sections[0].tokens.map(\.id))
    #expect(Set(sections[1].tokens.filter { $0.mark == .deleted }.map(\.id)) == missing)
  }
}
