import Blocks
import Corpus
import Files
import TestSupport
import Testing

@Suite struct JSONDocumentsTests {
  @Test func `The members of an array are documents`() throws {
    let text =
      "[\n  {\"id\": 1, \"text\": \"a ] }\"},\n {\n\"text\" : \"\\\"b\\\\\" , \"id\": [2]} ,{\"text\":\"c\"}\n]\n"
    let result = try read(text, named: "a.json", InputOptions(id: ["id"]))
    #expect(result.texts == ["a ] }", "\"b\\", "c"])
    #expect(result.ids == ["1", "", ""])
    #expect(result.documents.map(\.sourceLine) == [2, 3, 4])
    #expect(result.documents.map(\.sourceByte) == [4, 33, 66])
    #expect(try read("[]", named: "a.json").texts == [])
    #expect(try read(" [{\"text\":\"x\"}]", named: "-").texts == ["x"])
  }

  @Test func `Documents may stand one behind the other, over several lines`() throws {
    let text = "{\n  \"text\": \"a\"\n}\n{\n  \"text\": \"b\"\n}{\"text\":\"c\"} [{\"text\":\"d\"}]"
    #expect(try read(text, named: "a.json").texts == ["a", "b", "c", "d"])
    #expect(try read(text, named: "stream").texts == ["a", "b", "c", "d"])
    // A document a line stays what it was.
    let lines = "{\"text\":\"a\"}\nbroken\n{\"text\":\"b\"}\n"
    #expect(try read(lines, named: "a.json", InputOptions(onError: .skip)).texts == ["a", "b"])
  }

  @Test(arguments: [
    "[{\"text\":\"a\"} {\"text\":\"b\"}]", "[{\"text\":\"a\"},]", "[,{\"text\":\"a\"}]", "[{\"text\":\"a\"}", "]",
    "{\"text\":\"a\"},{}", "[{\"text\":\"a\"]", "[{\"text\":\"a",
  ])
  func `What is no JSON is refused`(text: String) throws {
    let options = InputOptions(format: .json)
    let error = diagnostic { () throws(Diagnostic) in try read(text, named: "a", options) }
    #expect(error?.code == "corpus.malformed-json")
  }

  @Test func `A document that is too large is passed over without being held`() throws {
    let text = "[{\"text\":\"\(String(repeating: "x]", count: 4000))\"}, {\"text\":\"b\"}]"
    let result = try read(text, named: "a.json", InputOptions(onError: .skip, maximumDocumentBytes: 1000))
    #expect(result.texts == ["b"] && result.codes == ["corpus.document-too-large"])
    #expect(result.skipped[0].message == "a document is larger than it may be (found 8011 bytes)")
  }

  @Test func `No bytes do harm`() throws {
    let text = Array("[{\"text\":\"a\\u00e9\"},\n{\"text\": [1, 2.5e3, null]}, {\"text\":\"c\"}]".utf8)
    for count in 0...text.count { _ = try? read(content: Array(text[..<count]), named: "a.json", asStream: true) }
    for spoilt in spoilings(of: text, count: 400) {
      _ = try? read(content: spoilt, named: "a", InputOptions(format: .json, onError: .skip), asStream: true)
    }
  }

  @Test func `Text between separators`() throws {
    let options = InputOptions(documents: .separator)
    let text = "one\ntwo\n<|endoftext|>\n\nthree<|endoftext|><|endoftext|>\n<|endoftext|>four <|end\n"
    let result = try read(text, named: "a.txt", options)
    #expect(result.texts == ["one\ntwo", "three", "four <|end"])
    #expect(result.documents.map(\.sourceLine) == [1, 5, 6])
    #expect(result.documents.map(\.sourceByte) == [0, 23, 68])
    for blockBytes in [1, 10, 30] {
      let cut = try read(text, named: "a.txt", InputOptions(documents: .separator, blockBytes: blockBytes))
      #expect(cut.documents.map(\.sourceByte) == [0, 23, 68] && cut.texts == result.texts)
    }
    let own = InputOptions(documents: .separator, separator: "%%", onError: .skip, maximumDocumentBytes: 10)
    let long = try read("a%%\(String(repeating: "%b", count: 50))%%c", named: "a.txt", own)
    #expect(long.texts == ["a", "c"] && long.codes == ["corpus.document-too-large"])
  }
}

/// The parser suite: what must be accepted and refused, as a line, as a member of an array and as a field.
@Suite(.enabled(if: suiteFolder != nil)) struct JSONSuiteTests {
  static let cases: [String] = {
    let names = suiteFolder.map { (try? LocalFileSystem().list($0)) ?? [] } ?? []
    return names.filter { $0.hasPrefix("y_") || $0.hasPrefix("n_") }
  }()

  @Test(arguments: cases) func `Accepted or refused as the standard says`(name: String) throws {
    let value = try LocalFileSystem().readAll(try #require(suiteFolder) + "/" + name)
    // A line cannot hold a line end, which elsewhere is white space.
    let line = name.hasPrefix("y_") ? value.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } : value
    let isValid = name.hasPrefix("y_")
    let field = Array("{\"text\":\"t\",\"value\":".utf8) + line + Array("}".utf8)
    try check(field, .jsonl, isValid: isValid, name)
    try check([UInt8(ascii: "[")] + field + [UInt8(ascii: "]")], .json, isValid: isValid, name)
    let nested = Array("{\"text\":\"t\",\"a\":[{\"b\":[".utf8) + value + Array("]}]}".utf8)
    // Inside an array some of what is wrong alone becomes right: nothing at all, and values with commas between.
    let isRightInside = ["n_structure_no_data.json", "n_single_space.json"].contains(name)
    try check(nested, .json, isValid: isValid || isRightInside, name)
  }

  private func check(_ content: [UInt8], _ format: InputOptions.Format, isValid: Bool, _ name: String) throws {
    let error = diagnostic { () throws(Diagnostic) in
      try read(content: content, named: "a", InputOptions(format: format), asStream: true)
    }
    if isValid {
      #expect(error == nil, "\(name) as \(format)")
    } else {
      #expect(error != nil, "\(name) as \(format)")
    }
  }
}

private let suiteFolder = sharedPath("conformance/json/test_parsing")
