import Blocks
import Corpus
import Files
import TestSupport
import Testing

@Suite struct InputCursorTests {
  @Test(arguments: [
    "docs.jsonl", "docs.jsonl.zst", "docs.frames.jsonl.zst", "docs.jsonl.gz", "docs.members.jsonl.gz",
    "docs.headers.jsonl.gz", "docs.txt",
  ])
  func `Every container gives the same texts`(name: String) throws {
    #expect(try readFile(fixture(name)).texts == wantedTexts())
  }

  @Test(arguments: ["docs.jsonl", "docs.frames.jsonl.zst", "docs.members.jsonl.gz", "docs.txt"])
  func `Blocks do not depend on the sizes of the reads`(name: String) throws {
    let options = InputOptions(blockBytes: 500)
    let wanted = try readFile(fixture(name), options)
    #expect(wanted.blockSizes.count > 5)
    for longestRead in [1, 2, 3, 5, 64, 1999] {
      #expect(try readFile(fixture(name), options, in: FaultyFileSystem(longestRead: longestRead)) == wanted)
    }
  }

  @Test(arguments: ["docs.jsonl", "docs.txt"], [OnError.fail, .skip])
  func `Every block size gives the same documents, each block just long enough`(name: String, onError: OnError) throws {
    let whole = try readFile(fixture(name), InputOptions(onError: onError))
    #expect(whole.blockSizes.count == 1)
    let size = whole.blockBytes[0]
    #expect(size == (try LocalFileSystem().status(of: fixture(name))?.byteCount))
    for blockBytes in [1, 2, 10, 100, 101, 500, 1000, 3000, size - 1, size, size + 1] {
      let cut = try readFile(fixture(name), InputOptions(onError: onError, blockBytes: blockBytes))
      #expect(cut.texts == whole.texts)
      #expect(cut.blockBytes.reduce(0, +) == size)
      #expect(cut.blockBytes.dropLast().allSatisfy { $0 >= blockBytes })
      #expect(cut.documents.map(\.sourceByte) == whole.documents.map(\.sourceByte))
      #expect(cut.documents.map(\.sourceLine) == whole.documents.map(\.sourceLine))
      // Without its last document a block would have been too short.
      var start = 0
      var first = 0
      for (bytes, count) in zip(cut.blockBytes, cut.blockSizes) {
        if count > 0 { #expect(cut.documents[first + count - 1].sourceByte - start < blockBytes) }
        start += bytes
        first += count
      }
    }
  }

  @Test func `A document knows its byte and line`() throws {
    let result = try read("\n{\"text\":\"a\"}\r\n\r\n  \n{\"text\":\"b\"}")
    #expect(result.documents.map(\.sourceByte) == [1, 20])
    #expect(result.documents.map(\.sourceLine) == [2, 5])
    let text = try read("\u{FEFF}a\nb\n\n\nc", named: "a.txt")
    #expect(text.texts == ["a\nb", "c"])
    #expect(text.documents.map(\.sourceByte) == [3, 9])
    #expect(text.documents.map(\.sourceLine) == [1, 5])
  }

  @Test func `Ids are strings, or numbers as they are written, and one for each document`() throws {
    let lines = #"""
      {"id":"x\u0041","text":"a"}
      {"id":1.50,"text":"b"}
      {"text":"c"}
      {"id":"gone","text":""}
      {"id":null,"text":"d"}
      {"id":[1],"text":"e"}
      """#
    let result = try read(lines, InputOptions(id: ["id"]))
    #expect(result.texts == ["a", "b", "c", "d", "e"])
    #expect(result.ids == ["xA", "1.50", "", "", ""])
    #expect(try read(lines).ids == [])
  }

  @Test func `A document without text is listed under every policy`() throws {
    for onError in OnError.allCases {
      let result = try read("{\"text\":\"\"}\n{\"text\":null}\n{\"text\":\"a\"}\n", InputOptions(onError: onError))
      #expect(result.texts == ["a"])
      #expect(result.codes == ["corpus.empty-document", "corpus.empty-document"])
      #expect(result.skipped[1].location == SourceLocation(path: result.skipped[0].location.path, byte: 12, line: 2))
    }
  }

  @Test(arguments: [
    (#"{"text":"a""#, "corpus.malformed-json"), (#"{"txt":"a"}"#, "corpus.missing-field"),
    (#"{"text":1}"#, "corpus.wrong-type"), (#"{"text":["a"]}"#, "corpus.wrong-type"),
    (#"["text"]"#, "corpus.wrong-type"),
    (#"{"text":"\ud800"}"#, "corpus.lone-surrogate"),
    ("{\"text\":\"0123456789 0123456789\"}", "corpus.document-too-large"),
  ])
  func `A bad line stops under fail and is listed under skip`(line: String, code: String) throws {
    let content = "{\"text\":\"a\"}\n\(line)\n{\"text\":\"b\"}\n"
    var options = InputOptions(maximumDocumentBytes: 30)
    let error = diagnostic { () throws(Diagnostic) in try read(content, options) }
    #expect(error?.code == code)
    #expect(error?.location?.line == 2)
    options.onError = .skip
    let result = try read(content, options)
    #expect(result.texts == ["a", "b"])
    #expect(result.codes == [code])
    #expect(result.skipped[0].location.line == 2)
    options.onError = .repair
    let repaired = try read(content, options)
    #expect(repaired.texts == (code == "corpus.lone-surrogate" ? ["a", "\u{FFFD}", "b"] : ["a", "b"]))
  }

  @Test func `Bytes that are not UTF-8 stop, are left out, or are replaced`() throws {
    let content = Array("{\"text\":\"a".utf8) + [0xE2, 0x82, 0xFF] + Array("b\"}\n{\"text\":\"c\"}".utf8)
    let error = diagnostic { () throws(Diagnostic) in try read(content: content) }
    #expect(error?.code == "corpus.invalid-utf8")
    #expect(error?.location?.byte == 10 && error?.location?.column == 11 && error?.location?.line == 1)
    #expect(error?.found == "the bytes E2 82 FF")
    #expect(try read(content: content, InputOptions(onError: .skip)).texts == ["c"])
    #expect(try read(content: content, InputOptions(onError: .repair)).texts == ["a\u{FFFD}\u{FFFD}b", "c"])
  }

  @Test(arguments: InputOptions.TextDocuments.allCases)
  func `In text, too, and the place is that of the byte`(documents: InputOptions.TextDocuments) throws {
    let content = Array("a\r\nb".utf8) + [0xC3] + Array("\r\n\r\nc\r\n".utf8)
    var options = InputOptions(documents: documents)
    let error = diagnostic { () throws(Diagnostic) in try read(content: content, named: "a.txt", options) }
    #expect(error?.location?.byte == 4 && error?.location?.line == 2 && error?.location?.column == 2)
    options.onError = .repair
    let repaired = try read(content: content, named: "a.txt", options)
    switch documents {
    case .line: #expect(repaired.texts == ["a", "b\u{FFFD}", "c"])
    case .paragraph: #expect(repaired.texts == ["a\nb\u{FFFD}", "c"])
    case .separator, .file: #expect(repaired.texts == ["a\nb\u{FFFD}\n\nc"])
    }
    options.onError = .skip
    let picked = try read(content: content, named: "a.txt", options)
    #expect(picked.texts == (documents == .line ? ["a", "c"] : documents == .paragraph ? ["c"] : []))
  }

  @Test(
    arguments: [
      ("", [], []), ("\n\n", [], []), ("a", ["a"], ["a"]), ("a\n", ["a"], ["a"]), ("a\n\n", ["a"], ["a\n"]),
      ("\r\n\r\na\r\nb\r\n \r\nc", ["a\nb\n \nc"], ["\n\na\nb\n \nc"]), ("a\rb\r", ["a\rb\r"], ["a\rb\r"]),
      ("a\n\n\n\nb\n", ["a", "b"], ["a\n\n\n\nb"]), ("\u{FEFF}", [], []),
      ("\u{FEFF}\u{FEFF}a", ["\u{FEFF}a"], ["\u{FEFF}a"]),
      ("a\0b", ["a\0b"], ["a\0b"]), ("a\u{2028}b\u{85}c\u{B}", ["a\u{2028}b\u{85}c\u{B}"], ["a\u{2028}b\u{85}c\u{B}"]),
    ] as [(String, [String], [String])])
  func `Text is cut at empty lines, or taken whole`(content: String, paragraphs: [String], file: [String]) throws {
    #expect(try read(content, named: "a.txt").texts == paragraphs)
    let whole = try read(content, named: "a.txt", InputOptions(documents: .file))
    // Newlines alone are a file with text; no byte at all is none.
    #expect(whole.texts == (content == "\n\n" ? ["\n"] : file))
    #expect(whole.codes == (file.isEmpty && content != "\n\n" ? ["corpus.empty-document"] : []))
  }

  @Test func `A document of just the most bytes passes, one more does not, whatever the reads`() throws {
    try withScratchDirectory { directory in
      let path = directory + "/a.txt"
      for (content, texts, sizes) in [
        ("abcde\nabcdef\r\nabcde\r\nx", ["abcde", "abcde", "x"], ["8 bytes"]), ("abcdef", [], ["6 bytes"]),
        ("abcde", ["abcde"], []), ("abcdefghijkl\nab", ["ab"], ["13 bytes"]),
      ] {
        try LocalFileSystem().write(content, to: path)
        for longestRead in [1, 2, 100] {
          let system = FaultyFileSystem(longestRead: longestRead)
          let options = InputOptions(documents: .line, onError: .skip, maximumDocumentBytes: 5)
          let result = try readFile(path, options, in: system)
          #expect(result.texts == texts)
          #expect(result.skipped.map(\.message) == sizes.map { "a document is larger than it may be (found \($0))" })
        }
      }
      try LocalFileSystem().write("ab\ncd\nef\n\ngh\n", to: path)
      let options = InputOptions(onError: .skip, maximumDocumentBytes: 7)
      #expect(try readFile(path, options).texts == ["gh"])
      #expect(try readFile(path, options).documents.first?.sourceLine == 5)
      let file = InputOptions(documents: .file, onError: .skip, maximumDocumentBytes: 7)
      #expect(try readFile(path, file).codes == ["corpus.document-too-large"])
    }
  }

  @Test func `The format follows the name, then the first byte`() throws {
    #expect(try read("{\"text\":\"a\"}", named: "a.unknown").texts == ["a"])
    #expect(try read("\u{FEFF}\n {\"text\":\"a\"}", named: "a").texts == ["a"])
    #expect(try read("plain", named: "a").texts == ["plain"])
    #expect(try read("{\"text\":\"a\"}", named: "a.txt").texts == ["{\"text\":\"a\"}"])
    #expect(try read("{\"text\":\"a\"}", named: "a.jsonl", InputOptions(format: .text)).texts == ["{\"text\":\"a\"}"])
    #expect(try read("{\"text\":\"a\"}", named: "a.json.gz").texts == ["a"])
  }

  @Test func `Other encodings are named`() throws {
    let utf16: [UInt8] = Array("a text in Latin letters".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    for (content, name) in [
      ([0xFF, 0xFE] + utf16, "UTF-16LE"), (utf16, "UTF-16LE"), ([0] + utf16.dropLast(), "UTF-16BE"),
      ([0xFE, 0xFF, 0, 0x41], "UTF-16BE"), ([0xFF, 0xFE, 0, 0, 0x41, 0, 0, 0], "UTF-32LE"),
    ] {
      let error = diagnostic { () throws(Diagnostic) in try read(content: content, named: "a.txt") }
      #expect(error?.code == "corpus.wrong-encoding" && error?.found == name)
      let picked = try read(content: content, named: "a.txt", InputOptions(onError: .skip))
      #expect(picked.codes == ["corpus.wrong-encoding"])
    }
  }

  @Test func `A broken stream keeps the documents before it, notes one entry and ends the file`() throws {
    let whole = try LocalFileSystem().readAll(fixture("docs.frames.jsonl.zst"))
    let texts = try wantedTexts()
    for end in stride(from: 300, to: whole.count - 10, by: 100) {
      for blockBytes in [1, 1 << 20] {
        let result = try read(
          content: Array(whole[..<end]), named: "a.zst", InputOptions(onError: .skip, blockBytes: blockBytes))
        #expect(Array(texts.prefix(result.texts.count)) == result.texts)
        #expect(result.codes.allSatisfy { $0 == "files.truncated-stream" || $0 == "corpus.malformed-json" })
        #expect(result.codes.count <= 1)
      }
    }
    let error = diagnostic { () throws(Diagnostic) in try read(content: whole.dropLast(30), named: "a.zst") }
    #expect(error?.code == "files.truncated-stream")
    #expect(
      error?.help == "the file is probably incomplete: fetch or write it again, or set `on_error: skip` to keep the "
        + "whole documents before line \(error?.location?.line ?? 0)")
    #expect(error?.location?.frame == 7)
  }

  @Test func `An error of the system stops under every policy, at whatever call`() throws {
    for onError in OnError.allCases {
      var failingCall = 0
      while true {
        let system = FaultyFileSystem(failingCall: failingCall, longestRead: 300)
        let options = InputOptions(onError: onError, blockBytes: 1000)
        let error = diagnostic { () throws(Diagnostic) in try readFile(fixture("docs.jsonl.zst"), options, in: system) }
        if error == nil { break }
        #expect(error?.code == "files.io-error")
        failingCall += 1
      }
      // Open, three reads that bring something, and the end.
      #expect(failingCall >= 5)
    }
  }

  @Test func `A block ends when very many documents were left out`() throws {
    let count = InputCursor.mostSkippedInBlock + 10
    let result = try read(String(repeating: "x\n", count: count), InputOptions(onError: .skip))
    #expect(result.skipped.count == count)
    #expect(result.blockBytes == [2 * InputCursor.mostSkippedInBlock, 20])
  }

  @Test func `A spent cursor throws again, an ended one stays ended`() throws {
    try withScratchDirectory { directory in
      let path = directory + "/a.jsonl"
      try LocalFileSystem().write("x", to: path)
      var block = DocumentBlock()
      var cursor = try InputCursor(InputFile(path: path))
      for _ in 0..<2 {
        do throws(Diagnostic) {
          _ = try cursor.nextBlock(into: &block)
          Issue.record("no error")
        } catch { #expect(error.code == "corpus.malformed-json") }
      }
      try LocalFileSystem().write("{\"text\":\"a\"}", to: path)
      var other = try InputCursor(InputFile(path: path, index: 7))
      #expect(try other.nextBlock(into: &block))
      #expect(block.fileIndex == 7 && block.blockIndex == 0 && block.path == path)
      #expect(other.compressedBytesRead == 12)
      #expect(try !other.nextBlock(into: &block))
      #expect(try !other.nextBlock(into: &block))
      #expect(block.documents.isEmpty)
    }
  }
}
