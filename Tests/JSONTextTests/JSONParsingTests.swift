import Blocks
import JSONText
import Testing

@Suite struct JSONParsingTests {
  @Test func `Every kind of value is read`() throws {
    let value = try JSONValue(parsing: #" {"a": [1, -2.5e3, true, false, null], "b": {"c": "d\n\u00e9\uD83D\uDE00"}} "#)
    #expect(
      value == [
        "a": [1, -2500.0, true, false, .null],
        "b": ["c": "d\né😀"],
      ])
    #expect(value["a"]?[1]?.number == -2500)
    #expect(value["b"]?["c"]?.string == "d\né😀")
    #expect(value["nothing"] == nil)
    #expect(value["a"]?[9] == nil)
  }

  @Test func `Objects keep their order and look up the last of equal keys`() throws {
    let object = try #require(JSONValue(parsing: #"{"z": 1, "a": 2, "z": 3}"#).object)
    #expect(object.map(\.key) == ["z", "a", "z"])
    #expect(object["z"] == 3)
  }

  @Test func `Integers stay exact as long as they fit 64 bits`() throws {
    #expect(try JSONValue(parsing: "9223372036854775807") == .integer(.max))
    #expect(try JSONValue(parsing: "-9223372036854775808") == .integer(.min))
    #expect(try JSONValue(parsing: "9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try JSONValue(parsing: "-0") == .number(-0.0))
    #expect(try JSONValue(parsing: "1.0") == .number(1))
    #expect(try JSONValue(parsing: "1e2") == .number(100))
    #expect(try JSONValue(parsing: "0.1").number == 0.1)
    #expect(try JSONValue(parsing: "123123e-10000") == .number(0))
  }

  @Test(arguments: [
    (
      "{\n  \"a\": tru\n}",
      """
      error[json.unexpected-byte]: r.json is not valid JSON
        at        r.json: line 2, column 11, byte 12
        expected  'true'
        found     byte 0x0A
      """
    ),
    (
      "[1, 2",
      """
      error[json.unexpected-end]: r.json ends inside a JSON document
        at        r.json: line 1, column 6, byte 5
        expected  ',' or ']'
        found     end of file
        help      the file is probably cut off: make or fetch it again
      """
    ),
    (
      "[1,]",
      """
      error[json.unexpected-byte]: r.json is not valid JSON
        at        r.json: line 1, column 4, byte 3
        expected  a value
        found     ']'
      """
    ),
    (
      #"{"a" 1}"#,
      """
      error[json.unexpected-byte]: r.json is not valid JSON
        at        r.json: line 1, column 6, byte 5
        expected  ':'
        found     '1'
      """
    ),
    (
      "012",
      """
      error[json.unexpected-byte]: r.json is not valid JSON
        at        r.json: line 1, column 2, byte 1
        expected  no digit behind a leading zero
        found     '12'
      """
    ),
    (
      "\u{FEFF}{}",
      """
      error[json.unexpected-byte]: r.json is not valid JSON
        at        r.json: line 1, column 1, byte 0
        expected  a value
        found     a byte order mark
        help      remove the first three bytes: JSON starts without a mark
      """
    ),
    (
      #"["\ud83d x"]"#,
      #"""
      error[json.lone-surrogate]: a string in r.json has half of a surrogate pair
        at        r.json: line 1, column 3, byte 2
        expected  \uD800 to \uDBFF followed by \uDC00 to \uDFFF
        found     '\ud83d'
      """#
    ),
    (
      #""\q""#,
      #"""
      error[json.invalid-escape]: a string in r.json has an unknown escape
        at        r.json: line 1, column 2, byte 1
        expected  one of \" \\ \/ \b \f \n \r \t, or \u and four hexadecimal digits
        found     '\q"'
      """#
    ),
    (
      "\"a\tb\"",
      """
      error[json.control-character]: a string in r.json has a control character
        at        r.json: line 1, column 3, byte 2
        expected  an escape such as \\n or \\u0000
        found     byte 0x09
      """
    ),
    (
      "[1e999]",
      """
      error[json.number-out-of-range]: a number in r.json is too large
        at        r.json: line 1, column 2, byte 1
        expected  a magnitude below 1.8e308
        found     '1e999'
      """
    ),
  ])
  func `A damaged document is explained`(text: String, message: String) {
    let error = #expect(throws: Diagnostic.self) { try JSONValue(parsing: text, path: "r.json") }
    #expect(error?.description == message)
  }

  @Test func `Ill-formed UTF-8 is refused wherever it stands`() {
    let illFormed: [[UInt8]] = [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82],
      [0xF0, 0x8F, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
    ]
    for bytes in illFormed {
      for prefix in 0..<18 {
        let document = [0x22] + Array(repeating: UInt8(ascii: "a"), count: prefix) + bytes + Array("bcdefghi\"".utf8)
        let error = #expect(throws: Diagnostic.self) { try JSONValue(parsing: document) }
        #expect(error?.code == "json.invalid-utf8")
        #expect(error?.location?.byte == 1 + prefix)
      }
    }
  }

  @Test func `Nesting is bounded`() throws {
    let limit = JSONScanner.depthLimit
    let deep = Array(repeating: "[", count: limit).joined() + Array(repeating: "]", count: limit).joined()
    _ = try JSONValue(parsing: deep)
    let error = #expect(throws: Diagnostic.self) { try JSONValue(parsing: "[" + deep + "]") }
    #expect(error?.code == "json.too-deep")
    let endless = Array(repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(throws: Diagnostic.self) { try JSONValue(parsing: endless) }
  }

  @Test func `A document cut anywhere is refused`() throws {
    let document = Array(#"{"a": [1.5e-3, "x\u00e9\n"], "é": {"b": [true, null, {}]}}"#.utf8)
    _ = try JSONValue(parsing: document)
    for length in 0..<document.count {
      #expect(throws: Diagnostic.self) { try JSONValue(parsing: Array(document[..<length])) }
    }
  }
}
