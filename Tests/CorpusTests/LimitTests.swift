import Blocks
import Corpus
import Files
import TestSupport
import Testing

/// Every bound on what a file may ask for: it holds, it can be moved, and its error names it.
@Suite struct LimitTests {
  @Test func `A line that is too long is named, left out under skip, and the next one read`() throws {
    var options = InputOptions(documents: .line, limits: InputLimits(lineByteCount: 30))
    let long = "{\"text\": \"" + String(repeating: "x", count: 40) + "\"}"
    let error = try #require(diagnostic { () throws(Diagnostic) in try read(long + "\n", options) })
    #expect(error.code == "corpus.line-too-long")
    #expect(error.expected == "at most 30 bytes" && error.found == "53 bytes")
    #expect(error.help?.hasPrefix("raise `limits.line` if it is text") == true)
    options.onError = .skip
    let json = try read(long + "\n{\"text\": \"short\"}\n", options)
    #expect(json.texts == ["short"] && json.codes == ["corpus.line-too-long"])
    let text = String(repeating: "y", count: 31) + "\nfine\n"
    #expect(try read(text, named: "a.txt", options).texts == ["fine"])
    options.documents = .paragraph
    let paragraphs = try read("one\n\(text)\nlast\n", named: "a.txt", options)
    #expect(paragraphs.texts == ["last"] && paragraphs.codes == ["corpus.line-too-long"])
  }

  @Test func `A line may be exactly as long as the limit`() throws {
    let options = InputOptions(documents: .line, limits: InputLimits(lineByteCount: 5))
    #expect(try read("12345\r\n12345\n12345", named: "a.txt", options).texts == ["12345", "12345", "12345"])
  }

  @Test func `Nesting is bounded where the options say`() throws {
    let options = InputOptions(limits: InputLimits(nesting: 3))
    #expect(try read(#"{"a": {"b": []}, "text": "x"}"#, options).texts == ["x"])
    let error = diagnostic { () throws(Diagnostic) in try read(#"{"a": {"b": [[]]}, "text": "x"}"#, options) }
    #expect(error?.expected == "at most 3 levels of nesting (`limits.nesting`)")
    let deep = String(repeating: "[", count: 4000) + String(repeating: "]", count: 4000)
    let wide = InputOptions(limits: InputLimits(nesting: 4096))
    #expect(try read(#"{"a": \#(deep), "text": "x"}"#, wide).texts == ["x"])
  }

  @Test func `A stream that expands without end stops, and under skip keeps what came before`() throws {
    // 80 MiB of zeros in 3 kB.
    let bomb = fixture("zeros.txt.zst")
    let error = try #require(diagnostic { () throws(Diagnostic) in try readFile(bomb) })
    #expect(error.code == "files.expansion-too-large")
    #expect(error.expected == "at most 1000 bytes for each byte of the file")
    #expect(error.help?.hasPrefix("it was made to fill memory, or raise `limits.ratio`") == true)
    #expect(try readFile(bomb, InputOptions(onError: .skip)).codes == ["files.expansion-too-large"])
    let allowed = InputOptions(
      onError: .skip, maximumDocumentBytes: 1000, limits: InputLimits(stream: StreamLimits(ratio: 1_000_000)))
    #expect(try readFile(bomb, allowed).codes == ["corpus.document-too-large"])
  }

  @Test func `Windows may be as large as is allowed, and not larger`() throws {
    let path = fixture("window-28.txt.zst")
    let problem = diagnostic { () throws(Diagnostic) in try readFile(path) }
    #expect(problem?.code == "files.window-too-large")
    let limits = InputLimits(stream: StreamLimits(windowByteCount: 1 << 28))
    #expect(try readFile(path, InputOptions(limits: limits)).texts == ["hello"])
  }
}
