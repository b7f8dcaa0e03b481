import JSONText
import TestSupport
import Testing
import Tokenization

/// A small tokenizer with some parts replaced, and what Hugging Face tokenizers 0.23.3 made of nasty text with it.
struct Variant: Sendable, CustomTestStringConvertible {
  /// A text with its ids, also with the special tokens around it and with those inside it as text, and what the ids
  /// decode to.
  struct Case {
    let text: String
    let ids: [UInt32]
    let special: [UInt32]
    let asText: [UInt32]
    let decoded: String

    /// In the file, what equals `ids` or the text is left out.
    init(_ text: JSONValue, _ json: JSONValue) throws {
      self.text = try #require(text.string)
      ids = try #require(tokenIDs(json["ids"]))
      special = tokenIDs(json["special"]) ?? ids
      asText = tokenIDs(json["asText"]) ?? ids
      decoded = json["decoded"]?.string ?? self.text
    }
  }

  let name: String
  let tokenizer: Tokenizer
  let cases: [Case]

  var testDescription: String { name }

  static let all: [Variant] = ((try? load("variants")) ?? []) + ((try? load("sentencepiece")) ?? [])

  static func named(_ name: String) throws -> Variant { try #require(all.first { $0.name == name }) }

  /// The JSON of a fixture with some parts replaced; those of `model` one by one.
  static func json(base: String, replacing parts: JSONObject) throws -> [UInt8] {
    let bytes = try Fixtures.bytes("\(Reference.fixtures)/\(base).tokenizer.json")
    var definition = try #require(JSONValue(parsing: bytes, path: base).object)
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

  private static func load(_ name: String) throws -> [Variant] {
    let file = try JSONValue(parsing: Fixtures.bytes("\(Reference.fixtures)/\(name).json"), path: name)
    let texts = try #require(file["texts"]?.array)
    return try #require(file["variants"]?.array).map { variant in
      let name = try #require(variant["name"]?.string)
      let json = try json(base: #require(variant["base"]?.string), replacing: #require(variant["parts"]?.object))
      let cases = try zip(texts, #require(variant["cases"]?.array)).map { try Case($0, $1) }
      return Variant(name: name, tokenizer: try Tokenizer(json: json, path: name), cases: cases)
    }
  }
}

@Suite struct VariantTests {
  @Test func `All variants of the small tokenizers can be read`() {
    #expect(Variant.all.count == 62)
    #expect(Variant.all.allSatisfy { $0.cases.count >= 75 })
  }

  @Test("Every component gives the reference's ids and text on nasty input", arguments: Variant.all)
  func matchesReference(variant: Variant) throws {
    var scratch = variant.tokenizer.makeScratch()
    for line in variant.cases {
      var found: [UInt32] = []
      variant.tokenizer.encode(Array(line.text.utf8).span, into: &found, scratch: &scratch)
      if found != line.ids { Issue.record("\(line.text.debugDescription): \(excerpt(line.ids, found))") }
      #expect(variant.tokenizer.addSpecialTokens(to: line.ids) == line.special, "\(line.text.debugDescription)")
      let decoded = variant.tokenizer.decode(line.ids, skipSpecialTokens: false)
      if !line.decoded.utf8.elementsEqual(decoded.utf8) {
        Issue.record("decoded \(decoded.debugDescription), expected \(line.decoded.debugDescription)")
      }
    }
  }

  @Test("Special tokens in text are text when asked", arguments: Variant.all)
  func specialAsText(variant: Variant) throws {
    var scratch = variant.tokenizer.makeScratch()
    for line in variant.cases {
      var found: [UInt32] = []
      variant.tokenizer.encode(Array(line.text.utf8).span, into: &found, scratch: &scratch, specialInText: .asText)
      if found != line.asText { Issue.record("\(line.text.debugDescription): \(excerpt(line.asText, found))") }
    }
  }
}
