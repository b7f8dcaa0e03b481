import Blocks
import JSONText
import TestSupport
import Testing
import Tokenization

/// Trainings of three megabytes of English, against what Hugging Face's trainers made of them.
@Suite(.enabled(if: Training.hasGoldens, "needs ../shared/conformance/golden")) struct TrainingGoldenTests {
  @Test func `Byte-level BPE of 8000 has the golden's file, but for its layout`() throws {
    var settings = TrainerSettings(model: .bpe, vocabularySize: 8000)
    settings.specialTokens = ["<|endoftext|>"]
    let counts = try counted("bytebpe-8k", settings)
    let golden = try Fixtures.bytes(Training.goldens + "/bytebpe-8k.tokenizer.json")
    let json = try JSONValue(parsing: trainTokenizer(counts, settings: settings).json)
    // As a value: on a failure, `#expect` would spend minutes on the difference of the two arrays.
    let isSame = JSONWriter.bytes(of: json) == golden
    #expect(isSame)
  }

  @Test func `WordPiece of 8000 has what all trainings of the golden have, and else only what some have`() throws {
    var settings = TrainerSettings(model: .wordpiece, vocabularySize: 8000)
    settings.specialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    let counts = try counted("wordpiece-8k", settings)
    let found = try Training.Trained(trainTokenizer(counts, settings: settings).json).vocabulary
    func golden(_ name: String) throws -> Set<String> {
      let lines = try Fixtures.bytes("\(Training.goldens)/\(name)").split(separator: 0x0A)
      return Set(lines.map { String(decoding: $0, as: UTF8.self) })
    }
    let (always, sometimes) = (try golden("wordpiece-8k.always.txt"), try golden("wordpiece-8k.sometimes.txt"))
    #expect(found.count == 8000)
    #expect(always.subtracting(found).isEmpty)
    #expect(Set(found).subtracting(always).subtracting(sometimes).isEmpty)
  }

  /// The counts of the golden, once they are proved to be what our counter counts.
  private func counted(_ name: String, _ settings: TrainerSettings) throws -> WordCounts {
    let texts = try Fixtures.lines(Training.goldens + "/slice.jsonl.zst").map { $0["text"]?.string ?? "" }
    let counts = try Training.count(texts, settings)

    var expected: [[UInt8]: UInt64] = [:]
    for line in try Fixtures.bytes("\(Training.goldens)/\(name).counts.tsv.zst").split(separator: 0x0A) {
      let fields = line.split(separator: 0x09)
      let word = try JSONValue(parsing: Array(fields[0])).string ?? ""
      expected[Array(word.utf8)] = UInt64(String(decoding: fields[1], as: UTF8.self))
    }
    var found: [[UInt8]: UInt64] = [:]
    try counts.forEachWord { word, count in
      let bytes = word.indices.map { word[$0] }
      found[settings.model == .bpe ? bytes.flatMap { spelling[Int($0)] } : bytes] = count
    }
    let isSame = found == expected
    #expect(isSame, "the counts are not the golden's")
    return counts
  }

  /// The letters of bytes, as the default alphabet has them.
  private let spelling = TrainerSettings(model: .bpe, vocabularySize: 1).initialAlphabet.map { Array($0.utf8) }
}
