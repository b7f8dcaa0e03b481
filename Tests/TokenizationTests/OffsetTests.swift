import JSONText
import TestSupport
import Testing
import Tokenization

/// Where tokens come from, against Hugging Face tokenizers 0.23.3.
@Suite struct OffsetTests {
  /// Expects the offsets of a golden line, and that bytes and characters say the same.
  private static func expect(_ encoding: Tokenizer.Encoding, _ text: String, offsets: [Int], words: [Int?]?) {
    let found = encoding.characterOffsets.flatMap { [$0.lowerBound, $0.upperBound] }
    if found != offsets {
      let pairs = zip(found, offsets).map { $0 == $1 ? "\($0)" : "\($0)(\($1))" }
      Issue.record("\(text.debugDescription.prefix(200)): found (expected) \(pairs.prefix(60).joined(separator: " "))")
    }
    if let words, encoding.wordIndices != words {
      Issue.record("\(text.debugDescription.prefix(200)): words \(encoding.wordIndices), expected \(words)")
    }
    #expect(encoding.isSpecial == encoding.wordIndices.map { $0 == nil })
    var starts = [0]
    for scalar in text.unicodeScalars { starts.append(starts[starts.count - 1] + UTF8.width(scalar)) }
    for (index, characters) in encoding.characterOffsets.enumerated() where !encoding.isSpecial[index] {
      if encoding.byteOffsets[index] != starts[characters.lowerBound]..<starts[characters.upperBound] {
        Issue.record("\(text.debugDescription.prefix(200)): bytes \(encoding.byteOffsets[index]) for \(characters)")
      }
    }
  }

  @Test func `Every small tokenizer gives the reference's offsets, words and mask`() throws {
    let variants = try JSONValue(
      parsing: Fixtures.bytes(Reference.fixtures + "/variants.json"), path: "variants.json")
    let texts = try #require(variants["texts"]?.array).compactMap(\.string)
    let file = try JSONValue(parsing: Fixtures.bytes(Reference.fixtures + "/offsets.json"), path: "offsets.json")
    let cases = try #require(file.object)
    #expect(cases.count > 35)
    for (_, value) in cases {
      let variant = try #require(
        variants["variants"]?.array?.first { $0["name"]?.string == value["variant"]?.string })
      var parts = try #require(variant["parts"]?.object)
      if let processor = value["post_processor"] { parts["post_processor"] = processor }
      let tokenizer = try Tokenizer(
        json: Variant.json(base: #require(variant["base"]?.string), replacing: parts))
      for line in try #require(value["lines"]?.array) {
        let text = texts[try #require(line["text"]?.integer)]
        let encoding = tokenizer.encodeWithOffsets(text, addsSpecialTokens: true)
        #expect(encoding.ids == tokenizer.encodeWithSpecialTokens(text))
        let offsets = try #require(line["offsets"]?.array).compactMap(\.integer)
        Self.expect(encoding, text, offsets: offsets, words: line["words"]?.array?.map(\.integer))
      }
    }
  }

  @Test func `An encoding without special tokens is the middle of one with them`() throws {
    let tokenizer = try Variant.named("words, as trained").tokenizer
    let whole = tokenizer.encodeWithOffsets("Größe und Maß", addsSpecialTokens: true)
    let plain = tokenizer.encodeWithOffsets("Größe und Maß")
    #expect(Array(whole.ids.dropFirst().dropLast()) == plain.ids)
    #expect(whole.byteOffsets.first == 0..<0)
    #expect(plain.byteOffsets.last?.upperBound == 16)
    #expect(plain.characterOffsets.last?.upperBound == 13)
    #expect(tokenizer.encodeWithOffsets("") == Tokenizer.Encoding())
  }

  @Test(
    "Published tokenizers give the reference's offsets", .enabled(if: Reference.hasConformance),
    arguments: ["bert-base-uncased", "bert-base-cased", "gpt2", "roberta-base", "cl100k", "qwen", "clip"])
  func published(name: String) throws {
    let tokenizer = try Reference.published(name)
    for line in try Reference.lines(name, step: 23) {
      let text = try #require(line["text"]?.string)
      let encoding = tokenizer.encodeWithOffsets(text)
      if encoding.ids != tokenIDs(line["ids"]) { Issue.record("\(text.debugDescription.prefix(200)): other ids") }
      let offsets = try #require(line["offsets"]?.array).compactMap(\.integer)
      Self.expect(encoding, text, offsets: offsets, words: nil)
    }
  }
}
