import Blocks
import Corpus
import Files
import TestSupport
import Testing

@Suite struct SeparatedValuesTests {
  @Test func `Quoted fields hold delimiters, line ends and quotes`() throws {
    let table = "id,text,n\r\n1,\"a, b\",2\r\n2,\"say \"\"hi\"\"\nthere\",3\n3,plain \"quotes\" inside,4\n4,\"\"\"\",5"
    let result = try read(table, named: "a.csv", InputOptions(id: ["id"]))
    #expect(result.texts == ["a, b", "say \"hi\"\nthere", "plain \"quotes\" inside", "\""])
    #expect(result.ids == ["1", "2", "3", "4"])
    #expect(result.documents.map(\.sourceLine) == [2, 3, 5, 6])
    #expect(result.documents.map(\.sourceByte) == [11, 23, 46, 72])
  }

  @Test func `Tabs, other delimiters and tables without a header`() throws {
    #expect(try read("text\tn\na, b\t1\n", named: "a.tsv").texts == ["a, b"])
    #expect(try read("n;text\n1;a,b\n", named: "a.csv", InputOptions(delimiter: UInt8(ascii: ";"))).texts == ["a,b"])
    let options = InputOptions(text: ["1"], format: .csv, hasHeader: false)
    #expect(try read("x,a\ny,b\n", named: "table", options).texts == ["a", "b"])
    #expect(try read("\u{FEFF}text\n\n\na\n\n", named: "a.csv").texts == ["a"])
    #expect(try read("", named: "a.csv").texts == [])
    #expect(try read("text,n\n", named: "a.csv").texts == [])
  }

  @Test func `Rows are records of several texts`() throws {
    let sections = InputOptions.Sections(positive: ["p"], negatives: [["n"], ["m"]])
    let result = try read("q,p,n,m\na,b,,c\nd,,e,f\n", named: "a.csv", InputOptions(text: ["q"], sections: sections))
    #expect(result.texts == ["a", "b", "c"])
    #expect(result.documents.map(\.section) == [0, 1, 2])
    #expect(result.codes == ["corpus.empty-document"])
  }

  @Test func `What is wrong is said where it is`() throws {
    let stray = diagnostic { () throws(Diagnostic) in try read("text\n\"a\nb\" c\n", named: "a.csv") }
    #expect(stray?.code == "corpus.malformed-csv")
    #expect(stray?.location?.line == 3 && stray?.location?.column == 3 && stray?.location?.byte == 10)
    #expect(stray?.found == "the byte 20")
    let ragged = diagnostic { () throws(Diagnostic) in try read("a,text\n1,2\n1\n", named: "a.csv") }
    #expect(ragged?.code == "corpus.ragged-row" && ragged?.found == "1" && ragged?.location?.line == 3)
    let open = diagnostic { () throws(Diagnostic) in try read("text\n\"a\nb", named: "a.csv") }
    #expect(open?.code == "corpus.malformed-csv" && open?.found == "the end of the file")
    let twice = diagnostic { () throws(Diagnostic) in try read("text,text\na,b\n", named: "a.csv") }
    #expect(twice?.code == "corpus.repeated-field")
    let other = diagnostic { () throws(Diagnostic) in try read("id;text\n1;a\n", named: "a.csv") }
    #expect(other?.code == "corpus.missing-field" && other?.found == "the columns 'id;text'")
    #expect(other?.help == "set `delimiter: \";\"` if that is what stands between the fields")
  }

  @Test func `Rows that are too long are left out, however they are cut`() throws {
    let long = String(repeating: "x", count: 5000)
    let table = "id,text\n1,a\n2,\(long)\n3,\"\(long)\"\n4,b\n5,\"\(long)\n6,c\n"
    let result = try read(table, named: "a.csv", InputOptions(onError: .skip, maximumDocumentBytes: 1000))
    #expect(result.texts == ["a", "b", "c"])
    #expect(Set(result.codes) == ["corpus.document-too-large"])
  }

  @Test func `Every block size and read gives the same rows`() throws {
    let table = "id,text\n" + (0..<60).map { "\($0),\"row \"\"\($0)\"\"\nof text\"\r\n" }.joined()
    let whole = try read(table, named: "a.csv")
    #expect(whole.texts.count == 60)
    for blockBytes in [1, 20, 100, 1000] {
      let cut = try read(table, named: "a.csv", InputOptions(blockBytes: blockBytes))
      #expect(cut.documents == whole.documents || cut.texts == whole.texts)
      #expect(cut.documents.map(\.sourceLine) == whole.documents.map(\.sourceLine))
    }
    try withScratchDirectory { directory in
      let path = directory + "/a.csv"
      try LocalFileSystem().write(Array(table.utf8), to: path)
      for longestRead in [1, 2, 7] {
        #expect(try readFile(path, in: FaultyFileSystem(longestRead: longestRead)).texts == whole.texts)
      }
    }
  }

  @Test func `No bytes do harm`() throws {
    let table = Array("id,text\n1,\"a \"\"b\"\"\"\r\n2,\"c\nd\"\n\n3,e\n".utf8)
    for count in 0...table.count { _ = try? read(content: Array(table[..<count]), named: "a.csv", asStream: true) }
    for spoilt in spoilings(of: table, count: 400) {
      _ = try read(content: spoilt, named: "a", InputOptions(format: .csv, onError: .skip), asStream: true)
    }
  }
}
