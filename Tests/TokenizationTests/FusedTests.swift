import Blocks
import TestSupport
import Testing
import Tokenization

/// The fused encoders against the components, one after the other: the same ids whatever the cache holds.
@Suite struct FusedTests {
  private static let names = [
    "words, as trained", "words, cased", "words, lower case, accents on", "words, not cleaned",
    "words, raw added tokens", "words, short words", "words, ideographs not padded", "bytes, as trained",
    "bytes, cl100k", "bytes, Qwen 2",
    "bytes, prefix space and added tokens", "bytes, no pattern", "bytes, added tokens and NFKC lower case",
    "byte letters, unknown fused", "byte letters, suffix",
  ]

  /// Encodes documents both ways, several times: with a large cache, with one that is wiped all the time, and without
  /// kernels.
  private func expectSame(_ tokenizer: Tokenizer, _ texts: [String], _ name: String, sentences: Bool = false) {
    let block = makeBlock(texts, sentenceEvery: sentences ? 7 : nil)
    var expected = TokenBlock()
    var scratch = tokenizer.makeScratch()
    tokenizer.encodeReference(block, into: &expected, scratch: &scratch)
    var tiny = tokenizer.makeScratch(cacheCapacity: 8)
    var plain = tokenizer.makeScratch(usesKernels: false)
    for pass in 0..<3 {
      for way in 0..<3 {
        var found = TokenBlock()
        switch way {
        case 0: tokenizer.encode(block, into: &found, scratch: &scratch)
        case 1: tokenizer.encode(block, into: &found, scratch: &tiny)
        default: tokenizer.encode(block, into: &found, scratch: &plain)
        }
        for (index, text) in texts.enumerated() where expected.documents[index] != found.documents[index] {
          Issue.record("\(name), pass \(pass): document \(text.debugDescription.prefix(200))")
          return
        }
        if expected.ids != found.ids { Issue.record("\(name): \(excerpt(expected.ids, found.ids))") }
        if expected.sentenceStarts != found.sentenceStarts { Issue.record("\(name): sentences differ") }
      }
    }
  }

  /// One block of documents; with `sentenceEvery`, a sentence at about every n-th scalar.
  private func makeBlock(_ texts: [String], sentenceEvery: Int?) -> DocumentBlock {
    var block = DocumentBlock()
    for text in texts {
      let start = block.bytes.count
      block.bytes.append(contentsOf: text.utf8)
      block.documents.append(
        Document(start: start, byteCount: block.bytes.count - start, sourceByte: 0, sourceLine: 1))
      guard let sentenceEvery, !text.isEmpty else { continue }
      var offset = start
      for (index, scalar) in text.unicodeScalars.enumerated() {
        if index % sentenceEvery == 0 { block.sentenceStarts.append(offset) }
        offset += UTF8.width(scalar)
      }
    }
    return block
  }

  @Test("Fused encoders equal the components on words of critical lengths", arguments: names)
  func lengths(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    var texts: [String] = []
    let lengths = [
      1, 7, 8, 9, 14, 15, 16, 17, 31, 32, 33, 63, 64, 65, 66, 99, 100, 101, 127, 128, 129, 255, 256, 257, 600,
    ]
    let units = ["a", "ab", "Z", "7", ".", " ", "\n", "é", "中", "👍", "\u{301}", "\u{0}", "\u{200B}", "e\u{301}"]
    for length in lengths {
      for unit in units {
        let word = String(repeating: unit, count: max(1, length / unit.utf8.count))
        texts += [word, "x" + word, " " + word, word + " a"]
      }
    }
    expectSame(tokenizer, texts, name)
  }

  @Test("Fused encoders equal the components on random text", arguments: names)
  func randomText(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    let characters =
      "  \n\t\r\u{B}\u{C}\u{0}\u{200B}\u{A0}\u{85}\u{3000}aabbcdeEts'RVlLmMdD12٣½.,!<>-_|[]#"
      + "ĠéÉ\u{301}\u{323}ſİßﬁ中文한ᄀ가\u{11A8}👍\u{FE0F}"
    let alphabet =
      Array(characters.unicodeScalars)
      + Array(["<mask>", "foo", "New  York", "abc", "café", "[MASK]", "the", "ing"].joined().unicodeScalars)
    var random = SplitMix(state: 7)
    let texts = (0..<300).map { _ in
      var text = String.UnicodeScalarView()
      for _ in 0..<random.next(below: 60) { text.append(alphabet[random.next(below: alphabet.count)]) }
      return String(text)
    }
    expectSame(tokenizer, texts, name)
    expectSame(tokenizer, texts, name, sentences: true)
  }

  /// Every code point, or every 211th: alone, between letters, behind a space, before a mark.
  @Test(
    "Fused encoders equal the components on every code point",
    arguments: ["words, as trained", "words, cased", "bytes, Qwen 2", "bytes, as trained"])
  func codePoints(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    var texts: [String] = []
    for code in stride(from: UInt32(0), through: 0x10FFFF, by: Fixtures.isFull ? 1 : 211) {
      guard let scalar = Unicode.Scalar(code) else { continue }
      texts += ["\(scalar)", "a\(scalar)b", " \(scalar)", "\(scalar)\u{301}\u{323}"]
      if texts.count >= 1 << 16 {
        expectSame(tokenizer, texts, name)
        texts.removeAll(keepingCapacity: true)
      }
    }
    expectSame(tokenizer, texts, name)
  }

  @Test func `A scratch that changes tokenizers forgets the words of the first`() throws {
    let first = try Variant.named("words, as trained").tokenizer
    let second = try Variant.named("bytes, as trained").tokenizer
    var scratch = first.makeScratch()
    for tokenizer in [first, second, first] {
      var found: [UInt32] = []
      tokenizer.encode(Array("the same words".utf8).span, into: &found, scratch: &scratch)
      #expect(found == tokenizer.encode("the same words"))
    }
  }
}

/// A small generator with a fixed stream.
struct SplitMix {
  var state: UInt64

  mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ mixed >> 31) % UInt64(bound))
  }
}
