import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct MaskedLMTests {
  @Test func `The number of predictions is Python 3's rounding, capped`() throws {
    for row in try Golden("mlm")["num_to_predict_[len,p,cap,n]"].list {
      let objective = try make(
        MaskedLM.self, ["mask_probability": .number(row[1].double), "max_predictions": .integer(row[2].int)])
      #expect(objective.predictionCount(row[0].int) == row[3].int, "length \(row[0].int)")
    }
    let objective = try make(MaskedLM.self)
    for length in try Golden("mlm")["lengths<=512_where_python2_round_differs_p0.15"].ints {
      let schoolRounding = Int((Double(length) * 0.15 + 0.5).rounded(.down))
      #expect(objective.predictionCount(length) == schoolRounding - 1)
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
