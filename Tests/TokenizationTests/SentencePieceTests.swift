import Blocks
import JSONText
import TestSupport
import Testing
import Tokenization

/// What SentencePiece-style tokenizers need beyond what `VariantTests` compares: cuts, caches, clusters.
@Suite struct SentencePieceTests {
  private static let names = [
    "unigram, as trained", "unigram, compiled normalizer", "unigram, compiled normalizer, first",
    "unigram, first, whole", "unigram, ties", "unigram, some bytes for unknown", "sentences, as trained",
    "sentences, Metaspace", "sentences, no prefix", "sentences, unknown fused", "sentences, unknown",
    "sentences, unknown vanishes", "sentences, marks inside of tokens",
  ]

  @Test("Pieces that are cut and remembered give the ids of whole texts", arguments: names)
  func cuts(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    let parts = [
      " ", "  ", "▁", "▁▁", "a", "b▁", "ab", "the", "aaa", "é", "e\u{301}", "\u{301}", "日本", "\r\n", "\n", "\t", "foo",
      "<unk>", "</s>", "[MASK]", "\u{200B}", "ﬁ", "xy", "\u{1F44D}", "<0x41>",
    ]
    var random = SplitMix(state: 11)
    let texts = (0..<400).map { _ in
      (0..<random.next(below: 30)).map { _ in parts[random.next(below: parts.count)] }.joined()
    }
    var scratch = tokenizer.makeScratch()
    var tiny = tokenizer.makeScratch(cacheCapacity: 8)
    for text in texts + [String(repeating: "the cat sat ", count: 300)] {
      let expected = referenceIDs(tokenizer, text)
      for _ in 0..<2 {
        var found: [UInt32] = []
        tokenizer.encode(Array(text.utf8).span, into: &found, scratch: &scratch)
        if found != expected { Issue.record("\(text.debugDescription): \(excerpt(expected, found))") }
        found = []
        tokenizer.encode(Array(text.utf8).span, into: &found, scratch: &tiny)
        if found != expected { Issue.record("tiny cache, \(text.debugDescription): \(excerpt(expected, found))") }
      }
    }
  }

  private func referenceIDs(_ tokenizer: Tokenizer, _ text: String) -> [UInt32] {
    var scratch = tokenizer.makeScratch()
    var tokens = TokenBlock()
    tokenizer.encodeReference(block([text], sentenceStarts: []), into: &tokens, scratch: &scratch)
    return tokens.ids
  }

  private func block(_ texts: [String], sentenceStarts: [Int]) -> DocumentBlock {
    var block = DocumentBlock()
    for text in texts {
      block.documents.append(
        Document(start: block.bytes.count, byteCount: text.utf8.count, sourceByte: 0, sourceLine: 1))
      block.bytes.append(contentsOf: text.utf8)
    }
    block.sentenceStarts = sentenceStarts
    return block
  }

  @Test("A sentence starts at the word it starts with", arguments: ["sentences, as trained", "unigram, as trained"])
  func sentences(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    let text = "It was the end. It was not."
    var tokens = TokenBlock()
    var scratch = tokenizer.makeScratch()
    tokenizer.encode(block([text], sentenceStarts: [0, 16]), into: &tokens, scratch: &scratch)
    #expect(tokens.sentenceStarts == [0, tokenizer.encode("It was the end.").count])
    #expect(tokens.ids == tokenizer.encode(text))
  }

  @Test func `Clusters end where the reference ends them`() throws {
    let path = Reference.fixtures + "/graphemes.json"
    let file = try JSONValue(parsing: Fixtures.bytes(path), path: path)
    let charsmap = try #require(file["charsmap"]?.string)
    let json =
      #"{"normalizer":{"type":"Precompiled","precompiled_charsmap":"\#(charsmap)"},"#
      + #""model":{"type":"WordLevel","unk_token":"u","vocab":{"u":0}}}"#
    let tokenizer = try Tokenizer(json: Array(json.utf8))
    let cases = try #require(file["cases"]?.array)
    #expect(cases.count > 5000)
    for line in cases {
      let (text, expected) = try (#require(line[0]?.string), #require(line[1]?.string))
      let found = tokenizer.normalized(text)
      if !found.utf8.elementsEqual(expected.utf8) {
        let scalars = text.unicodeScalars.map { String($0.value, radix: 16) }
        Issue.record("\(scalars) gives \(found.debugDescription), not \(expected.debugDescription)")
      }
    }
  }

  @Test func `A word begins at a mark`() throws {
    for name in ["sentences, as trained", "unigram, as trained"] {
      let tokenizer = try Variant.named(name).tokenizer
      let special = try tokenizer.specialTokens()
      #expect([special.ids[.unk], special.ids[.bos], special.ids[.eos]] == [0, 1, 2])
      let the = try #require(tokenizer.id(of: "▁the"))
      let ing = try #require(tokenizer.id(of: "ing"))
      #expect(!special.continuesWord[Int(the)] && special.continuesWord[Int(ing)])
    }
  }
}
