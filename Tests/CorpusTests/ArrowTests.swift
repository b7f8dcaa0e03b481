import Blocks
import Corpus
import Files
import TestSupport
import Testing

@Suite struct ArrowTests {
  static let layouts = ["docs.zstd.arrow", "docs.lz4.arrows", "docs.views.arrow", "docs.dictionary.arrows"]

  @Test(arguments: layouts) func `Every layout and compression gives the same texts`(name: String) throws {
    let result = try readFile(fixture(name), InputOptions(id: ["id"]))
    #expect(result.texts == (try wantedTexts()))
    #expect(result.ids.last == "doc-39")
    #expect(result.documents.map(\.sourceLine) == Array(1...40))
    #expect(result.documents.map(\.sourceGroup) == (0..<40).map { $0 / 9 })
    #expect(try readFile(fixture(name), in: FaultyFileSystem(longestRead: 3)).texts == result.texts)
  }

  @Test func `Blocks end inside batches`() throws {
    let cut = try readFile(fixture("docs.zstd.arrow"), InputOptions(blockBytes: 300))
    #expect(cut.blockSizes.count > 10 && cut.blockSizes.dropLast().allSatisfy { $0 > 0 })
    #expect(cut.texts == (try wantedTexts()))
  }

  @Test func `Structures, lists and codes`() throws {
    let path = fixture("nested.arrow")
    let wanted = try readFile(fixture("nested.parquet"), InputOptions(text: ["meta", "body"]))
    #expect(try readFile(path, InputOptions(text: ["meta", "body"])).texts == wanted.texts)
    let sections = InputOptions.Sections(positive: ["text"], negatives: [["others"]])
    let options = InputOptions(text: ["text"], sections: sections)
    #expect(try readFile(path, options).texts == readFile(fixture("nested.parquet"), options).texts)
    let codes = try codeRows(path, InputOptions(codes: ["codes"]))
    #expect(try codes == Array(codeRows(fixture("codes.parquet"), InputOptions(codes: ["codes"])).prefix(codes.count)))
    #expect(codes.count > 5)
  }

  @Test func `Columns that are missing or of another type are named`() throws {
    let missing = diagnostic { () throws(Diagnostic) in try readFile(fixture("nested.arrow"), InputOptions(text: ["x"]))
    }
    #expect(missing?.code == "corpus.missing-field")
    #expect(missing?.found == "the columns 'meta.body', 'others', 'text', 'codes'")
    let list = diagnostic { () throws(Diagnostic) in
      try readFile(fixture("nested.arrow"), InputOptions(text: ["others"]))
    }
    #expect(list?.code == "corpus.wrong-type" && list?.found == "lists of strings")
  }

  @Test func `A batch that is too large is refused`() throws {
    let error = diagnostic { () throws(Diagnostic) in
      try readFile(fixture("docs.views.arrow"), InputOptions(maximumBufferBytes: 1500))
    }
    #expect(error?.code == "corpus.page-too-large" && error?.help?.contains("max_buffer_size") == true)
  }

  @Test(arguments: layouts + ["nested.arrow"]) func `No bytes do harm`(name: String) throws {
    let bytes = try LocalFileSystem().readAll(fixture(name))
    let options = InputOptions(format: .arrow, onError: .skip, maximumBufferBytes: 1 << 20)
    for count in stride(from: 0, to: bytes.count, by: 101) {
      _ = try read(content: Array(bytes[..<count]), named: "a", options, asStream: true)
    }
    for spoilt in spoilings(of: bytes, count: 120) {
      _ = try read(content: spoilt, named: "a", options, asStream: true)
    }
  }

  @Test func `Arrays of NumPy`() throws {
    let rows = try codeRows(fixture("codes.npy"), InputOptions())
    let wanted: [[UInt32]] = (0..<12).map { row in (0..<5).map { column in UInt32(35 * row + 7 * column) } }
    #expect(rows == wanted)
    #expect(try codeRows(fixture("stream.npy"), InputOptions()) == [[5, 6, 0, 7, 0, 0, 8, 9, 9]])
    let cut = InputOptions(documents: .separator, separator: "0")
    #expect(try codeRows(fixture("stream.npy"), cut) == [[5, 6], [7], [8, 9, 9]])
    let text = diagnostic { () throws(Diagnostic) in
      try readFile(fixture("stream.npy"), InputOptions(documents: .separator))
    }
    #expect(text?.code == "corpus.wrong-type")
    let bytes = try LocalFileSystem().readAll(fixture("codes.npy"))
    let short = diagnostic { () throws(Diagnostic) in try read(content: Array(bytes.dropLast()), named: "a.npy") }
    #expect(short?.code == "files.truncated-stream")
    for spoilt in spoilings(of: bytes, count: 300) {
      _ = try read(content: spoilt, named: "a", InputOptions(format: .npy, onError: .skip), asStream: true)
    }
    let floats = Array("\u{93}".utf8.dropFirst()) + Array("NUMPY".utf8)
    let bad = diagnostic { () throws(Diagnostic) in try read(content: floats, named: "a", InputOptions(format: .npy)) }
    #expect(bad?.code == "corpus.malformed-npy")
  }

  private func codeRows(_ path: String, _ options: InputOptions) throws(Diagnostic) -> [[UInt32]] {
    var cursor = try InputCursor(InputFile(path: path, options: options))
    var block = DocumentBlock()
    var rows: [[UInt32]] = []
    while try cursor.nextBlock(into: &block) { rows += block.documents.map { block.codes(of: $0) } }
    return rows
  }
}
