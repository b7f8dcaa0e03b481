import Blocks
import Corpus
import Files
import JSONText
import TestSupport
import Testing

@Suite struct ParquetTests {
  static let encodings = ["snappy", "zstd", "gzip", "lz4", "lengths", "prefixes"]

  @Test(arguments: encodings) func `Every encoding and codec gives the same texts`(name: String) throws {
    let result = try readFile(fixture("docs.\(name).parquet"), InputOptions(id: ["id"]))
    #expect(result.texts == (try wantedTexts()))
    #expect(result.ids == (0..<40).map { "doc-\($0 < 10 ? "0" : "")\($0)" })
    #expect(result.skipped == [])
  }

  @Test func `A document knows its row and row group`() throws {
    let result = try readFile(fixture("docs.snappy.parquet"))
    #expect(result.documents.map(\.sourceLine) == Array(1...40))
    #expect(result.documents.map(\.sourceGroup) == (0..<40).map { $0 / 7 })
    let blocks = try readFile(fixture("docs.snappy.parquet"), InputOptions(blockBytes: 500))
    #expect(blocks.blockSizes.count > 5)
    #expect(blocks.texts == result.texts)
    #expect(blocks.documents.map(\.sourceGroup) == result.documents.map(\.sourceGroup))
  }

  @Test func `The same documents come out of a stream, and whatever the reads`() throws {
    let bytes = try LocalFileSystem().readAll(fixture("docs.zstd.parquet"))
    let wanted = try wantedTexts()
    #expect(try read(content: bytes, named: "table").texts == wanted)
    #expect(try read(content: bytes, named: "table", asStream: true).texts == wanted)
    for longestRead in [1, 7, 100] {
      let system = FaultyFileSystem(longestRead: longestRead)
      #expect(try readFile(fixture("docs.zstd.parquet"), in: system).texts == wanted)
    }
  }

  @Test func `Fields lie in structures and may be null`() throws {
    let wanted = try wantedTexts()
    let result = try readFile(fixture("nested.parquet"), InputOptions(text: ["meta", "body"]))
    #expect(result.texts == (0..<12).filter { $0 % 3 != 0 }.map { wanted[$0] })
    #expect(result.codes == Array(repeating: "corpus.empty-document", count: 4))
    #expect(result.skipped[1].location == SourceLocation(path: fixture("nested.parquet"), row: 4, group: 0))
    #expect("\(result.skipped[1].location)".hasSuffix("nested.parquet: row 4, row group 0"))
  }

  @Test func `Rows are records of several texts`() throws {
    let wanted = try wantedTexts()
    let sections = InputOptions.Sections(positive: ["text"], negatives: [["others"]])
    let result = try readFile(fixture("nested.parquet"), InputOptions(text: ["text"], sections: sections))
    let sizes = (0..<12).map { row in row % 4 == 0 ? 0 : row % 3 }
    #expect(result.texts == (0..<12).flatMap { row in [wanted[row], wanted[row]] + wanted[..<sizes[row]] })
    #expect(result.documents.map(\.section) == sizes.flatMap { Array(0...$0 + 1) })
  }

  @Test func `Lists of integers are documents of codes`() throws {
    let json = try JSONValue(parsing: LocalFileSystem().readAll(fixture("codes.json")), path: "codes.json")
    let wanted = json.array?.compactMap { $0.array?.compactMap(\.integer) } ?? []
    var cursor = try InputCursor(
      InputFile(path: fixture("codes.parquet"), options: InputOptions(codes: ["codes"], id: ["name"])))
    var block = DocumentBlock()
    #expect(try cursor.nextBlock(into: &block))
    let holdsCodes = block.holdsCodes
    #expect(holdsCodes)
    let codes = block.documents.map { block.codes(of: $0).map { Int($0) } }
    let (ids, skipped) = (block.sourceIDs, block.skipped)
    #expect(codes == wanted.filter { !$0.isEmpty })
    #expect(ids.first == "c1")
    #expect(skipped.count == 3)
  }

