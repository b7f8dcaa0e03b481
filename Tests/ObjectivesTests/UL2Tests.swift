import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct UL2Tests {
  @Test func `Denoisers have the lengths of the paper's table`() throws {
    for row in try Golden("ul2")["denoisers"].list {
      let denoiser = try #require(Denoiser.allCases.first { $0.name == row["name"].text })
      #expect(denoiser.mode.rawValue == "mode_" + row["mode"].text)
      let (inputs, tokens) = (row["inputs_length"].int, row["tokens_length"].int)
      let (input, target) = (row["inputs_len_with_mode_and_eos"].int, row["targets_len_with_eos"].int)
      guard let noise = denoiser.noise else {
        let prefix = UL2.quarterPrefix(tokens)
        #expect(tokens == inputs - 2 && prefix == row["split"].int)
        #expect(prefix + 2 == input && tokens - prefix + 1 == target)
        continue
      }
      // One slot is the mode token's.
      #expect(noise.lengths(for: inputs - 1).tokens == tokens)
      let counts = noise.counts(tokens)
      #expect(counts == SpanNoise.Counts(noise: row["num_noise"].int, spans: row["num_spans"].int))
      #expect(counts.inputLength(tokens) + 1 == input && counts.targetLength == target)
    }
  }

  @Test func `Denoisers come out of seed, document and example`() throws {
    let objective = try make(UL2.self, vocabulary: vocabulary)
    for (index, name) in try Golden("end_to_end")["ul2_objective6_purpose7_examples_0..19"].list.enumerated() {
      let window = Sample.window(Array(1000..<1512), example: UInt32(index))
      let example = try #require(objective.example(of: window))
      let denoiser = try #require(example.scalar("denoiser").flatMap { Denoiser(rawValue: Int($0)) })
      #expect(denoiser.name == name.text)
      #expect(example["input_ids"].first == [.modeR: 32100, .modeS: 32101, .modeX: 32102][denoiser.mode])
    }
  }

  /// Behind the mode token a row is what span corruption makes of the same draws.
  @Test func `Sides are those of span corruption`() throws {
    let objective = try make(
      UL2.self, ["weights": .list([0, 0, 0, 1, 0, 0, 0].map { SettingValue(.integer($0)) })], vocabulary: vocabulary)
    let tokens = Array(1000..<1512 as Range<UInt32>)
    let example = try #require(objective.example(of: Sample.window(tokens, example: 3)))
    let draws = ExampleDraws(seed: 12345, objective: 6, epoch: 0, origin: 42, example: 3)
    var scratch = ObjectiveScratch()
    _ = SpanNoise(density: 0.5, meanSpanLength: 8).mark(512, drawing: draws, scratch: &scratch)
    let sentinels = try Sentinels(vocabulary, needing: 32, for: "test")
    var (input, target): ([UInt32], [UInt32]) = ([], [])
    sentinels.writeInput(tokens, mask: scratch.mask, into: &input)
    sentinels.writeTarget(tokens, mask: scratch.mask, into: &target)
    #expect(trimmed(example["input_ids"], 0) == [32102] + input.map(Int64.init))
    #expect(trimmed(example["labels"], -100) == target.map(Int64.init))
  }

  @Test func `One window serves all denoisers, and the longest fills the shortest input`() throws {
    #expect(try make(UL2.self, vocabulary: vocabulary).windowing.length == 512)
    #expect(try make(UL2.self, ["s_split": .text("uniform")], vocabulary: vocabulary).windowing.length == 511)
    #expect(try make(UL2.self, ["window": .integer(567)], vocabulary: vocabulary).windowing.length == 567)
    let error = try #require(throws: Diagnostic.self) {
      _ = try make(UL2.self, ["window": .integer(568)], vocabulary: vocabulary)
    }
    #expect(
      error.description == """
        error[settings.invalid]: 'ul2.window' makes inputs longer than `length`
          found     window: 568
          help      use 567 or less, or raise length
        """)
  }

  @Test func `Sentinels and modes are needed for what is drawn alone`() throws {
    let plain = SpecialTokens(vocabularySize: 300, ids: [.pad: 0, .eos: 1], sentinels: [299])
    let missing = try #require(throws: Diagnostic.self) { _ = try make(UL2.self, vocabulary: plain) }
    #expect(missing.code == "objective.missing-token" && missing.message.contains("'mode_R'"))
    let few = try #require(throws: Diagnostic.self) {
      _ = try make(UL2.self, ["mode_tokens": .flag(false)], vocabulary: plain)
    }
    // X1 hides 256 of 512 tokens in 85 spans.
    #expect(few.code == "objective.too-few-sentinels" && few.expected?.hasPrefix("85 ") == true)
    let onlyS = SettingValue.Content.list([0, 0, 0, 0, 0, 0, 1].map { SettingValue(.integer($0)) })
    #expect(throws: Never.self) {
      _ = try make(UL2.self, ["mode_tokens": .flag(false), "weights": onlyS], vocabulary: plain)
    }
    for weights: SettingValue.Content in [.list([]), .list((0..<7).map { _ in SettingValue(.integer(0)) })] {
      let error = try #require(throws: Diagnostic.self) { _ = try make(UL2.self, ["weights": weights]) }
      #expect(error.code == "settings.invalid")
    }
  }

  private var vocabulary: SpecialTokens {
    SpecialTokens(
      vocabularySize: 32103, ids: [.pad: 0, .eos: 1, .unk: 2, .modeR: 32100, .modeS: 32101, .modeX: 32102],
      sentinels: (0..<100).map { UInt32(32099 - $0) })
  }
}
