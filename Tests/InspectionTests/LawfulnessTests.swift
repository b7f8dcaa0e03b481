import Palimpsest
import TestSupport
import Testing

/// Rows of every objective beside the laws that it declares: honest ones pass, forged ones do not.
@Suite struct LawfulnessTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    var kind: String
    var settings: String
    var documents = 60
    var tokens = 256
    var epochs = 1
    /// Laws that must have been held against their counts.
    var laws: Int

    var testDescription: String { "\(kind) \(settings)" }
  }

  /// Ids 30 ..< 330 are ordinary, every third continues a word.
  private static let vocabulary = SpecialTokens(
    vocabularySize: 363,
    ids: [
      .pad: 0, .unk: 1, .bos: 2, .eos: 3, .cls: 4, .sep: 5, .mask: 6, .eod: 7, .del: 8, .fimPrefix: 330,
      .fimMiddle: 331, .fimSuffix: 332, .modeR: 333, .modeS: 334, .modeX: 335,
    ],
    sentinels: (0..<21).map { UInt32(29 - $0) }, otherSpecial: Array(336..<363),
    continuesWord: (0..<363).map { $0 >= 30 && $0 < 330 && $0 % 3 == 0 })

  private func make(_ kind: String, _ settings: String) throws -> any Objective {
    let type = try AllObjectives.standard.member(named: kind)
    return try type.init(
      Settings(SettingValue(json: JSONValue(parsing: settings)), allowing: type.settings, path: kind),
      vocabulary: Self.vocabulary)
  }

  private func rows(_ objective: any Objective, _ tried: Case, seed: UInt64 = 2024) throws -> [Example] {
    var block = TokenBlock()
    var stream = RandomStream(key: (99, 98), counterHigh: (97, 96))
    for number in 0..<tried.documents {
      let first = block.sentenceStarts.count
      for index in 0..<tried.tokens {
        if index % 6 == 0 { block.sentenceStarts.append(block.ids.count) }
        block.ids.append(UInt32(30 + stream.bounded(300)))
      }
      block.documents.append(
        .init(
          id: Digest.xxh64("\(number)"), start: block.ids.count - tried.tokens, tokenCount: tried.tokens,
          sentences: first..<block.sentenceStarts.count))
    }
    var batch = ExampleBatch(schema: objective.schema)
    var scratch = ObjectiveScratch()
    _ = try objective.appendExamples(
      of: block, documents: Array(0..<tried.documents), seed: seed, epochs: tried.epochs, scratch: &scratch, to: &batch)
    return (0..<batch.rowCount).map {
      Example(schema: objective.schema, values: batch.example(at: $0).values)
    }
  }

  private func tally(_ rows: [Example], _ objective: any Objective) -> LawTally {
    var tally = LawTally(objective)
    for row in rows { tally.add(row) }
    return tally
  }

  private static let cases = [
    Case(kind: "mlm", settings: #"{"length": 258, "mask_probability": 0.4, "layout": "compact"}"#, laws: 4),
    Case(
      kind: "mlm",
      settings: #"{"length": 66, "layout": "compact", "count": "bernoulli", "replacement_ids": ["6", "40-90"]}"#,
      laws: 4),
    Case(
      kind: "mlm", settings: #"{"length": 66, "layout": "compact", "unit": "span", "mask_probability": 0.2}"#,
      documents: 200, epochs: 2, laws: 3),
    Case(
      kind: "mlm", settings: #"{"length": 66, "layout": "compact", "unit": "ngram", "decide": "unit"}"#,
      documents: 200, epochs: 2, laws: 3),
    Case(
      kind: "bert_pairs", settings: #"{"length": 66, "layout": "compact", "pairs": "sop", "unit": "whole_word"}"#,
      laws: 2),
    Case(kind: "unilm", settings: #"{"length": 35, "layout": "compact"}"#, documents: 150, epochs: 2, laws: 6),
    Case(
      kind: "replaced_token_detection", settings: #"{"length": 130, "layout": "compact", "sampler": "unigram"}"#,
      laws: 1
    ),
    Case(
      kind: "replaced_token_detection", settings: #"{"length": 130, "layout": "compact", "sampler": "uniform"}"#,
      laws: 3
    ),
    Case(
      kind: "clm",
      settings: #"{"length": 40, "fim_rate": 0.7, "fim_spm_rate": 0.4, "windowing": "document", "layout": "compact"}"#,
      documents: 200, epochs: 3, laws: 5),
    Case(
      kind: "prefix_lm", settings: #"{"length": 41, "layout": "compact", "density": 0.25}"#, documents: 300, epochs: 8,
      laws: 2),
    Case(
      kind: "span_corruption", settings: #"{"length": 115, "layout": "compact"}"#, documents: 200, epochs: 6, laws: 2),
    Case(
      kind: "span_corruption", settings: #"{"length": 60, "noise": "iid", "layout": "compact"}"#, documents: 100,
      laws: 2),
    Case(
      kind: "span_corruption", settings: #"{"length": 129, "noise": "regular", "layout": "compact"}"#, documents: 200,
      epochs: 2, laws: 1),
    Case(
      kind: "span_corruption", settings: #"{"length": 129, "noise": "prefix", "layout": "compact"}"#, documents: 200,
      epochs: 4, laws: 2),
    Case(kind: "ul2", settings: #"{"length": 112, "layout": "compact"}"#, documents: 150, epochs: 8, laws: 9),
    Case(kind: "mass", settings: #"{"length": 64, "layout": "compact"}"#, documents: 100, epochs: 3, laws: 5),
    Case(
      kind: "denoising", settings: #"{"length": 130, "layout": "compact", "rotate": 0.5}"#, documents: 200, epochs: 3,
      laws: 6),
    Case(kind: "contrastive", settings: #"{"length": 64, "pairs": "crop"}"#, documents: 300, epochs: 4, laws: 4),
    Case(kind: "contrastive", settings: #"{"length": 16, "pairs": "augment"}"#, laws: 1),
    Case(kind: "contrastive", settings: #"{"length": 32, "pairs": "clear"}"#, laws: 1),
    Case(kind: "contrastive", settings: #"{"length": 32, "pairs": "adjacent"}"#, documents: 300, laws: 2),
    Case(kind: "contrastive", settings: #"{"length": 32, "pairs": "consert"}"#, documents: 150, laws: 4),
    Case(
      kind: "contrastive", settings: #"{"length": 66, "pairs": "declutr", "min_span": 8}"#, documents: 400, epochs: 4,
      laws: 4),
    Case(
      kind: "image_mlm", settings: #"{"height": 8, "width": 8, "min_block": 4, "replace": [0.8, 0.1, 0.1]}"#,
      documents: 200, laws: 2),
    Case(
      kind: "audio_mlm",
      settings: #"{"length": 128, "layout": "compact", "span_length": 4, "start_probability": 0.05}"#,
      documents: 300, epochs: 3, laws: 1),
  ]

  @Test("Honest rows show every law", arguments: cases)
  private func honest(tried: Case) throws {
    let objective = try make(tried.kind, tried.settings)
    let tally = tally(try rows(objective, tried), objective)
    let judged = tally.measurements.filter { $0.pValue != nil }
    #expect(judged.count == tried.laws, "\(tally.measurements.map { "\($0.name) \($0.draws)" })")
    for law in tally.measurements {
      #expect(!law.isSuspicious, "\(law.name) \(law.test): p \(law.pValue ?? 1), \(law.cells)")
      // Far from the limit as well: the seeds are fixed, so that this is no gamble.
      #expect(law.pValue ?? 1 > 1e-4, "\(law.name) \(law.test): p \(law.pValue ?? 1), \(law.cells)")
    }
    for rate in tally.rates { #expect(!rate.isSuspicious, "\(rate.name): z \(rate.z ?? 0)") }
  }

  @Test("A hundred thousand masks pass")
  func manyDraws() throws {
    let tried = Case(
      kind: "mlm", settings: #"{"length": 258, "mask_probability": 0.4, "layout": "compact"}"#, documents: 1000, laws: 4
    )
    let objective = try make(tried.kind, tried.settings)
    let tally = tally(try rows(objective, tried), objective)
    #expect(tally.measurements[0].draws > 100_000)
    #expect(tally.measurements.filter(\.isSuspicious).isEmpty)
    #expect(tally.rates.allSatisfy { abs($0.z ?? 0) < 5 })
  }

  /// Rows made under some settings, or chosen from honest ones, that show the right rates and the wrong distribution.
  private func expectCaught(
    _ law: String, of tried: Case, madeAs settings: String? = nil, bending bent: Set<String> = [],
    keeping: (Example) -> Bool = { _ in true }
  ) throws {
    let objective = try make(tried.kind, tried.settings)
    let forged = try rows(try make(tried.kind, settings ?? tried.settings), tried).filter(keeping)
    let tally = tally(forged.map { Example(schema: objective.schema, values: $0.values) }, objective)
    #expect(tally.measurements.contains { $0.name == law && $0.isSuspicious }, "\(tally.measurements)")
    for rate in tally.rates where !bent.contains(rate.name) {
      #expect(!rate.isSuspicious, "\(rate.name): z \(rate.z ?? 0)")
    }
  }

  @Test("Spans as many and as dense, but of other lengths, are caught")
  func wrongLengths() throws {
    let spans = Case(
      kind: "mlm", settings: #"{"length": 66, "layout": "compact", "unit": "span", "mask_probability": 0.2}"#,
      documents: 200, epochs: 2, laws: 3)
    try expectCaught(
      "words of a selected run", of: spans,
      madeAs: #"{"length": 66, "layout": "compact", "unit": "span", "mask_probability": 0.2, "span_p": 0.5}"#)
    let ngrams = Case(
      kind: "mlm", settings: #"{"length": 66, "layout": "compact", "unit": "ngram"}"#, documents: 200, epochs: 3,
      laws: 3)
    try expectCaught(
      "words of a selected run", of: ngrams,
      madeAs: #"{"length": 66, "layout": "compact", "unit": "ngram", "favor_shorter": false}"#)
    // T5's: rows without a long span.
    let corruption = Case(
      kind: "span_corruption", settings: #"{"length": 115, "layout": "compact", "targets": "spans"}"#, documents: 200,
      epochs: 6, laws: 2)
    let first = 29 as Int64
    try expectCaught("length of spans", of: corruption, bending: ["spans of one token"]) { example in
      let starts = example["labels"].indices.filter { (9...first).contains(example["labels"][$0]) }
      return zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 - 1 <= 6 }
    }
  }

  @Test("Choices of the right mean and the wrong spread are caught")
  func wrongSpread() throws {
    let prefixes = Case(
      kind: "prefix_lm", settings: #"{"length": 41, "layout": "compact"}"#, documents: 200, epochs: 8, laws: 2)
    try expectCaught("prefix length within its range", of: prefixes) { example in
      (8...33).contains(example.scalar("prefix_length") ?? 0)
    }
    // Random ids of one half only.
    let masks = Case(kind: "mlm", settings: #"{"length": 258, "layout": "compact"}"#, documents: 300, laws: 4)
    try expectCaught(
      "random ids of selected tokens", of: masks,
      madeAs: #"{"length": 258, "layout": "compact", "replacement_ids": "30-330"}"#
    )
    // Crops of the right mean length, none very short or long.
    let crops = Case(
      kind: "contrastive", settings: #"{"length": 64, "pairs": "crop"}"#, documents: 300, epochs: 6, laws: 4)
    try expectCaught("length of crops", of: crops) { example in
      example["view_length"].allSatisfy { (20...50).contains($0) }
    }
  }

  @Test("Parts counted apart give what the whole gives")
  func parts() throws {
    let tried = Self.cases[0]
    let objective = try make(tried.kind, tried.settings)
    let rows = try rows(objective, tried)
    var sum = LawTally(objective)
    for start in stride(from: 0, to: rows.count, by: 7).reversed() {
      sum.add(tally(Array(rows[start..<min(rows.count, start + 7)]), objective))
    }
    let whole = tally(rows, objective)
    #expect(sum.measurements == whole.measurements)
    #expect(sum.rates == whole.rates)
  }
}