  @Test func `Columns that are missing or of another type are named`() throws {
    let path = fixture("nested.parquet")
    let missing = diagnostic { () throws(Diagnostic) in try readFile(path, InputOptions(text: ["body"])) }
    #expect(
      missing?.description == """
        error[corpus.missing-field]: '\(path)' has no column 'body'
          at        \(path)
          expected  'body'
          found     the columns 'meta.body', 'others', 'text'
          help      set `text:` to the column that holds the text; parts of a path stand between dots
        """)
    let list = diagnostic { () throws(Diagnostic) in try readFile(path, InputOptions(text: ["others"])) }
    #expect(list?.code == "corpus.wrong-type" && list?.found == "lists of byte arrays")
    let number = diagnostic { () throws(Diagnostic) in
      try readFile(fixture("docs.gzip.parquet"), InputOptions(text: ["n"]))
    }
    #expect(number?.code == "corpus.wrong-type" && number?.found == "integers")
    #expect(try readFile(fixture("docs.gzip.parquet"), InputOptions(id: ["n"])).ids == (0..<40).map(String.init))
  }

  @Test func `A page that is too large is refused before it is unpacked`() throws {
    let error = diagnostic { () throws(Diagnostic) in
      try readFile(fixture("docs.gzip.parquet"), InputOptions(maximumBufferBytes: 3000))
    }
    #expect(error?.code == "corpus.page-too-large" && error?.help?.contains("max_buffer_size") == true)
    let bytes = try LocalFileSystem().readAll(fixture("docs.snappy.parquet"))
    let held = diagnostic { () throws(Diagnostic) in
      try read(content: bytes, named: "a.parquet", InputOptions(maximumBufferBytes: 1000), asStream: true)
    }
    #expect(held?.code == "corpus.too-large-to-hold" && held?.help?.contains("max_buffer_size") == true)
  }

  @Test(arguments: ["docs.zstd.parquet", "nested.parquet"])
  func `Cut at any byte it is an error`(name: String) throws {
    let bytes = try LocalFileSystem().readAll(fixture(name))
    for count in stride(from: 4, to: bytes.count, by: 29) {
      let error = diagnostic { () throws(Diagnostic) in
        try read(content: Array(bytes[..<count]), named: "a.parquet", asStream: true)
      }
      #expect(["files.truncated-stream", "corpus.damaged-parquet"].contains(error?.code))
    }
  }

  @Test(arguments: encodings.map { "docs.\($0).parquet" } + ["nested.parquet"])
  func `Any flipped byte gives documents or an error`(name: String) throws {
    let bytes = try LocalFileSystem().readAll(fixture(name))
    for spoilt in spoilings(of: bytes, count: 120) {
      let options = InputOptions(onError: .skip, maximumBufferBytes: 1 << 20)
      _ = try? read(content: spoilt, named: "a.parquet", options, asStream: true)
    }
  }
}

@Suite(.enabled(if: parquetFolder != nil)) struct ParquetConformanceTests {
  @Test func `Lengths and prefixes as differences`() throws {
    let folder = try #require(parquetFolder)
    let table = try LocalFileSystem().readAll(folder + "/delta_byte_array_expect.csv")
    let rows = String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst()
    let wanted = rows.map {
      String($0.split(separator: ",", omittingEmptySubsequences: false)[0].dropFirst().dropLast())
    }
    let result = try readFile(folder + "/delta_byte_array.parquet", InputOptions(text: ["c_customer_id"]))
    #expect(result.texts == wanted.filter { !$0.isEmpty })
    let lengths = try readFile(folder + "/delta_length_byte_array.parquet", InputOptions(text: ["FRUIT"]))
    #expect(lengths.texts.count == 1000 && lengths.texts[1] == "apple_banana_mango1")
  }

  @Test(arguments: ["alltypes_dictionary", "alltypes_plain", "alltypes_plain.snappy"])
  func `Impala's files`(name: String) throws {
    let folder = try #require(parquetFolder)
    let result = try readFile(folder + "/\(name).parquet", InputOptions(text: ["string_col"], id: ["id"]))
    #expect(result.texts.count == result.ids.count && Set(result.texts).isSubset(of: ["0", "1"]))
  }

  @Test(arguments: ["hadoop_lz4_compressed", "lz4_raw_compressed"])
  func `Both kinds of lz4`(name: String) throws {
    let folder = try #require(parquetFolder)
    let result = try readFile(folder + "/\(name).parquet", InputOptions(text: ["c1"], id: ["c0"]))
    #expect(result.texts == ["abc", "def", "abc", "def"])
    #expect(result.ids == ["1593604800", "1593604800", "1593604801", "1593604801"])
  }

  @Test func `Checksums are proved`() throws {
    let folder = try #require(parquetFolder)
    let good = try readFile(folder + "/plain-dict-uncompressed-checksum.parquet", InputOptions(text: ["binary_field"]))
    #expect(good.texts.count + good.skipped.count == 1000)
    for name in ["datapage_v1-corrupt-checksum", "rle-dict-uncompressed-corrupt-checksum"] {
      let field = name.hasPrefix("datapage") ? "a" : "binary_field"
      let options = name.hasPrefix("datapage") ? InputOptions(codes: [field]) : InputOptions(text: [field])
      let error = diagnostic { () throws(Diagnostic) in try readFile(folder + "/\(name).parquet", options) }
      #expect(error?.code == "corpus.damaged-parquet" && error?.found == "another checksum")
    }
  }

  @Test func `Other compressions are refused by name`() throws {
    let path = try #require(parquetFolder) + "/large_string_map.brotli.parquet"
    let options = InputOptions(text: ["arr", "key_value", "key"])
    let error = diagnostic { () throws(Diagnostic) in try readFile(path, options) }
    #expect(error?.code == "corpus.wrong-type" || error?.found == "brotli")
  }
}

private let parquetFolder = sharedPath("conformance/parquet")
