import Blocks
import Objectives
import TestSupport
import Testing

/// The rates that objectives declare, measured on their own rows: |z| ≤ 5 with fixed seeds, so never flaky.
@Suite struct StatisticsTests {
  /// Sums an objective's observations over rows of a seeded block.
  private func measure(
    _ objective: some Objective, documents: Int, tokens: Int, epochs: Int = 1
  ) throws -> [(expectation: Objectives.Expectation, sum: Objectives.Expectation.Observation)] {
    var block = TokenBlock()
    var stream = RandomStream(key: (99, 98), counterHigh: (97, 96))
    for number in 0..<documents {
      let first = block.sentenceStarts.count
      for index in 0..<tokens {
        if index % 6 == 0 { block.sentenceStarts.append(block.ids.count) }
        block.ids.append(UInt32(30 + stream.bounded(270)))
      }
      block.documents.append(
        .init(
          id: Digest.xxh64("\(number)"), start: block.ids.count - tokens, tokenCount: tokens,
          sentences: first..<block.sentenceStarts.count))
    }
    let rows = try objective.examples(of: block, seed: 2024, epochs: epochs).examples
    return objective.expectations.map { expectation in
      var sum = Objectives.Expectation.Observation(successes: 0, trials: 0)
      for row in rows {
        let one = expectation.observe(row)
        sum.successes += one.successes
        sum.trials += one.trials
      }
      return (expectation, sum)
    }
  }

  private func expectWithin(
    _ measured: [(expectation: Objectives.Expectation, sum: Objectives.Expectation.Observation)], trials: Double
  ) {
    for (expectation, sum) in measured {
      #expect(sum.trials >= trials, "\(expectation.name): \(sum.trials)")
      let share = sum.successes / sum.trials
      if expectation.variance == 0 {
        #expect(abs(share - expectation.probability) < 1e-9, "\(expectation.name) is certain")
        continue
      }
      let z = (share - expectation.probability) / (expectation.variance / sum.trials).squareRoot()
      #expect(abs(z) <= 5, "\(expectation.name): \(share), expected \(expectation.probability), z \(z)")
    }
  }

  @Test func `Masked tokens show 80, 10 and 10 percent, evenly over the row`() throws {
    let objective = try make(
      MaskedLM.self, ["length": .integer(512), "mask_probability": .number(0.4), "layout": .text("compact")])
    let measured = try measure(objective, documents: 500, tokens: 510)
    #expect(measured.count == 5)
    expectWithin(measured, trials: 100_000)
    // The count is a rule, not a rate.
    let selected = try #require(measured.first { $0.expectation.name == "tokens selected" })
    #expect(abs(selected.sum.successes / selected.sum.trials - 0.4) < 1e-9)
  }

  @Test func `Whole words show the same shares`() throws {
    let objective = try make(
      MaskedLM.self,
      [
        "length": .integer(512), "mask_probability": .number(0.4), "layout": .text("compact"),
        "unit": .text("whole_word"),
      ])
    expectWithin(try measure(objective, documents: 500, tokens: 510), trials: 100_000)
  }

  @Test func `Every unit and count shows its shares`() throws {
    for values in [
      ["unit": .text("span")], ["unit": .text("ngram")], ["count": .text("stochastic")],
      ["count": .text("bernoulli"), "replacement_ids": .texts("6", "30-33"), "replace": .numbers(0.5, 0.3, 0.2)],
      ["count": .text("bernoulli"), "unit": .text("whole_word"), "decide": .text("unit")],
    ] as [KeyValuePairs<String, SettingValue.Content>] {
      let objective = try make(
        MaskedLM.self,
        with: values.map { ($0.key, $0.value) } + [
          ("length", .integer(258)), ("layout", .text("compact")), ("mask_probability", .number(0.4)),
        ])
      expectWithin(try measure(objective, documents: 60, tokens: 256), trials: 800)
    }
  }

  @Test func `Nearly all selected tokens are replaced, evenly over the row`() throws {
    let objective = try make(
      ReplacedTokenDetection.self,
      ["length": .integer(258), "sampler": .text("uniform"), "mask_probability": .number(0.4)])
    let measured = try measure(objective, documents: 60, tokens: 256)
    #expect(measured.count == 2)
    expectWithin(measured, trials: 5_000)
  }

  @Test func `Middles are moved as often, and are as long, as they should`() throws {
    let objective = try make(
      CausalLM.self,
      [
        "length": .integer(24), "fim_rate": .number(0.7), "fim_spm_rate": .number(0.4), "windowing": .text("document"),
        "layout": .text("compact"),
      ])
    let measured = try measure(objective, documents: 600, tokens: 50)
    #expect(measured.count == 3)
    expectWithin(measured, trials: 1_000)
  }

