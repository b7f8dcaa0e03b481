import Blocks
import JSONText
import Testing

@Suite struct JSONScannerTests {
  @Test func `A caller pulls what it wants and skips the rest`() throws {
    let text =
      #"{"model": {"type": "BPE", "vocab": {"a": 0, "\u0120b": 1}, "merges": [["a", "b"], []]}, "x": [{}, 1.5]}"#
    var scanner = JSONScanner(Array(text.utf8), path: "tokenizer.json")
    var vocabulary: [(String, Int)] = []
    var name: [UInt8] = []
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      guard key == "model" else {
        try scanner.skipValue()
        continue
      }
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        guard key == "vocab" else {
          try scanner.skipValue()
          continue
        }
        try scanner.beginObject()
        while try scanner.nextKey(into: &name) {
          vocabulary.append((String(decoding: name, as: UTF8.self), try scanner.readInteger()))
        }
      }
    }
    try scanner.finish()
    #expect(vocabulary.map(\.0) == ["a", "Ġb"])
    #expect(vocabulary.map(\.1) == [0, 1])
  }

  @Test func `What is skipped is checked as strictly as what is read`() throws {
    for text in ["[1, [2, {\"a\": tru}]]", "[[]", "{\"a\": \"\\x\"}", "[01]", "[1 2]", "{\"a\":1,}", "{1:2}"] {
      var scanner = JSONScanner(Array(text.utf8))
      #expect(throws: Diagnostic.self) {
        try scanner.skipValue()
        try scanner.finish()
      }
    }
  }

  @Test func `A value of the wrong kind is named with its place`() {
    var scanner = JSONScanner(Array(#"["seven"]"#.utf8), path: "vocab.json")
    let error = #expect(throws: Diagnostic.self) {
      try scanner.beginArray()
      _ = try scanner.nextElement()
      _ = try scanner.readInteger()
    }
    #expect(
      error?.description == """
        error[json.wrong-kind]: a value in vocab.json is of the wrong kind
          at        vocab.json: line 1, column 2, byte 1
          expected  an integer
          found     '"'
        """)
  }

  @Test(arguments: ["1.5", "1e3", "99999999999999999999"])
  func `Only integers are integers`(text: String) {
    var scanner = JSONScanner(Array(text.utf8))
    let error = #expect(throws: Diagnostic.self) { _ = try scanner.readInteger() }
    #expect(error?.code == "json.wrong-kind")
    #expect(error?.found == "'\(text)'")
  }
}
