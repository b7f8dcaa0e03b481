import Blocks
import Foundation
import Testing
import Text

@Suite struct SentenceTests {
  private func sentences(_ texts: [String]) throws -> [String] {
    var scratch = TextScratch()
    var block = Sample.block(texts)
    try SentenceSplitter().findSentences(in: &block, scratch: &scratch)
    return zip(block.sentenceStarts, block.sentenceStarts.dropFirst() + [block.bytes.count]).map {
      String(decoding: block.bytes[$0..<$1], as: UTF8.self)
    }
  }

  @Test func `Sentences are found in each document, and each document starts one`() throws {
    let texts = ["One. Two! Three?", "Four", "", "He said “Yes.” Then 3.14 of Mr. Smith\nA line.", "これは。文です。"]
    #expect(
      try sentences(texts) == [
        "One. ", "Two! ", "Three?", "Four", "He said “Yes.” ", "Then 3.14 of Mr. ", "Smith\n", "A line.", "これは。",
        "文です。",
      ])
  }

  @Test func `Starts ascend, lie on characters, and forget what was found before`() throws {
    var scratch = TextScratch()
    var noise = Noise(seed: 4)
    let letters = Array("ab. .A!?\n é日。\u{1F600}".unicodeScalars)
    for _ in 0..<200 {
      var block = Sample.block((0..<4).map { _ in noise.text(of: letters, upTo: 30) })
      block.sentenceStarts = [3, 2, 1]
      try SentenceSplitter().findSentences(in: &block, scratch: &scratch)
      #expect(zip(block.sentenceStarts, block.sentenceStarts.dropFirst()).allSatisfy(<))
      #expect(block.sentenceStarts.allSatisfy { block.bytes[$0] & 0xC0 != 0x80 })
      let starts = Set(block.sentenceStarts)
      #expect(block.documents.allSatisfy { $0.byteCount == 0 || starts.contains($0.start) })
    }
  }

  @Test(.enabled(if: Sample.hasUnicode, "needs ../shared/conformance/unicode"))
  func `The Unicode conformance file holds`() throws {
    let file = try String(contentsOf: Sample.unicode.appendingPathComponent("SentenceBreakTest.txt"), encoding: .utf8)
    var texts: [String] = []
    var expected: [[String]] = []
    for line in file.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.prefix { $0 != "#" }.split(separator: "÷").map { part in
        String(
          String.UnicodeScalarView(
            part.unicodeScalars.split { " ×\t".unicodeScalars.contains($0) }
              .compactMap { UInt32(String($0), radix: 16).flatMap(Unicode.Scalar.init) }))
      }.filter { !$0.isEmpty }
      texts.append(parts.joined())
      expected.append(parts)
    }
    #expect(texts.count > 400)
    for (text, parts) in zip(texts, expected) where try !sentences([text]).elementsEqual(parts, by: sameBytes) {
      Issue.record("\(spelled(text)): \(try sentences([text]).map(spelled))")
    }
  }
}