  @Test func `Directions and borders are drawn as weighted`() throws {
    let objective = try make(UniLM.self, ["length": .integer(24), "layout": .text("compact")])
    let measured = try measure(objective, documents: 400, tokens: 42)
    #expect(measured.count == 8)
    expectWithin(measured, trials: 800)
  }

  @Test func `Positions of two epochs overlap as independent ones do`() throws {
    let objective = try make(MaskedLM.self, ["length": .integer(512), "layout": .text("compact")])
    var (shared, all) = (0, 0)
    for index in 0..<100 as Range<UInt32> {
      let sets = try [0, 1].map { epoch in
        Set(
          try #require(
            objective.example(of: Sample.window(Array(repeating: 50, count: 510), example: index, epoch: epoch)))[
              "masked_positions"])
      }
      shared += sets[0].intersection(sets[1]).count
      all += sets[0].union(sets[1]).count
    }
    // p / (2 - p) = 0.081 at p = 0.15.
    #expect(abs(Double(shared) / Double(all) - 0.0811) < 0.012)
  }

  @Test func `Prefix lengths are uniform`() throws {
    let objective = try make(PrefixLM.self, ["length": .integer(41), "layout": .text("compact")])
    expectWithin(try measure(objective, documents: 400, tokens: 41, epochs: 25), trials: 10_000)
    // Forty lengths, equally often: chi-square with 39 degrees of freedom stays below 39 + 5 · sqrt(78).
    var counts = Array(repeating: 0, count: 40)
    var stream = ObjectiveScratch()
    var batch = ExampleBatch(schema: objective.schema)
    for index in 0..<8000 as Range<UInt32> {
      let window = Sample.window(Array(30..<71), example: index)
      _ = objective.append(
        window, drawing: objective.draws(seed: 3, for: window), orderKey: 0, scratch: &stream, to: &batch)
    }
    for row in 0..<batch.rowCount { counts[Int(batch.buffers[1].value(at: row)) - 1] += 1 }
    let chiSquare = counts.reduce(0.0) { $0 + (Double($1) - 200) * (Double($1) - 200) / 200 }
    #expect(chiSquare < 84)
  }

  @Test func `Spans have the lengths of a random composition`() throws {
    let objective = try make(
      SpanCorruption.self,
      ["length": .integer(512), "layout": .text("compact"), "windowing": .text("document")], vocabulary: wide)
    expectWithin(try measure(objective, documents: 1200, tokens: 568), trials: 30_000)
  }

  @Test func `Noise of every kind falls as often as it should`() throws {
    let kinds: [(KeyValuePairs<String, SettingValue.Content>, Int, Double)] = [
      (["length": .integer(129), "noise": .text("iid"), "layout": .text("compact")], 1, 100_000),
      (["length": .integer(129), "noise": .text("regular"), "layout": .text("compact")], 1, 1_000),
      (["length": .integer(129), "noise": .text("prefix"), "layout": .text("compact")], 1, 300),
      (["length": .integer(116), "roll": .flag(true), "layout": .text("compact")], 2, 1_000),
    ]
    for (values, count, trials) in kinds {
      let objective = try make(SpanCorruption.self, values, vocabulary: wide)
      let measured = try measure(objective, documents: 1000, tokens: 128)
      #expect(measured.count == count)
      expectWithin(measured, trials: trials)
    }
  }

  @Test func `Denoisers are drawn as often as their weights say`() throws {
    let objective = try make(UL2.self, ["length": .integer(16), "layout": .text("compact")])
    let measured = try measure(objective, documents: 1200, tokens: 16, epochs: 10)
    #expect(measured.count == 7)
    expectWithin(measured, trials: 10_000)
  }

  @Test func `Fragments lie at the ends as often as they should, and show 80, 10 and 10 percent`() throws {
    let objective = try make(MASS.self, ["length": .integer(64), "layout": .text("compact")])
    let measured = try measure(objective, documents: 400, tokens: 63, epochs: 12)
    #expect(measured.count == 5)
    expectWithin(measured, trials: 4_000)
  }

  private var wide: SpecialTokens {
    SpecialTokens(vocabularySize: 400, ids: [.pad: 0, .eos: 1], sentinels: (0..<100).map { UInt32(399 - $0) })
  }

  @Test func `Noise falls where T5's does`() {
    // expected_stats: P(noise) at positions 0, 1, 284, 567 of 568 tokens: 0, 0.054, 0.151, 1.
    let noise = SpanNoise(density: 0.15, meanSpanLength: 3)
    var scratch = ObjectiveScratch()
    var counts = [0, 0, 0, 0]
    let runs = 2000
    for index in 0..<UInt32(runs) {
      let draws = ExampleDraws(seed: 1, objective: 5, epoch: 0, origin: 2, example: index)
      _ = noise.mark(568, drawing: draws, scratch: &scratch)
      for (place, position) in [0, 1, 284, 567].enumerated() where scratch.mask[position] { counts[place] += 1 }
    }
    #expect(counts[0] == 0 && counts[3] == runs)
    for (place, expected) in [(1, 0.054), (2, 0.151)] {
      let sigma = (expected * (1 - expected) * (1 / Double(runs) + 1 / 4000)).squareRoot()
      #expect(abs(Double(counts[place]) / Double(runs) - expected) < 5 * sigma)
    }
  }

  @Test func `Sentences move evenly and texts turn as often as asked`() throws {
    let objective = try make(
      Denoising.self, ["length": .integer(32), "layout": .text("compact"), "rotate": .number(0.3)])
    let measured = try measure(objective, documents: 400, tokens: 30, epochs: 25)
    #expect(measured.count == 2)
    expectWithin(measured, trials: 10_000)
  }

  @Test func `Crops lie evenly and lose their share of tokens`() throws {
    let objective = try make(ContrastivePairs.self, ["length": .integer(128), "pairs": .text("crop")])
    let measured = try measure(objective, documents: 100, tokens: 250, epochs: 10)
    #expect(measured.count == 2)
    expectWithin(measured, trials: 2_000)
  }

  @Test func `Operations are drawn equally often`() throws {
    let objective = try make(ContrastivePairs.self, ["length": .integer(16), "pairs": .text("augment")])
    let measured = try measure(objective, documents: 400, tokens: 12, epochs: 20)
    #expect(measured.count == 3)
    expectWithin(measured, trials: 8_000)
  }

  @Test func `Views of every kind show the rates of their papers`() throws {
    let kinds: [(KeyValuePairs<String, SettingValue.Content>, tokens: Int, count: Int)] = [
      (["length": .integer(32), "pairs": .text("clear")], 30, 4),
      (["length": .integer(66), "pairs": .text("declutr"), "min_span": .integer(8)], 256, 2),
      (["length": .integer(32), "pairs": .text("consert")], 30, 2),
    ]
    for (values, tokens, count) in kinds {
      let measured = try measure(make(ContrastivePairs.self, values), documents: 150, tokens: tokens, epochs: 10)
      #expect(measured.count == count)
      expectWithin(measured, trials: 1_500)
    }
  }

  @Test func `Masked codes lie evenly, and are as many as the law says`() throws {
    let image = try make(ImageMLM.self, ["height": .integer(7), "width": .integer(8), "min_block": .integer(4)])
    let images = try measure(image, documents: 100, tokens: 560)
    #expect(images.count == 5)
    expectWithin(images, trials: 1000)
    let audio = try make(
      AudioMLM.self, ["length": .integer(128), "layout": .text("compact"), "replace": .numbers(0.8, 0.1, 0.1)])
    let sounds = try measure(audio, documents: 100, tokens: 1280)
    #expect(sounds.count == 4)
    expectWithin(sounds, trials: 1000)
  }

  /// 512 tokens, as simulated: the declared laws agree with the golden means, and rows with the laws.
  @Test func `Infilling hides less than its budget, as simulated`() throws {
    for (rate, lambda) in [(0.3, 3.0), (0.35, 3), (0.3, 3.5), (0.35, 3.5)] {
      let objective = try make(
        Denoising.self,
        [
          "mask": .number(rate), "poisson_lambda": .number(lambda), "layout": .text("compact"),
          "permute_sentences": .number(0),
        ])
      let golden = try Golden("expected_stats")["bart_infill_n512_p\(rate)_lambda\(lambda)"]
      let laws = objective.expectations
      #expect(laws.map(\.name) == ["tokens hidden", "masks for each token"])
      for (law, (key, unit)) in zip(laws, [("fraction_of_tokens_removed", 1.0), ("num_mask_tokens", 510)]) {
        let (mean, deviation) = (golden[key]["mean"].double / unit, golden[key]["sd_per_example"].double / unit)
        #expect(abs(law.probability - mean) < 5 * deviation / (1500.0).squareRoot())
        #expect(abs(law.variance.squareRoot() / deviation - 1) < 0.1)
      }
      expectWithin(try measure(objective, documents: 60, tokens: 510), trials: 60)
    }
    #expect(try make(Denoising.self, ["mask": .number(0.2), "permute_sentences": .number(0)]).expectations.isEmpty)
  }
}
