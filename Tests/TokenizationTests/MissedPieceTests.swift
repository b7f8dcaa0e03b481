import Blocks
import Testing
import Tokenization

/// Pieces that nobody remembers, many at a time and few, between known ones: what the encoders put off and catch up on.
@Suite struct MissedPieceTests {
  private static let names = ["bytes, as trained", "bytes, cl100k", "bytes, Qwen 2", "words, as trained"]

  /// Letters that are common in the small vocabularies, so that merges go on for several turns.
  private func word(_ random: inout SplitMix, _ letters: [Character]) -> String {
    String((0..<1 + random.next(below: 20)).map { _ in letters[random.next(below: letters.count)] })
  }

  private func ids(_ tokenizer: Tokenizer, _ text: String, _ scratch: inout Tokenizer.Scratch) -> [UInt32] {
    var ids: [UInt32] = []
    tokenizer.encode(Array(text.utf8).span, into: &ids, scratch: &scratch)
    return ids
  }

  @Test("New words among known ones give the components' ids", arguments: names)
  func mixed(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    var random = SplitMix(state: 11)
    var fast = tokenizer.makeScratch()
    var plain = tokenizer.makeScratch(usesKernels: false)
    let alphabets = ["etaoinshr", "eEé'-.,0123", "中文日本語のだ", "\u{430}\u{431}\u{432}\u{433}\u{434}"].map(Array.init)
    var known = ["the", "and", "of"]
    // From texts of nothing but new words to texts that hold one in a thousand.
    for share in [1, 2, 10, 100, 1000] {
      for count in [1, 63, 64, 65, 255, 256, 257, 900] {
        let alphabet = alphabets[random.next(below: alphabets.count)]
        var words: [String] = []
        for _ in 0..<count {
          let isNew = random.next(below: share) == 0
          words.append(isNew ? word(&random, alphabet) : known[random.next(below: known.count)])
          if isNew { known.append(words[words.count - 1]) }
        }
        let text = words.joined(separator: " ")
        let expected = tokenizer.referenceIDs(text)
        let (found, foundPlain) = (ids(tokenizer, text, &fast), ids(tokenizer, text, &plain))
        #expect(found == expected, "\(name), 1 in \(share), \(count) words: \(excerpt(expected, found))")
        #expect(foundPlain == expected, "\(name), 1 in \(share), \(count) words, plain")
      }
    }
  }

  /// Runs in which the same pair merges again and again, of every number of symbols that a kernel takes, and beyond.
  @Test("Runs of equal letters merge from the left", arguments: names)
  func runs(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    var scratch = tokenizer.makeScratch()
    for unit in ["e", "es", "ess", "th", "é", "中文"] {
      for count in 1...40 {
        let text = String(repeating: unit, count: count) + " " + String(repeating: unit, count: 41 - count)
        #expect(ids(tokenizer, text, &scratch) == tokenizer.referenceIDs(text), "\(name): \(unit) × \(count)")
      }
    }
  }
}

extension Tokenizer {
  /// What the components alone make of a text.
  fileprivate func referenceIDs(_ text: String) -> [UInt32] {
    var block = DocumentBlock()
    block.bytes.append(contentsOf: text.utf8)
    block.documents.append(Document(start: 0, byteCount: block.bytes.count, sourceByte: 0, sourceLine: 1))
    var tokens = TokenBlock()
    var scratch = makeScratch()
    encodeReference(block, into: &tokens, scratch: &scratch)
    return tokens.ids
  }
}
