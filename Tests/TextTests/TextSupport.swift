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

  /// Every scalar; but of the long runs of equals (ideographs, Hangul, private use, unassigned planes) a sample with
  /// both ends, unless PALIMPSEST_FULL_TESTS is set: debug builds are slow.
  static let scalars: [Unicode.Scalar] = {
    let isFull = ProcessInfo.processInfo.environment["PALIMPSEST_FULL_TESTS"] != nil
    let runs: [ClosedRange<UInt32>] = [
      0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xE000...0xF8FF, 0x17000...0x18AFF, 0x20000...0x2F7FF,
      0x30000...0xE0000, 0xE0200...0x10FFFF,
    ]
    return (UInt32(0)...0x10FFFF).filter { value in
      guard !isFull, let run = runs.first(where: { $0 ~= value }) else { return true }
      return value % 251 == 0 || value - run.lowerBound < 2 || run.upperBound - value < 2
    }.compactMap(Unicode.Scalar.init)
  }()
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
