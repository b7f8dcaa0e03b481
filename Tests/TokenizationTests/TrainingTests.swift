import Blocks
import JSONText
import TestSupport
import Testing
import Tokenization

@Suite struct TrainingTests {
  @Test func `Small trainings give the vocabulary and merges that Hugging Face's trainers give`() throws {
    let cases = try JSONValue(parsing: Fixtures.bytes(Training.fixtures + "/cases.json")).array ?? []
    #expect(cases.count > 20)
    for (index, example) in cases.enumerated() {
      let job = example["settings"] ?? .null
      let settings = TrainerSettings(job: job)
      let texts = (job["texts"]?.array ?? []).compactMap(\.string)
      let json = try trainTokenizer(Training.count(texts, settings), settings: settings).json
      #expect(try Training.Trained(json) == Training.Trained(answer: example["expected"]), "case \(index): \(job)")
    }
  }

  @Test func `The order of documents and the split over tables change no byte`() throws {
    var noise = TrainingNoise(seed: 5)
    let texts = (0..<60).map { _ in noise.text(of: Array("aabbccdé東 ##.,"), upTo: 40) }
    for model in TrainerSettings.Model.allCases {
      var settings = TrainerSettings(model: model, vocabularySize: 400)
      settings.minFrequency = 1
      settings.limitAlphabet = model == .wordpiece ? 6 : nil
      let expected = try trainTokenizer(Training.count(texts, settings), settings: settings).json
      for round in 0..<8 {
        var shuffled = texts
        for index in shuffled.indices.dropFirst() { shuffled.swapAt(index, noise.below(index + 1)) }
        let cut = round * 7
        var counts = try Training.count(Array(shuffled[cut...]), settings)
        counts.merge(try Training.count(Array(shuffled[..<cut]), settings))
        #expect(try trainTokenizer(counts, settings: settings).json == expected)
      }
    }
  }

  @Test func `Counts beyond 32 bits decide merges`() throws {
    var settings = TrainerSettings(model: .bpe, vocabularySize: 4)
    settings.specialTokens = []
    settings.initialAlphabet = []
    var counts = WordCounts()
    counts.add(Array("ab".utf8).span, count: 1 << 32)
    counts.add(Array("bc".utf8).span, count: 1 << 32 + 1)
    #expect(try Training.Trained(trainTokenizer(counts, settings: settings).json).merges == [["b", "c"]])
  }

  @Test func `Letters at the alphabet's limit go by count, then the larger code point goes`() throws {
    var settings = TrainerSettings(model: .wordpiece, vocabularySize: 100)
    settings.specialTokens = ["[UNK]"]
    settings.limitAlphabet = 3
    let json = try trainTokenizer(Training.count(["c d b b a a ab"], settings), settings: settings).json
    #expect(try Training.Trained(json).vocabulary == ["[UNK]", "a", "b", "c", "##b"])
  }

  @Test func `Letters inside words are numbered by code point behind the alphabet`() throws {
    var settings = TrainerSettings(model: .wordpiece, vocabularySize: 8)
    settings.specialTokens = ["[UNK]"]
    let json = try trainTokenizer(Training.count(["zcba"], settings), settings: settings).json
    #expect(try Training.Trained(json).vocabulary == ["[UNK]", "a", "b", "c", "z", "##a", "##b", "##c"])
  }

  @Test func `The standard special tokens are nine roles and sentinels whose ids descend`() throws {
    let names = TrainerSettings.standardSpecialTokens(sentinels: 3)
    #expect(
      names == [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[BOS]", "[EOS]", "[EOD]", "[DEL]", "<extra_id_2>",
        "<extra_id_1>", "<extra_id_0>",
      ])
    #expect(TrainerSettings.standardSpecialTokens().count == 109)
    #expect(TrainerSettings(model: .bpe, vocabularySize: 1000).specialTokens == TrainerSettings.standardSpecialTokens())
    let settings = TrainerSettings(model: .bpe, vocabularySize: 365)
    let tokenizer = try Tokenizer(
      json: trainTokenizer(Training.count(["some text"], settings), settings: settings).json)
    for k in 0..<100 { #expect(tokenizer.id(of: "<extra_id_\(k)>") == 108 - UInt32(k)) }
    let special = try tokenizer.specialTokens()
    #expect(special.ids.count == 10 - 1 + (special.ids[.unk] == nil ? 1 : 0))
    #expect(special.sentinels.count == 100)
  }

