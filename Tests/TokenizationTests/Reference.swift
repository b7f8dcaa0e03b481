import JSONText
import TestSupport
import Testing
import Tokenization

/// The small tokenizers of this repository, and the conformance set beside it when it is there.
enum Reference {
  static let fixtures = Fixtures.path + "/tokenizers"
  static let conformance = Fixtures.shared + "/conformance"

  static let hasConformance = Fixtures.exists(conformance)

  static func published(_ name: String) throws -> Tokenizer {
    try Tokenizer(json: Fixtures.bytes("\(conformance)/tokenizers/\(name)/tokenizer.json"), path: name)
  }

  /// What Hugging Face tokenizers 0.23.3 gave for every `step`-th line of the conformance set, or for all lines.
  static func lines(_ name: String, step: Int) throws -> [JSONValue] {
    try Fixtures.lines("\(conformance)/golden/\(name).jsonl.zst", step: Fixtures.isFull ? 1 : step)
  }
}

/// Expects the ids of golden lines, alone and with special tokens, and the text they decode to.
func expectGolden(
  _ tokenizer: Tokenizer, _ lines: [JSONValue], decodes: Bool = true, specialInText: Tokenizer.SpecialInText = .match
) {
  var scratch = tokenizer.makeScratch()
  #expect(lines.count > 100)
  for line in lines {
    guard let text = line["text"]?.string, let expected = tokenIDs(line["ids"]) else {
      Issue.record("no text or ids in a golden line")
      continue
    }
    var found: [UInt32] = []
    tokenizer.encode(Array(text.utf8).span, into: &found, scratch: &scratch, specialInText: specialInText)
    if found != expected {
      Issue.record("\(text.debugDescription.prefix(300)): expected \(excerpt(expected, found))")
      continue
    }
    let special = line["special"].flatMap(tokenIDs) ?? expected
    let foundSpecial = tokenizer.addSpecialTokens(to: found)
    if foundSpecial != special { Issue.record("\(text.debugDescription.prefix(100)): special \(special.prefix(9))") }
    guard decodes else { continue }
    let decoded = line["decoded"]?.string ?? text
    let foundText = tokenizer.decode(found, skipSpecialTokens: false)
    if !decoded.utf8.elementsEqual(foundText.utf8) {
      Issue.record("decoded \(foundText.debugDescription.prefix(300)) for \(decoded.debugDescription.prefix(300))")
    }
  }
}

/// Where two lists of ids part.
func excerpt(_ expected: [UInt32], _ found: [UInt32]) -> String {
  let start = max(0, zip(expected, found).prefix { $0 == $1 }.count - 2)
  return "\(expected.dropFirst(start).prefix(8)), found \(found.dropFirst(start).prefix(8)) (from \(start))"
}

func tokenIDs(_ value: JSONValue?) -> [UInt32]? {
  value?.array?.compactMap { $0.integer.map { UInt32($0) } }
}
