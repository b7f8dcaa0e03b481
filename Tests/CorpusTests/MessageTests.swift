import Blocks
import Corpus
import Files
import TestSupport
import Testing

/// The whole text of each diagnostic about a document.
@Suite struct MessageTests {
  @Test(arguments: [
    (
      #"{"id": 1, "text": "abc" "x": 1}"#,
      #"""
      error[corpus.malformed-json]: a line is not JSON
        at        a.jsonl: line 1, column 25, byte 24
            | {"id": 1, "text": "abc" "x": 1}
            |                         ^
        expected  ',' or '}'
        found     '"'
        help      set `on_error: skip` to leave such documents out
      """#
    ),
    (
      "{",
      """
      error[corpus.malformed-json]: a line is not JSON
        at        a.jsonl: line 1, column 2, byte 1
            | {
            |  ^
        expected  a key in double quotes
        found     the end of the line
        help      JSON lines hold one object a line: convert the file (`jq -c . FILE`), or set `on_error: skip` \
      to leave such documents out
      """
    ),
    (
      #"[{"text": "a"}]"#,
      #"""
      error[corpus.wrong-type]: a line is not an object
        at        a.jsonl: line 1, byte 0
            | [{"text": "a"}]
            | ^
        expected  an object with the field 'text'
        found     an array
        help      JSON lines hold one object a line: convert the file (`jq -c '.[]' FILE`), or set \#
      `on_error: skip` to leave such documents out
      """#
    ),
    (
      #"{"body": "a", "t\u00fctle": {"text": 1}}"#,
      """
      error[corpus.missing-field]: a line has no field 'text'
        at        a.jsonl: line 1, byte 0
        expected  'text'
        found     the fields 'body', 'tütle'
        help      set `text:` to the field that holds the text; parts of a path stand between dots, or set \
      `on_error: skip` to leave such documents out
      """
    ),
    (
      #"{"text": true}"#,
      """
      error[corpus.wrong-type]: the field 'text' is not a string
        at        a.jsonl: line 1, byte 0
        expected  a string
        found     true or false
        help      set `on_error: skip` to leave such documents out
      """
    ),
    (
      #"{"text": "half \udc00 a pair"}"#,
      #"""
      error[corpus.lone-surrogate]: the text holds half of a surrogate pair, which is no character
        at        a.jsonl: line 1, column 16, byte 15
            | {"text": "half \udc00 a pair"}
            |                ^
        expected  both halves, as in \uD83D\uDE00
        help      set `on_error: repair` to put U+FFFD in its place, or set `on_error: skip` to leave such documents out
      """#
    ),
    (
      #"{"text": "long long long long long long long long long long"}"#,
      """
      error[corpus.document-too-large]: a document is larger than it may be
        at        a.jsonl: line 1, byte 0
        expected  at most 50 bytes
        found     61 bytes
        help      raise `max_document_size` if it is a document, or set `on_error: skip` to leave such documents \
      out
      """
    ),
  ])
  func `Each says what, where and what to do`(line: String, message: String) throws {
    #expect(try description(of: Array(line.utf8)) == message)
  }

  @Test func `Bytes that are not UTF-8 are shown`() throws {
    #expect(
      try description(of: Array("{\"text\": \"a".utf8) + [0xFC, 0x62]) == """
        error[corpus.invalid-utf8]: a document is not UTF-8
          at        a.jsonl: line 1, column 12, byte 11
          found     the bytes FC 62
          help      convert the file (`iconv -t UTF-8`), set `on_error: repair` to put U+FFFD in their place, or set \
        `on_error: skip` to leave such documents out
        """)
  }

  @Test func `A long line is shown around the place`() throws {
    let line = #"{"text": ""# + String(repeating: "é", count: 100) + "\u{1B}\u{7}" + String(repeating: "z", count: 100)
    let lines = try description(of: Array(line.utf8)).split(separator: "\n")
    #expect(lines[2] == "      | …éééééééééééééééééééé··zzzzzzzzzzzzzzzzzzzzzzzzzzzz…")
    #expect(lines[3] == "      |                      ^")
  }

  private func description(of content: [UInt8]) throws -> String {
    let options = InputOptions(maximumDocumentBytes: content.count > 200 ? 1000 : 50)
    return try withScratchDirectory { directory in
      let path = directory + "/a.jsonl"
      try LocalFileSystem().write(content, to: path)
      let error = diagnostic { () throws(Diagnostic) in try readFile(path, options) }
      return try #require(error).description.replacing(directory + "/", with: "")
    }
  }
}