  @Test func `Progress ends with the size of the vocabulary`() throws {
    let settings = TrainerSettings(model: .bpe, vocabularySize: 5000)
    var last = (0, 0)
    let json = try trainTokenizer(Training.count(["abab abab"], settings), settings: settings) {
      last = ($0, $1)
    }.json
    #expect(try last == (Training.Trained(json).vocabulary.count, 5000))
  }

  @Test func `No text gives the special tokens and the initial alphabet`() throws {
    let settings = TrainerSettings(model: .bpe, vocabularySize: 1000)
    #expect(try Training.Trained(trainTokenizer(WordCounts(), settings: settings).json).vocabulary.count == 109 + 256)
  }

  @Test func `What is counted are the pieces that the trained tokenizer will be asked about`() throws {
    var noise = TrainingNoise(seed: 9)
    let alphabets = ["ab Z'st", "abcdefgh ", "aé\u{301} ,日x", "a1 _.\n\t", "\u{A0} azAZ@[`{09"].map { Array($0) }
    for model in [TrainerSettings.Model.bpe, .wordpiece] {
      for prefix in [false, true] {
        var settings = TrainerSettings(model: model, vocabularySize: 500)
        settings.specialTokens = ["[UNK]"]
        settings.addPrefixSpace = prefix
        for _ in 0..<60 {
          // Documents lie side by side in their block: none may see its neighbour.
          let texts = (0..<8).map { _ in noise.text(of: noise.pick(alphabets), upTo: 40) }
          let counts = try Training.count(texts, settings)
          var found: [String: Int] = [:]
          try counts.forEachWord { word, count in
            let bytes = word.indices.map { word[$0] }
            let letters =
              model == .bpe ? bytes.map { byteLetters[Int($0)] }.joined() : String(decoding: bytes, as: UTF8.self)
            found[letters] = Int(count)
          }
          let tokenizer = try Tokenizer(json: trainTokenizer(counts, settings: settings).json)
          var expected: [String: Int] = [:]
          for text in texts { for piece in tokenizer.pieces(of: text) { expected[piece, default: 0] += 1 } }
          #expect(found == expected)
        }
      }
    }
  }

  /// The letters of bytes.
  private let byteLetters = TrainerSettings(model: .bpe, vocabularySize: 1).initialAlphabet

  @Test func `A chunk of printable ASCII gives the words that the normalizer gives`() throws {
    func words(_ text: String, _ settings: TrainerSettings) throws -> [String] {
      var words: [String] = []
      try Training.count([text], settings).forEachSorted { word, count in
        words.append("\(String(decoding: word.indices.map { word[$0] }, as: UTF8.self)) \(count)")
      }
      return words
    }
    var settings = TrainerSettings(model: .wordpiece, vocabularySize: 1000)
    for lowercase in [true, false] {
      settings.lowercase = lowercase
      for first in UInt8(0)..<128 {
        // The soft hyphen is dropped by the normalizer, and keeps the chunk from the short way.
        let pairs = (UInt8(0)..<128).map { String(decoding: [first, $0, 0x41], as: UTF8.self) }
        let short = try words(pairs.joined(separator: " "), settings)
        let long = try words(pairs.joined(separator: "\u{AD} ") + "\u{AD}", settings)
        #expect(short == long, "\(first)")
      }
    }
  }

  @Test func `Words in which a merge gives a token that exists already train to an end, in any order`() throws {
    // BERT's splitter never leaves `#` inside a word; counts of one's own may: `##` and `##a` merge to the letter
    // `##a`.
    var noise = TrainingNoise(seed: 6)
    var settings = TrainerSettings(model: .wordpiece, vocabularySize: 60)
    settings.minFrequency = 1
    for _ in 0..<300 {
      settings.specialTokens = ["[UNK]"] + noise.pick([[], ["##"], ["##a", "###"], ["a#"]])
      let words = (0..<1 + noise.below(8)).map { _ in Array(noise.text(of: Array("###ab"), upTo: 12).utf8) }
      var counts = WordCounts()
      for word in words { counts.add(word.span, count: UInt64(word.count)) }
      let forward = try trainTokenizer(counts, settings: settings).json
      counts.removeAll()
      for word in words.reversed() { counts.add(word.span, count: UInt64(word.count)) }
      let backward = try trainTokenizer(counts, settings: settings).json
      #expect(forward == backward)
    }
  }

