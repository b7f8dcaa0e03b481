import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct MaskedLMTests {
  @Test func `The number of predictions is Python 3's rounding, capped`() throws {
    for row in try Golden("mlm")["num_to_predict_[len,p,cap,n]"].list {
      let objective = try make(
        MaskedLM.self, ["mask_probability": .number(row[1].double), "max_predictions": .integer(row[2].int)])
      #expect(objective.selection.predictionCount(row[0].int) == row[3].int, "length \(row[0].int)")
    }
    let objective = try make(MaskedLM.self)
    for length in try Golden("mlm")["lengths<=512_where_python2_round_differs_p0.15"].ints {
      let schoolRounding = Int((Double(length) * 0.15 + 0.5).rounded(.down))
      #expect(objective.selection.predictionCount(length) == schoolRounding - 1)
    }
  }

  @Test func `Whole examples come out of seed, epoch, document and example, byte for byte`() throws {
    for row in try Golden("end_to_end")["mlm_objective1"].list {
      let objective = try make(
        MaskedLM.self, ["mask_probability": .number(row["p"].double), "max_predictions": .integer(20)],
        vocabulary: Sample.bert)
      let window = Sample.window(
        Array(1000..<1020), example: UInt32(row["example"].int), epoch: UInt16(row["epoch"].int))
      let example = try #require(objective.example(of: window))
      #expect(trimmed(example["input_ids"], 0) == row["input_ids"].int64s)
      #expect(Array(example["labels"].prefix(22)) == row["labels"].int64s)
      #expect(example["attention_mask"] == (0..<128).map { $0 < 22 ? 1 : 0 })

      let compact = try make(
        MaskedLM.self,
        ["mask_probability": .number(row["p"].double), "max_predictions": .integer(20), "layout": .text("compact")],
        vocabulary: Sample.bert)
      let list = try #require(compact.example(of: window))
      #expect(list["input_ids"] == row["input_ids"].int64s)
      #expect(list["masked_positions"] == row["positions"].int64s)
      #expect(list["masked_labels"] == row["positions"].ints.map { Int64(999 + $0) })
    }
  }

  @Test func `Words are walked as BERT walks them`() throws {
    let golden = try Golden("mlm")["whole_word"]
    let words = golden["candidates_reference_code"].list.map(\.ints)
    for row in golden["choose"].list {
      var budget = WordBudget(tokens: row["num_to_predict"].int)
      var chosen: [Int] = []
      for word in row["order"].ints where budget.takes(words[word].count) { chosen += words[word] }
      #expect(chosen.sorted() == row["positions"].ints)
    }
  }

  /// Unlike the reference, which glues `##s` behind a separator to the word before it.
  @Test func `A special token ends a word`() throws {
    let tokens = try Golden("mlm")["whole_word"]["tokens"].list.map(\.text)
    let vocabulary = SpecialTokens(
      vocabularySize: 20, ids: [.cls: 0, .sep: 7], otherSpecial: [10],
      continuesWord: (0..<20).map { $0 < tokens.count && tokens[$0].hasPrefix("##") })
    let selection = TokenSelection(unit: .wholeWord, table: try IDTable(vocabulary, for: "test"))
    var (starts, lengths): ([Int32], [Int32]) = ([], [])
    selection.findWords(in: Array(0..<UInt32(tokens.count)), starts: &starts, lengths: &lengths)
    #expect(starts == [1, 4, 5, 8, 9])
    #expect(lengths == [3, 1, 2, 1, 1])
  }

  @Test func `Mask, random and keep are laid out as in BERT's example`() throws {
    let golden = try Golden("mlm")["bert_80_10_10_example"]
    let (mask, random) = (Threshold(0.8).value, Threshold(0.9).value)
    #expect(mask == 3_435_973_837)
    #expect(random == 3_865_470_566)
    // A row as an older writer might have made it restores, whatever was drawn.
    let objective = try make(
      MaskedLM.self, ["length": .integer(6), "mask_probability": .number(0.5)], vocabulary: Sample.bert)
    let original = golden["original"].ids
    let window = Sample.window(Array(original[1..<5]))
    var example = try #require(objective.example(of: window))
    example.values[0] = golden["input_ids"].int64s
    example.values[1] = golden["labels"].int64s
    try objective.check(example)
    #expect(try objective.restore(example) == window)
    #expect(
      objective.explain(example)[0].tokens.map(\.mark) == [.special, .masked, .plain, .replaced, .kept, .special])
  }

  /// Spans, n-grams and the counts of RoBERTa and Hugging Face, from an independent reference.
  @Test func `Rows of every unit and count come out of seed, document and example`() throws {
    for row in try Golden("masking")["rows"].list {
      let objective = try make(
        MaskedLM.self, golden: row["settings"], ["layout": .text("compact")])
      let window = Sample.window(row["window"].ids, example: UInt32(row["example"].int))
      let example = try #require(objective.example(of: window))
      #expect(example["masked_positions"] == row["positions"].int64s, "\(row["settings"].setting.description)")
      #expect(example["input_ids"] == row["input_ids"].int64s, "\(row["settings"].setting.description)")
      try objective.verify(example, seed: 12345)
    }
  }

  @Test func `Spans cover words as SpanBERT's do`() throws {
    let golden = try Golden("mlm")["spanbert"]
    let starts = golden["word_start"].flags
    let row = Array(0..<UInt32(starts.count))
    let table = try IDTable(
      SpecialTokens(vocabularySize: starts.count, continuesWord: starts.map { !$0 }), for: "test")
    let spans = SpanSelection(p: 0.2, longest: 10, table: table)
    for item in golden["cases"].list {
      var mask = starts.map { _ in false }
      var left = item["budget"].int
      for draw in item["draws_(length_words,anchor)"].list where left > 0 && !mask[draw[1].int] {
        left -= spans.cover(draw[0].int, from: draw[1].int, of: row, spending: left, mask: &mask)
      }
      #expect(mask.indices.filter { mask[$0] } == item["masked"].ints)
    }
  }

  @Test func `Lengths are drawn from the tables of exact rationals`() throws {
    let tables = try Golden("philox")["sampling_tables"]
    func thresholds(_ name: String) -> [UInt64] { tables[name]["thresholds_u32"].list.map(\.uint64) }
    #expect(SamplingTable.geometric(p: 0.2, longest: 10).thresholds == thresholds("geometric_p0.2_trunc_1..10"))
    #expect(SamplingTable.ngram(longest: 2, favorsShorter: true).thresholds == thresholds("ngram_1/n_max2"))
    #expect(SamplingTable.ngram(longest: 3, favorsShorter: true).thresholds == thresholds("ngram_1/n_max3"))
  }

  @Test func `Spans of one-token words merge as in the reference simulation`() throws {
    let objective = try make(
      MaskedLM.self, ["length": .integer(514), "unit": .text("span"), "layout": .text("compact")])
    let runs = 200
    var spans = 0
    for index in 0..<UInt32(runs) {
      let window = Sample.window(Array(repeating: 40, count: 512), example: index)
      let positions = try #require(objective.example(of: window))["masked_positions"]
      #expect(positions.count == 77)
      spans += 1 + zip(positions, positions.dropFirst()).reduce(0) { $0 + ($1.1 == $1.0 + 1 ? 0 : 1) }
    }
    // 19.59 in the mean, with a deviation of 2.89 an example.
    #expect(abs(Double(spans) / Double(runs) - 19.59) < 5 * 2.89 / Double(runs).squareRoot())
  }

  @Test func `Almost everything can be covered with spans`() throws {
    let objective = try make(
      MaskedLM.self, ["length": .integer(64), "unit": .text("span"), "mask_probability": .number(0.999)])
    let example = try #require(objective.example(of: Sample.window(Array(40..<100))))
    #expect(example["labels"].filter { $0 >= 0 }.count == 60)
  }

  @Test func `A stochastic count is the one below or the one above the mean`() throws {
    let objective = try make(MaskedLM.self, ["count": .text("stochastic"), "layout": .text("compact")])
    let counts = try (0..<40 as Range<UInt32>).map { index in
      try #require(objective.example(of: Sample.window(Array(40..<90), example: index)))["masked_positions"].count
    }
    #expect(Set(counts) == [7, 8])
  }

  @Test func `Random tokens come from the stated ids`() throws {
    let objective = try make(
      MaskedLM.self,
      ["replace": .numbers(0, 1, 0), "replacement_ids": .texts("100-102", "7"), "layout": .text("compact")])
    var seen: Set<Int64> = []
    for index in 0..<20 as Range<UInt32> {
      let example = try #require(objective.example(of: Sample.window(Array(200..<290), example: index)))
      seen.formUnion(example["masked_positions"].map { example["input_ids"][Int($0)] })
    }
    #expect(seen == [7, 100, 101, 102])
  }

  @Test(arguments: ["5-3", "a", "1-2-3", "300", "4", "-1"]) func `Ids that cannot be drawn from are refused`(
    _ text: String
  ) throws {
    let error = try #require(throws: Diagnostic.self) {
      _ = try make(MaskedLM.self, ["replacement_ids": .text(text)])
    }
    #expect(error.code == "settings.invalid")
  }

  @Test func `Counts and limits that bend a law are refused`() throws {
    for values in [
      ["unit": .text("span"), "count": .text("bernoulli")], ["unit": .text("ngram"), "count": .text("stochastic")],
      ["count": .text("bernoulli"), "max_predictions": .integer(4)],
    ] as [KeyValuePairs<String, SettingValue.Content>] {
      let error = try #require(throws: Diagnostic.self) { _ = try make(MaskedLM.self, values) }
      #expect(error.code == "settings.invalid")
    }
  }

  @Test func `A window without a word that fits is dropped and says so`() throws {
    let objective = try make(MaskedLM.self, ["unit": .text("whole_word")])
    var batch = ExampleBatch(schema: objective.schema)
    var scratch = ObjectiveScratch()
    // One word of three tokens; a row of five gives one prediction.
    let long = Sample.window([31, 33, 36])
    let unknown = Sample.window([1, 1])
    #expect(
      objective.append(
        long, drawing: objective.draws(seed: 1, for: long), orderKey: 0, scratch: &scratch, to: &batch)
        == DropReason("no_word_fits"))
    #expect(
      objective.append(
        unknown, drawing: objective.draws(seed: 1, for: unknown), orderKey: 0, scratch: &scratch, to: &batch)
        == .windowTooShort)
    #expect(batch.rowCount == 0)
  }

  @Test func `Shares that do not sum to one are refused`() throws {
    let error = try #require(throws: Diagnostic.self) {
      _ = try make(MaskedLM.self, ["replace": .numbers(0.8, 0.1)])
    }
    #expect(
      error.description == """
        error[settings.invalid]: 'mlm.replace' is not three shares that sum to 1
          found     replace: [0.8, 0.1]
          help      for example [0.8, 0.1, 0.1]
        """)
  }

  @Test func `A vocabulary without a mask is refused`() throws {
    let vocabulary = SpecialTokens(vocabularySize: 10, ids: [.pad: 0, .cls: 1, .sep: 2])
    let error = try #require(throws: Diagnostic.self) { _ = try make(MaskedLM.self, vocabulary: vocabulary) }
    #expect(error.code == "objective.missing-token")
  }
}
