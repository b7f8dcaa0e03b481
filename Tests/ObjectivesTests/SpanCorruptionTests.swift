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
}