  /// Long words are chains of segments inside: nothing of that may show.
  @Test func `Words longer than any segment give what counting anew after every merge gives`() throws {
    var noise = TrainingNoise(seed: 7)
    var settings = TrainerSettings(model: .bpe, vocabularySize: 40)
    settings.specialTokens = []
    settings.initialAlphabet = []
    for round in 0..<30 {
      let letters = Array(noise.pick(["a", "aab", "ab", "abc", "aaab"]))
      settings.minFrequency = UInt64(noise.below(3))
      settings.maxTokenLength = noise.pick([nil, nil, 5, 40])
      var words: [[UInt8]: UInt64] = [:]
      for _ in 0..<1 + noise.below(3) {
        let length = noise.pick([3, 63, 64, 65, 66, 128, 129, 200, 300])
        words[(0..<length).map { _ in noise.pick(letters).asciiValue ?? 0 }] = UInt64(1 + noise.below(3))
      }
      var counts = WordCounts()
      for (word, count) in words { counts.add(word.span, count: count) }
      let found = try Training.Trained(trainTokenizer(counts, settings: settings).json)
      #expect(found == PlainTrainer(words, settings).trained, "round \(round)")
    }
  }

  /// Took minutes when every merge went through the whole word.
  @Test func `A text without any space trains like one with many`() throws {
    var settings = TrainerSettings(model: .sentencePieceBPE, vocabularySize: 600)
    settings.limitAlphabet = nil
    var noise = TrainingNoise(seed: 8)
    let text = String((0..<100_000).map { _ in noise.pick(Array("あいうえおかきくけこ日本")) })
    let trained = try trainTokenizer(Training.count([text], settings), settings: settings)
    #expect(trained.vocabularySize == 600)
  }

  @Test func `Words that are no UTF-8 train without harm`() throws {
    var counts = WordCounts()
    let word: [UInt8] = [0xFF, 0x61, 0xC3]
    counts.add(word.span, count: 9)
    for model in TrainerSettings.Model.allCases {
      let settings = TrainerSettings(model: model, vocabularySize: 500)
      _ = try trainTokenizer(counts, settings: settings)
    }
  }
}

@Suite struct TrainingDiagnosticsTests {
  private func message(_ change: (inout TrainerSettings) -> Void, model: TrainerSettings.Model = .wordpiece) -> String {
    var settings = TrainerSettings(model: model, vocabularySize: 1000)
    change(&settings)
    do throws(Diagnostic) {
      var counts = WordCounts()
      counts.add(Array("word".utf8).span, count: 3)
      _ = try trainTokenizer(counts, settings: settings).json
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func `A vocabulary too small for its alphabet says how large it must be`() {
    #expect(
      message({ $0.vocabularySize = 100 }) == """
        error[training.vocabulary-too-small]: the vocabulary has no room for the special tokens and the alphabet
          expected  vocab_size of at least 116: 109 special tokens and 7 letters
          found     100
          help      raise vocab_size, or lower limit_alphabet or the number of sentinels
        """)
    #expect(message({ $0.vocabularySize = 116 }) == "no error")
  }

  @Test func `WordPiece without its unknown token is refused`() {
    #expect(
      message({ $0.specialTokens = ["[PAD]"] }) == """
        error[training.invalid-setting]: the token for what cannot be spelled is no special token
          expected  '[UNK]' among the special tokens
          found     [PAD]
          help      add '[UNK]' to special_tokens, or name another unk_token
        """)
    #expect(message({ $0.specialTokens = ["[PAD]"] }, model: .bpe) == "no error")
  }

  @Test func `Settings out of range are refused`() {
    let wrong: [(inout TrainerSettings) -> Void] = [
      { $0.vocabularySize = 0 }, { $0.vocabularySize = .max }, { $0.limitAlphabet = 0 }, { $0.maxTokenLength = 0 },
      { $0.specialTokens.append("") }, { $0.unknownToken = nil }, { $0.endOfWordSuffix = "</w>" },
      { $0.maxInputCharsPerWord = 0 },
    ]
    for change in wrong { #expect(message(change).hasPrefix("error[training.invalid-setting]: ")) }
  }

  @Test func `Words that take more memory than there is are refused`() throws {
    var counts = WordCounts()
    for number in 0..<2000 { counts.add(Array("word\(number)".utf8).span) }
    let settings = TrainerSettings(model: .bpe, vocabularySize: 1000)
    do throws(Diagnostic) {
      _ = try trainTokenizer(counts, settings: settings, memoryLimit: 1 << 16)
      Issue.record("no error")
    } catch {
      #expect(error.code == "training.too-many-words")
    }
  }

  @Test func `Counts whose pairs need more than 63 bits are refused`() throws {
    var counts = WordCounts()
    counts.add(Array("abc".utf8).span, count: 1 << 62)
    let settings = TrainerSettings(model: .bpe, vocabularySize: 1000)
    #expect(throws: Diagnostic.self) { try trainTokenizer(counts, settings: settings) }
  }
}
