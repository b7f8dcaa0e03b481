import Foundation
import JSONText
import Testing
import Tokenization

/// A small tokenizer with some parts replaced, and what Hugging Face tokenizers 0.23.3 made of nasty text with it.
struct Variant: Sendable, CustomTestStringConvertible {
  let name: String
  let tokenizer: Tokenizer
  let cases: [JSONValue]

  var testDescription: String { name }

  static let all: [Variant] = (try? load()) ?? []

  static func named(_ name: String) throws -> Variant { try #require(all.first { $0.name == name }) }

  /// The JSON of a fixture with some parts replaced; those of `model` one by one.
  static func json(base: String, replacing parts: JSONObject) throws -> [UInt8] {
    let url = Golden.fixtures.appendingPathComponent("\(base).tokenizer.json")
    var definition = try #require(JSONValue(parsing: Golden.bytes(url), path: base).object)
    for (key, value) in parts {
      if key == "model", var model = definition["model"]?.object, let fields = value.object {
        for (field, value) in fields { model[field] = value }
        definition["model"] = .object(model)
      } else {
        definition[key] = value
      }
    }
    return JSONWriter.bytes(of: .object(definition))
  }

  private static func load() throws -> [Variant] {
    try Golden.lines(Golden.fixtures.appendingPathComponent("variants.jsonl")).map { line in
      let name = try #require(line["name"]?.string)
      let json = try json(base: #require(line["base"]?.string), replacing: #require(line["parts"]?.object))
      return Variant(
        name: name, tokenizer: try Tokenizer(json: json, path: name), cases: try #require(line["cases"]?.array))
    }
  }
}

@Suite struct VariantTests {
  @Test func `All variants of the small tokenizers can be read`() {
    #expect(Variant.all.count == 35)
  }

  @Test("Every component gives the reference's ids and text on nasty input", arguments: Variant.all)
  func matchesReference(variant: Variant) throws {
    var scratch = variant.tokenizer.makeScratch()
    for line in variant.cases {
      let text = try #require(line["text"]?.string)
      let expected = try #require(ids(line["ids"]))
      var found: [UInt32] = []
      variant.tokenizer.encode(Array(text.utf8).span, into: &found, scratch: &scratch)
      if found != expected { Issue.record("\(text.debugDescription): \(excerpt(expected, found))") }
      let special = line["special"].flatMap(ids) ?? expected
      #expect(variant.tokenizer.addSpecialTokens(to: expected) == special, "\(text.debugDescription)")
      let decoded = line["decoded"]?.string ?? text
      let foundText = variant.tokenizer.decode(expected, skipSpecialTokens: false)
      if !decoded.utf8.elementsEqual(foundText.utf8) {
        Issue.record("decoded \(foundText.debugDescription), expected \(decoded.debugDescription)")
      }
    }
  }

  @Test("Special tokens in text are text when asked", arguments: Variant.all)
  func specialAsText(variant: Variant) throws {
    var scratch = variant.tokenizer.makeScratch()
    for line in variant.cases {
      let text = try #require(line["text"]?.string)
      let expected = try #require(ids(line["asText"] ?? line["ids"]))
      var found: [UInt32] = []
      variant.tokenizer.encode(Array(text.utf8).span, into: &found, scratch: &scratch, specialInText: .asText)
      if found != expected { Issue.record("\(text.debugDescription): \(excerpt(expected, found))") }
    }
  }
}
