import Blocks
import Foundation
import Text

/// Blocks made of strings, and strings made of blocks.
enum Sample {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let unicode = root.appendingPathComponent("../shared/conformance/unicode").standardizedFileURL
  static var hasUnicode: Bool { FileManager.default.fileExists(atPath: unicode.path) }

  static func block(_ texts: [String], ids: [String] = []) -> DocumentBlock {
    var block = DocumentBlock()
    block.path = "in.jsonl"
    for (index, text) in texts.enumerated() {
      let start = block.bytes.count
      block.bytes.append(contentsOf: text.utf8)
      block.documents.append(
        Document(
          id: 7, start: start, byteCount: block.bytes.count - start, sourceByte: 100 * index, sourceLine: index + 1))
    }
    block.sourceIDs = ids
    return block
  }

  static func texts(of block: borrowing DocumentBlock) -> [String] {
    var texts: [String] = []
    for document in block.documents { texts.append(block.text(of: document)) }
    return texts
  }

  /// What the steps make of each text; a text that ends empty is "".
  static func apply(_ steps: [String], to texts: [String]) throws -> [String] {
    var scratch = TextScratch()
    var block = Self.block(texts)
    try TextPipeline(steps: steps).apply(to: &block, scratch: &scratch)
    var results = Array(repeating: "", count: texts.count)
    for document in block.documents { results[document.sourceLine - 1] = block.text(of: document) }
    return results
  }

  static func apply(_ steps: [String], to text: String) throws -> String { try apply(steps, to: [text])[0] }

  /// Scalars but the surrogates.
  static var allScalars: [Unicode.Scalar] { (0...0x10FFFF).compactMap { Unicode.Scalar(UInt32($0)) } }
}

/// A small reproducible generator.
struct Noise {
  private var stream: RandomStream

  init(seed: UInt32) { stream = RandomStream(key: (seed, 1), counterHigh: (0, 0)) }

  mutating func below(_ bound: Int) -> Int { Int(stream.word() % UInt32(bound)) }

  mutating func text(of letters: [Unicode.Scalar], upTo length: Int) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<below(length + 1) { text.append(letters[below(letters.count)]) }
    return String(text)
  }
}

/// True if two strings have the same bytes: to `==`, é and e + U+0301 are equal.
func sameBytes(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

/// How a string looks in a message, scalar by scalar.
func spelled(_ text: String) -> String {
  text.unicodeScalars.map { String($0.value, radix: 16, uppercase: true) }.joined(separator: " ")
}
