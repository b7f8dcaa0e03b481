import Blocks
import Foundation
import JSONText
import Testing
import Tokenization

/// Ours against Hugging Face's package, live: one Python process for each test.
@Suite(.enabled(if: Training.hasOracle, "needs Python with the package `tokenizers`")) struct TrainingOracleTests {
  @Test func `Random byte-level trainings agree with Hugging Face's`() throws {
    try compare(seed: 11, model: .bpe, letters: ["ab", "aab ", "abc  \n", "aé'sx1 ", "a\u{301}e .-"])
  }

  @Test func `Random WordPiece trainings agree with Hugging Face's, once the ids of ## letters are fixed`() throws {
    try compare(seed: 12, model: .wordpiece, letters: ["ab", "aab ", "abc  ,", "aÉÀe.x東 ", "xX \u{301}ab"])
  }

  @Test func `Random SentencePiece-style trainings agree with Hugging Face's`() throws {
    try compare(
      seed: 13, model: .sentencePieceBPE, letters: ["ab", "aab  ", "a ▁b\n", "日本語 ", "aé'\u{301}x ﬁ", "abcdefgh "])
  }

  private func compare(seed: UInt32, model: TrainerSettings.Model, letters: [String]) throws {
    var noise = TrainingNoise(seed: seed)
    var cases: [(settings: TrainerSettings, texts: [String])] = []
    for _ in 0..<400 {
      let alphabet = Array(noise.pick(letters))
      let texts = (0..<1 + noise.below(6)).map { _ in noise.text(of: alphabet, upTo: 40) }
      cases.append((settings(model, alphabet, texts, &noise), texts))
    }
    let jobs: JSONValue = ["train": .array(cases.map { $0.settings.job($0.texts) })]
    let answers = try Training.ask(jobs)["train"]?.array ?? []
    #expect(answers.count == cases.count)
    for (example, answer) in zip(cases, answers) {
      let json = try trainTokenizer(Training.count(example.texts, example.settings), settings: example.settings).json
      let (found, expected) = (try Training.Trained(json), Training.Trained(answer: answer))
      if found != expected {
        Issue.record("\(example.settings.job(example.texts)): expected \(expected), found \(found)")
      }
    }
  }

  private func settings(
    _ model: TrainerSettings.Model, _ alphabet: [Character], _ texts: [String], _ noise: inout TrainingNoise
  ) -> TrainerSettings {
    var settings = TrainerSettings(model: model, vocabularySize: 40 + noise.below(40))
    settings.minFrequency = UInt64(noise.below(4))
    settings.initialAlphabet = noise.pick([[], ["a", "zz"], ["Ġ", "q"]])
    settings.limitAlphabet = nil
    settings.specialTokens = noise.pick([[], ["ab"], ["<s>", "aa", "aab", "<s>"], ["a", "bb"]])
    if model == .wordpiece {
      settings.lowercase = noise.below(2) == 0
      settings.stripAccents = noise.pick([nil, true, false])
      settings.specialTokens.append("[UNK]")
    } else {
      settings.maxTokenLength = noise.pick([nil, nil, 1, 2, 3, 4, 5])
      settings.addPrefixSpace = noise.below(2) == 0
      settings.normalization = noise.pick([nil, nil, .nfc, .nfkd])
      // Marks that texts of these letters cannot spell.
      settings.continuingSubwordPrefix = noise.pick(["", "", "@@", "##"])
      settings.endOfWordSuffix = noise.pick(["", "", "</w>"])
    }
    if model == .sentencePieceBPE {
      settings.specialTokens.append("<unk>")
      settings.byteFallback = noise.below(3) == 0
      if settings.byteFallback { settings.vocabularySize += 256 }
    }
    // Hugging Face's trainer numbers these letters in the order of a hash map: all of them named, there is one answer.
    let text = texts.joined()
    let scalars = Set(
      [
        text, text.decomposedStringWithCompatibilityMapping, text.precomposedStringWithCanonicalMapping,
        text.lowercased(),
      ]
      .flatMap(\.unicodeScalars).map(String.init) + ["▁"]
        + (model == .bpe ? TrainerSettings(model: .bpe, vocabularySize: 1).initialAlphabet : []))
    let (prefix, suffix) = (settings.continuingSubwordPrefix, settings.endOfWordSuffix)
    let marked = Set(scalars.flatMap { [prefix + $0, $0 + suffix, prefix + $0 + suffix] }.map { Array($0.utf8) })
      .subtracting(scalars.map { Array($0.utf8) })
    settings.specialTokens += marked.map { String(decoding: $0, as: UTF8.self) }.sorted()
    settings.vocabularySize += settings.specialTokens.count
    return settings
  }

  @Test func `Hugging Face loads our files, and reads texts as our tokenizer does`() throws {
    let texts = [
      "The quick brown fox, the lazy dog: naïve café, 日本語 and 가나.", "don't  you\n\n\tknow [MASK] <extra_id_7>?", "",
      "x = 3.14159; // \u{1F600} \u{301}",
    ]
    var encodings: [JSONValue] = []
    var expected: [[UInt32]] = []
    for model in [TrainerSettings.Model.wordpiece, .bpe] {
      for lowercase in [true, false] {
        var settings = TrainerSettings(model: model, vocabularySize: 600)
        settings.minFrequency = 1
        settings.lowercase = lowercase
        settings.addPrefixSpace = lowercase
        let json = try trainTokenizer(Training.count(Array(texts[..<2]), settings), settings: settings).json
        let tokenizer = try Tokenizer(json: json)
        for text in texts { expected.append(tokenizer.encode(text)) }
        encodings.append(
          ["tokenizer": .string(String(decoding: json, as: UTF8.self)), "texts": .array(texts.map { .string($0) })])
      }
    }
    let answers = try Training.ask(["encode": .array(encodings)])["encode"]?.array ?? []
    let found = answers.flatMap { $0.array ?? [] }.map { ($0.array ?? []).compactMap(\.integer).map(UInt32.init) }
    #expect(found == expected)
    #expect(expected.contains { $0.count > 10 })
  }

  @Test func `Hugging Face reads texts with our SentencePiece-style files as with its own`() throws {
    let texts = ["the cat sat on the mat", " two  spaces, naïve ", "日本語の本", "▁ marks", "", "line\nline ﬁ x\u{301}"]
    var jobs: [JSONValue] = []
    var encodings: [JSONValue] = []
    for (prefix, fallback) in [(true, true), (true, false), (false, true), (false, false)] {
      var settings = TrainerSettings(model: .sentencePieceBPE, vocabularySize: 330)
      settings.specialTokens = ["<unk>", "<s>", "</s>"]
      settings.minFrequency = 1
      settings.limitAlphabet = 20
      settings.addPrefixSpace = prefix
      settings.byteFallback = fallback
      settings.normalization = prefix ? .nfkc : nil
      // With letters that repeat, none of them ties at the limit of the alphabet.
      let seen = Array(repeating: texts[0], count: 3)
      let json = try trainTokenizer(Training.count(seen, settings), settings: settings).json
      jobs.append(settings.job(seen, encoding: texts))
      encodings.append(
        ["tokenizer": .string(String(decoding: json, as: UTF8.self)), "texts": .array(texts.map { .string($0) })])
    }
    let answers = try Training.ask(["train": .array(jobs), "encode": .array(encodings)])
    let expected = (answers["train"]?.array ?? []).compactMap { $0["encoded"] }
    #expect(expected.count == 4)
    #expect(answers["encode"]?.array == expected)
  }
}
