import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct SpanCorruptionTests {
  @Test func `Lengths are T5's for all 648 rows, and rows never exceed them`() throws {
    let rows = try Golden("t5_lengths")["rows"].list
    #expect(rows.count == 648)
    for row in rows {
      let noise = SpanNoise(density: row[1].double, meanSpanLength: row[2].double)
      let (inputs, tokens) = (row[0].int, row[3].int)
      let helper = noise.helperLengths(inputs)
      #expect(helper.tokens == tokens && helper.targets == row[4].int, "\(row)")
      let counts = noise.counts(tokens)
      #expect(counts.noise == row[5].int)
      if row[9].int == 1 {
        #expect(counts.spans == row[6].int)
        #expect(counts.inputLength(tokens) == row[7].int)
        #expect(counts.targetLength == row[8].int)
      } else {
        #expect(counts.spans < row[6].int)
      }
    }
    // The property for windows of every length, on the smaller half of the table: the loop is long otherwise.
    for row in rows where row[0].int <= 256 {
      let noise = SpanNoise(density: row[1].double, meanSpanLength: row[2].double)
      let lengths = noise.lengths(for: row[0].int)
      #expect(lengths.tokens <= row[3].int)
      for tokens in 2...lengths.tokens {
        let counts = noise.counts(tokens)
        #expect(counts.inputLength(tokens) <= row[0].int && counts.targetLength <= lengths.targets)
        #expect(counts.spans <= lengths.spans)
      }
    }
  }

  @Test func `The lengths of the paper: 512 tokens in, 568 read, 114 asked for`() throws {
    let objective = try make(SpanCorruption.self, vocabulary: Sample.t5)
    #expect(objective.windowing.length == 568)
    #expect(objective.targetsLength == 114)
    let example = try #require(objective.example(of: Sample.window(Array(1000..<1568))))
    #expect(trimmed(example["input_ids"], 0).count == 512)
    #expect(trimmed(example["labels"], -100).count == 114)
  }

  /// Rows where T5's helper counts no span but its mask makes one: the input would be one token too long.
  @Test func `Where T5's input would not fit, windows are shorter`() throws {
    let golden = try Golden("t5_lengths")["rows_where_helper_and_mask_disagree"].list
    var (shortened, padded) = (0, 0)
    for row in golden {
      let noise = SpanNoise(density: row[1].double, meanSpanLength: row[2].double)
      let lengths = noise.lengths(for: row[0].int)
      if row[7].int > row[0].int {
        #expect(lengths.tokens < row[3].int)
        shortened += 1
      } else {
        #expect(lengths.tokens == row[3].int && lengths.targets == row[4].int)
        #expect(noise.counts(lengths.tokens).targetLength == lengths.targets - 1)
        padded += 1
      }
    }
    #expect(shortened == 37 && padded == 16)
  }

  @Test func `Counts are clamped as in T5's mask`() throws {
    for row in try Golden("t5_spans")["mask_counts"].list {
      let noise = SpanNoise(density: row[1].double, meanSpanLength: row[2].double)
      #expect(noise.counts(row[0].int) == SpanNoise.Counts(noise: row[4].int, spans: row[5].int))
    }
    // The original makes three spans of one kept token here, and breaks.
    #expect(
      SpanNoise(density: 0.9, meanSpanLength: 3).counts(10) == SpanNoise.Counts(noise: 9, spans: 1))
  }

  @Test func `Explicit draws give T5's masks, inputs and targets`() throws {
    let sentinels = try Sentinels(Sample.t5, needing: 100, for: "test")
    for row in try Golden("t5_spans")["explicit_segment_draws"].list where row["length"].int > 1 {
      var (kept, noise): ([Int32], [Int32]) = ([], [])
      SpanNoise.lengths(ofPartsCutBehind: row["noise_indicator"].flags, into: &noise)
      SpanNoise.lengths(ofPartsCutBehind: row["nonnoise_indicator"].flags, into: &kept)
      // The indicators have a place less than there are items: the last item closes the last part.
      noise[noise.count - 1] += 1
      kept[kept.count - 1] += 1
      #expect(noise.map(Int.init) == row["noise_lengths"].ints)
      #expect(kept.map(Int.init) == row["nonnoise_lengths"].ints)
      var mask: [Bool] = []
      SpanNoise.alternate(kept: kept, noise: noise, into: &mask)
      #expect(mask == row["mask"].flags)
      var (input, target): ([UInt32], [UInt32]) = ([], [])
      sentinels.writeInput(row["tokens"].ids, mask: mask, into: &input)
      sentinels.writeTarget(row["tokens"].ids, mask: mask, into: &target)
      #expect(input == row["input_ids"].ids)
      #expect(target == row["labels"].ids)
    }
    let conversion = try Golden("t5_spans")["sentinel_and_other_conversions"][0]
    var input: [UInt32] = []
    sentinels.writeInput(conversion["tokens"].ids, mask: conversion["mask"].flags, into: &input)
    #expect(input == conversion["input_ids"].ids)
  }

  @Test func `Whole examples come out of seed, document and example`() throws {
    for row in try Golden("end_to_end")["t5_objective5"].list {
      let objective = try make(
        SpanCorruption.self,
        [
          "noise_density": .number(row["density"].double), "mean_noise_span_length": .number(row["mean_span"].double),
          "length": .integer(128), "windowing": .text("document"),
        ], vocabulary: Sample.t5)
      let window = Sample.window(Array(1000..<1040), example: UInt32(row["example"].int))
      let example = try #require(objective.example(of: window))
      #expect(trimmed(example["input_ids"], 0) == row["input_ids"].int64s)
      #expect(trimmed(example["labels"], -100) == row["labels"].int64s)
    }
  }

  @Test func `Too few sentinels are refused before anything is written`() throws {
    let error = try #require(throws: Diagnostic.self) {
      _ = try make(SpanCorruption.self, ["noise_density": .number(0.5)], vocabulary: Sample.t5)
    }
    #expect(
      error.description == """
        error[objective.too-few-sentinels]: the tokenizer has too few sentinel tokens for span_corruption
          expected  128 sentinels, one for each span of a full window
          found     100
          help      shorten length, lower noise_density, raise mean_noise_span_length, or add sentinels to the tokenizer
        """)
    for row in try Golden("t5_lengths")["rows_with_more_than_100_sentinels"].list where row[0].int >= 512 {
      #expect(throws: Diagnostic.self) {
        _ = try make(
          SpanCorruption.self,
          [
            "length": .integer(row[0].int), "noise_density": .number(row[1].double),
            "mean_noise_span_length": .number(row[2].double),
          ], vocabulary: Sample.t5)
      }
    }
  }

  @Test func `Windows of two and three tokens are corrupted, of one dropped`() throws {
    let objective = try make(SpanCorruption.self, ["length": .integer(32), "layout": .text("compact")])
    #expect(objective.example(of: Sample.window([40])) == nil)
    #expect(objective.example(of: Sample.window([40, 41]))?["input_ids"] == [40, 29, 3])
    #expect(objective.example(of: Sample.window([40, 41, 42]))?["labels"] == [29, 42, 3])
  }

  @Test func `Other noise and other sides are T5's`() throws {
    let sentinels = try Sentinels(Sample.t5, needing: 100, for: "test")
    for row in try Golden("t5_spans")["sentinel_and_other_conversions"].list {
      let (tokens, mask) = (row["tokens"].ids, row["mask"].flags)
      let name = row["name"].text
      var (input, target): ([UInt32], [UInt32]) = ([], [])
      func write(_ form: SpanFormat.Input) -> [UInt32] {
        sentinels.writeInput(tokens, mask: mask, as: form, into: &input)
        return input.dropLast()
      }
      switch name.split(separator: " ").first {
      case "noise_token_to_sentinel": #expect(write(.tokenMask) == row["out"].ids)
      case "noise_span_to_sentinel": #expect(write(.spanMask) == row["out"].ids)
      case "drop_noise_tokens": #expect(write(.drop) == row["out"].ids)
      case "drop_nonnoise_tokens":
        sentinels.writeTarget(tokens, mask: mask, as: .tokens, isClosed: false, into: &target)
        #expect(target.dropLast() == row["out"].ids[...])
      default:
        // Convention A as it is, even where it would not give the window back; convention B where the case says so.
        #expect(write(.sentinels) + [1] == row["input_ids"].ids)
        sentinels.writeTarget(
          tokens, mask: mask, as: .spans, isClosed: name.contains("closing sentinel"), into: &target)
        #expect(target == row["labels"].ids, "\(name)")
      }
    }
  }

  @Test func `Prefixes are as long as T5's`() throws {
    for row in try Golden("t5_spans")["prefix_lm_ranges"].list where row["length"].int >= 2 {
      let noise = NoiseMask(.prefix, SpanNoise(density: row["density"].double, meanSpanLength: 3))
      let prefixes = noise.prefixes(row["length"].int)
      #expect(prefixes == row["min_prefix"].int...row["max_prefix_inclusive"].int)
    }
  }

  @Test func `A turned mask moves its end to the front`() {
    var (mask, other) = ([true, false, false, true, true], [] as [Bool])
    NoiseMask.roll(by: 2, &mask, through: &other)
    #expect(mask == [true, true, true, false, false])
    NoiseMask.roll(by: 0, &mask, through: &other)
    #expect(mask == [true, true, true, false, false])
  }

  /// Every mask of short windows, by all kinds of noise: within its bounds, and never all or nothing.
  @Test func `Masks keep their bounds, and the sides their lengths`() {
    var scratch = ObjectiveScratch()
    let sentinels = SpanFormat.Input.allCases.flatMap { input in
      SpanFormat.Target.allCases.map { (input, $0) }
    }
    for kind in NoiseMask.Kind.allCases {
      for density in [0.05, 0.15, 0.5] {
        for isRolled in kind == .spans ? [false, true] : [false] {
          let noise = NoiseMask(kind, SpanNoise(density: density, meanSpanLength: 3), isRolled: isRolled)
          for tokens in 2...40 {
            let bounds = noise.bounds(tokens)
            for example in 0..<6 as Range<UInt32> {
              noise.mark(
                tokens, drawing: ExampleDraws(seed: 1, objective: 5, epoch: 0, origin: 2, example: example),
                scratch: &scratch)
              let hidden = scratch.mask.filter { $0 }.count
              let runs = Sentinels.runCount(scratch.mask)
              #expect(scratch.mask.count == tokens && bounds.noise.contains(hidden))
              #expect(runs <= bounds.runs && hidden + runs <= bounds.noiseAndRuns)
              #expect(noise.startsKept ? !scratch.mask[0] && scratch.mask[tokens - 1] : true)
              for (input, target) in sentinels {
                let format = SpanFormat(input: input, target: target, isClosed: !noise.startsKept)
                let shown =
                  switch input {
                  case .sentinels, .spanMask: tokens - hidden + runs + 1
                  case .tokenMask: tokens + 1
                  case .drop: tokens - hidden + 1
                  }
                let asked =
                  switch target {
                  case .spans: hidden + runs + (noise.startsKept ? 1 : 2)
                  case .full: tokens + 1
                  case .tokens: hidden + 1
                  }
                #expect(shown <= format.longestInput(tokens, bounds))
                #expect(asked <= format.longestTarget(tokens, bounds))
              }
            }
          }
        }
      }
    }
  }

  @Test func `A closing sentinel is one sentinel more`() throws {
    let vocabulary = SpecialTokens(
      vocabularySize: 1000, ids: [.pad: 0, .eos: 1], sentinels: (0..<28).map { UInt32(999 - $0) })
    let dense: KeyValuePairs<String, SettingValue.Content> = ["length": .integer(512)]
    #expect(try make(SpanCorruption.self, dense, vocabulary: vocabulary).windowing.length == 568)
    let error = try #require(throws: Diagnostic.self) {
      _ = try make(SpanCorruption.self, ["length": .integer(512), "roll": .flag(true)], vocabulary: vocabulary)
    }
    // A turned span may be in two parts, and the last sentinel closes.
    #expect(error.code == "objective.too-few-sentinels" && error.expected?.hasPrefix("30 ") == true)
    for inputs in ["span_mask", "token_mask", "drop"] {
      let other = try make(
        SpanCorruption.self,
        ["length": .integer(512), "roll": .flag(true), "inputs": .text(inputs), "targets": .text("full")],
        vocabulary: SpecialTokens(vocabularySize: 1000, ids: [.pad: 0, .eos: 1], sentinels: [999]))
      #expect(other.windowing.length >= 511)
    }
  }

  /// T5's first baseline: each token by itself, 512 at a time, with 100 sentinels.
  @Test func `Windows with more spans than sentinels are counted, and rare`() throws {
    #expect(throws: Never.self) {
      _ = try make(SpanCorruption.self, ["noise": .text("iid")], vocabulary: Sample.t5)
    }
    let few = SpecialTokens(
      vocabularySize: 1000, ids: [.pad: 0, .eos: 1], sentinels: (0..<15).map { UInt32(999 - $0) })
    let objective = try make(
      SpanCorruption.self, ["noise": .text("iid"), "length": .integer(40), "layout": .text("compact")],
      vocabulary: few)
    var block = TokenBlock()
    block.ids = Array(repeating: 7, count: 39 * 3000)
    block.documents = [.init(id: 1, start: 0, tokenCount: block.ids.count, sentences: 0..<0)]
    let report = try objective.examples(of: block).report
    #expect(report.windows == 3000 && report.examples >= 2998)
    // The 17 runs that 33 hidden tokens of 39 may have are refused only beyond the sentinels there are.
    let error = try #require(throws: Diagnostic.self) {
      _ = try make(SpanCorruption.self, ["noise": .text("iid"), "noise_density": .number(0.5)], vocabulary: Sample.t5)
    }
    #expect(error.code == "objective.too-few-sentinels")
  }

  @Test func `Settings that do not go together are refused`() throws {
    let refused: [(KeyValuePairs<String, SettingValue.Content>, String)] = [
      (["roll": .flag(true), "noise": .text("iid")], "roll"),
      (["noise": .text("prefix"), "noise_density": .number(0.6)], "noise_density"),
      (["noise": .text("regular"), "noise_density": .number(0.7)], "noise_density"),
      (["inputs": .text("drop")], "targets"),
    ]
    for (values, key) in refused {
      let error = try #require(throws: Diagnostic.self) { _ = try make(SpanCorruption.self, values) }
      #expect(error.code == "settings.invalid" && error.message.contains("span_corruption.\(key)'"))
    }
  }

  @Test func `Dropped tokens are asked for alone, with their places`() throws {
    let objective = try make(
      SpanCorruption.self,
      [
        "length": .integer(32), "noise_density": .number(0.4), "layout": .text("compact"), "inputs": .text("drop"),
        "targets": .text("tokens"), "mean_noise_span_length": .number(2), "windowing": .text("document"),
      ])
    let example = try #require(objective.example(of: Sample.window(Array(40..<50))))
    #expect(example["input_ids"] == [40, 41, 42, 45, 46, 47, 3])
    #expect(example["labels"] == [43, 44, 48, 49, 3])
    #expect(example["span_starts"] == [3, 8] && example["span_lengths"] == [2, 2])
  }
}
