import Corpus
import Files
import TestSupport
import Testing

@Suite struct JSONLineFieldTests {
  @Test(arguments: [
    (#"{"text":"a"}"#, "a"), (#" { "text" : "a" , "b":1} "#, "a"), (#"{"text":""}"#, ""),
    (#"{"text":"\"\\\/\b\f\n\r\t"}"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"{"text":"\u00e9\u20AC\uD83D\uDE00"}"#, "é€😀"),
    (#"{"te\u0078t":"escaped key"}"#, "escaped key"), (#"{"text":"first","text":"last"}"#, "last"),
    (#"{"a":{"text":"inner"},"text":"outer"}"#, "outer"),
    (#"{"text":"0123456789\n0123456789"}"#, "0123456789\n0123456789"),
    (#"{"a":[1,-0.5e+3,true,false,null,"\"",{}],"text":"é"}"#, "é"), (#"{"text":"\u0000"}"#, "\0"),
    (#"{"texts":"no","tex":"no","text":"yes"}"#, "yes"),
  ])
  func `The text is found and unescaped`(line: String, text: String) {
    var field = JSONLineField(text: ["text"])
    #expect(field.scan(line) == nil)
    #expect(field.text == .string)
    #expect(field.textString == text)
  }

  @Test func `A path leads through objects, and the last of equal keys wins at each step`() {
    var field = JSONLineField(text: ["meta", "body"], id: ["meta", "id"])
    #expect(field.scan(#"{"meta":{"id":12e0,"body":"x"},"body":"y"}"#) == nil)
    #expect(field.textString == "x")
    #expect(field.idText == "12e0")
    #expect(field.scan(#"{"meta":{"body":"x","id":"i"},"meta":{}}"#) == nil)
    #expect(field.text == .missing && field.idText == "")
    #expect(field.scan(#"{"meta":{"body":"x"},"meta":3}"#) == nil)
    #expect(field.text == .missing)
    #expect(field.scan(#"{"meta":[{"body":"x"}]}"#) == nil)
    #expect(field.text == .missing)
    #expect(field.scan(#"{"meta":{"body":{"body":"x"}}}"#) == nil)
    #expect(field.text == .other("an object"))
  }

  @Test func `Text and id may be the same field`() {
    var field = JSONLineField(text: ["t"], id: ["t"])
    #expect(field.scan(#"{"t":"\u0041"}"#) == nil)
    #expect(field.textString == "A" && field.idText == "A")
  }

  @Test(arguments: [
    (#"{"text":"\ud800"}"#, "\u{FFFD}", 9), (#"{"text":"a\udc00b"}"#, "a\u{FFFD}b", 10),
    (#"{"text":"\ud800\u0041"}"#, "\u{FFFD}A", 9), (#"{"text":"\ud83d\ud83d\ude00"}"#, "\u{FFFD}😀", 9),
    (#"{"text":"\ud83d\n"}"#, "\u{FFFD}\n", 9), (#"{"text":"\ud83d"}"#, "\u{FFFD}", 9),
  ])
  func `Half a surrogate pair is replaced and reported`(line: String, text: String, offset: Int) {
    var field = JSONLineField(text: ["text"])
    #expect(field.scan(line) == nil)
    #expect(field.textString == text)
    #expect(field.loneSurrogateOffset == offset)
  }

  @Test(arguments: [
    ("", 0, "a value"), ("{", 1, "a key in double quotes"), (#"{"a"}"#, 4, "':'"), (#"{"a":}"#, 5, "a value"),
    (#"{"a":1,}"#, 7, "a key in double quotes"), (#"{"a":01}"#, 6, "',' or '}'"), (#"{"a":1.}"#, 7, "a digit"),
    (#"{"a":"x"#, 7, "'\"' at the end of the string"), (#"{"a":1}x"#, 7, "the end of the line"),
    (#"{"a":"\x"}"#, 7, "one of \" \\ / b f n r t u after the backslash"), (#"{"a":tru}"#, 8, "'true'"),
    (#"{"a":"\u12g4"}"#, 10, "four hexadecimal digits after \\u"), (#"[1 2]"#, 3, "',' or ']'"),
    ("{\"a\":\"\u{1}\"}", 6, "an escape such as \\n or \\u0000 in place of a control character"),
    (#"{"a":"\ud83d\u12"}"#, 16, "four hexadecimal digits after \\u"),
  ])
  func `A fault is reported where it is`(line: String, offset: Int, expected: String) {
    var field = JSONLineField(text: ["text"])
    let fault = field.scan(line)
    #expect(fault?.offset == offset)
    #expect(fault?.expected == expected)
  }

  @Test func `Every cut of a line is a fault, and never a crash`() {
    let line = Array(#"{"a":[1.5e-3,{"b":null}],"text":"é\u00e9\ud83d\ude00\n","c":true} "#.utf8)
    var field = JSONLineField(text: ["text"])
    for end in 0..<(line.count - 1) {
      let fault = unsafe line[..<end].withUnsafeBytes { unsafe field.scan($0) }
      #expect(fault != nil)
    }
  }

  @Test func `512 levels pass, 513 do not`() {
    var field = JSONLineField(text: ["text"])
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(field.scan(nested(512)) == nil)
    #expect(field.scan(nested(513))?.expected == "at most 512 levels of nesting (`limits.nesting`)")
    #expect(field.scan(String(repeating: #"{"a":"#, count: 100_000))?.offset == 5 * 512)
  }

  /// Origin: nst/JSONTestSuite (MIT). `y_` must be accepted, `n_` refused; `i_` may go either way.
  @Test(.enabled(if: conformanceFolder != nil)) func `The JSON test suite is judged as it wants to be`() throws {
    let folder = try #require(conformanceFolder)
    let system = LocalFileSystem()
    var field = JSONLineField(text: ["text"])
    var count = 0
    for name in try system.list(folder) where name.hasPrefix("y_") || name.hasPrefix("n_") {
      let bytes = try system.readAll(folder + "/" + name)
      let accepts = unsafe bytes.withUnsafeBytes {
        unsafe UTF8Check.firstInvalidOffset(in: $0) == nil && field.scan($0) == nil
      }
      #expect(accepts == name.hasPrefix("y_"), "\(name)")
      count += 1
    }
    #expect(count > 280)
  }
}

private let conformanceFolder = sharedPath("conformance/json/test_parsing")

extension JSONLineField {
  /// Scans a copy that is never given back: the text and the id of a scan may lie in its line.
  mutating func scan(_ line: String) -> Fault? {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: line.utf8.count, alignment: 1)
    unsafe copy.copyBytes(from: line.utf8)
    return unsafe scan(UnsafeRawBufferPointer(copy))
  }

  var textString: String {
    unsafe withText { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
