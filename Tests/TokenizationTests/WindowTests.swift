import Blocks
import Testing
import Tokenization

/// What the fused encoders do 64 bytes at a time, at the edges of the 64 bytes; and what they keep of words, as it
/// grows.
@Suite struct WindowTests {
  private static let byteLevel = [
    "bytes, as trained", "bytes, cl100k", "bytes, Qwen 2", "bytes, prefix space and added tokens",
  ]

  /// Encodes documents by the components, and three times by the fused encoder with one scratch.
  private func expectSame(_ tokenizer: Tokenizer, _ documents: [[UInt8]], _ name: String) {
    var block = DocumentBlock()
    for document in documents {
      block.documents.append(
        Document(start: block.bytes.count, byteCount: document.count, sourceByte: 0, sourceLine: 1))
      block.bytes.append(contentsOf: document)
    }
    var expected = TokenBlock()
    var scratch = tokenizer.makeScratch()
    tokenizer.encodeReference(block, into: &expected, scratch: &scratch)
    for pass in 0..<3 {
      var found = TokenBlock()
      tokenizer.encode(block, into: &found, scratch: &scratch)
      if found.ids == expected.ids { continue }
      for (index, document) in documents.enumerated() {
        let ranges = (expected.documents[index].range, found.documents[index].range)
        if expected.ids[ranges.0] == found.ids[ranges.1] { continue }
        let text = String(decoding: document, as: UTF8.self).debugDescription.prefix(300)
        let difference = excerpt(Array(expected.ids[ranges.0]), Array(found.ids[ranges.1]))
        Issue.record("\(name), pass \(pass): \(text): \(difference)")
        return
      }
    }
  }

  @Test("Whatever lies across the edge of 64 bytes is cut as elsewhere", arguments: byteLevel + ["words, as trained"])
  func edges(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    let crossings = [
      "'s", "'ll've'", "''re", " 'S", "\u{17F}'\u{17F}x", "  \n\n  x", "..\r\n\r\n \n .", "\t\tx", "\u{A0}\u{3000} y",
      "\u{3000}\u{3000}z", "1234567", "٣٤٥٦٧٨", "“Yes”", "--a", " -a", "中文字", "é\u{301}", "👍🏽!", "\u{0}\u{B}q",
    ]
    var documents: [[UInt8]] = []
    for crossing in crossings {
      for offset in Array(0...3) + Array(40...70) {
        let before = Array(String(repeating: "ab c", count: 20).utf8.prefix(offset))
        documents.append(before + crossing.utf8)
        documents.append(before + crossing.utf8 + String(repeating: " the end", count: 9).utf8)
      }
    }
    expectSame(tokenizer, documents, name)
  }

  @Test("Pieces longer than 64 bytes, 255 and 65,536 are one piece each", arguments: byteLevel + ["words, as trained"])
  func longPieces(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    var documents: [[UInt8]] = []
    for length in [63, 64, 65, 127, 128, 129, 255, 256, 257] {
      for unit in ["a", " ", "\n", "-", "\u{3000}", "é", "9"] {
        let run = String(repeating: unit, count: length)
        documents += [run, "x" + run + "y", run + "\n" + run].map { Array($0.utf8) }
      }
    }
    documents.append(Array(("x " + String(repeating: "ab", count: 32_768) + " y").utf8))
    expectSame(tokenizer, documents, name)
  }

  @Test("Long words without any pattern merge as by the components", arguments: byteLevel)
  func randomWords(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    var random = SplitMix(state: 11)
    let letters = Array("etaoinshrdluTHE\u{E9}\u{4E2D}".unicodeScalars)
    let documents = (0..<150).map { _ in
      var word = String.UnicodeScalarView()
      for _ in 0..<1 + random.next(below: 280) { word.append(letters[random.next(below: letters.count)]) }
      return Array(String(word).utf8)
    }
    expectSame(tokenizer, documents, name)
  }

  /// No UTF-8, against the contract: ids mean nothing, but they are the components' ids, and nothing else is read.
  @Test("Bytes that are no text are cut into the same pieces", arguments: byteLevel)
  func malformed(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    var random = SplitMix(state: 5)
    let nasty: [UInt8] = [
      0x00, 0x20, 0x20, 0x27, 0x73, 0x61, 0x31, 0x0A, 0x80, 0xBF, 0xC0, 0xC2, 0xC3, 0xA9, 0xE0, 0xE3, 0xED, 0xF0, 0x9F,
      0xF4, 0xF5, 0xFF,
    ]
    let documents = (0..<400).map { _ in
      (0..<random.next(below: 150)).map { _ in nasty[random.next(below: nasty.count)] }
    }
    expectSame(tokenizer, documents, name)
  }

  @Test func `Bytes that are no text do no harm to words`() throws {
    let tokenizer = try Variant.named("words, as trained").tokenizer
    var scratch = tokenizer.makeScratch()
    var random = SplitMix(state: 6)
    for _ in 0..<200 {
      let bytes = (0..<random.next(below: 150)).map { _ in UInt8(random.next(below: 256)) }
      var ids: [UInt32] = []
      tokenizer.encode(bytes.span, into: &ids, scratch: &scratch)
      #expect(ids.allSatisfy { $0 < UInt32(tokenizer.vocabularySize) })
    }
  }

  @Test(
    "Words are found again however often the tables have grown",
    arguments: ["words, as trained", "bytes, as trained"])
  func growth(name: String) throws {
    let tokenizer = try Variant.named(name).tokenizer
    let words = (0..<12_000).map { number in
      let tail = number % 5 == 0 ? String(repeating: "x", count: 12 + number % 90) : ""
      return "\(String(number, radix: 36))\(tail)"
    }
    expectSame(tokenizer, [Array(words.joined(separator: " ").utf8)], name)
  }
}
