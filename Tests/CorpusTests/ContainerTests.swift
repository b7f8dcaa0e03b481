import Blocks
import Corpus
import Files
import TestSupport
import Testing

/// The same 300 documents in every container that is read.
@Suite(.enabled(if: containerFolder != nil)) struct ContainerTests {
  @Test(arguments: [
    "small.jsonl.zst", "small.multiframe.jsonl.zst", "small.skippable.jsonl.zst", "small.seekable.jsonl.zst",
    "small.nosize.jsonl.zst", "small.long27.jsonl.zst", "small.jsonl.gz", "small.multimember.jsonl.gz",
    "small.headers.jsonl.gz", "small.stored.jsonl.gz", "small.jsonl.bz2", "small.multistream.jsonl.bz2",
    "small.jsonl.xz", "small.multistream.jsonl.xz", "small.jsonl.lz4", "small.multiframe.jsonl.lz4",
  ])
  func `JSON lines give the same documents from every container`(name: String) throws {
    let folder = try #require(containerFolder)
    let options = InputOptions(id: ["id"])
    let wanted = try readFile(folder + "/small.jsonl", options)
    #expect(wanted.texts.count == 300)
    #expect(try readFile(folder + "/" + name, options) == wanted)
  }

  @Test(arguments: ["small.txt", "small.txt.zst", "small.txt.gz", "small.txt.bz2", "small.txt.xz"])
  func `Paragraphs give the same texts as JSON lines`(name: String) throws {
    let folder = try #require(containerFolder)
    #expect(try readFile(folder + "/" + name).texts == readFile(folder + "/small.jsonl").texts)
  }

  @Test func `Lines give the same texts with spaces for newlines`() throws {
    let folder = try #require(containerFolder)
    let wanted = try readFile(folder + "/small.jsonl").texts.map { String($0.map { $0 == "\n" ? " " : $0 }) }
    #expect(try readFile(folder + "/small.lines.txt", InputOptions(documents: .line)).texts == wanted)
  }

  @Test func `Ids and sizes are those of the independent list`() throws {
    let folder = try #require(containerFolder)
    let list = String(decoding: try LocalFileSystem().readAll(folder + "/small.docs.tsv"), as: UTF8.self)
    let rows = list.split(separator: "\n").dropFirst().map { $0.split(separator: "\t").map(String.init) }
    let result = try readFile(folder + "/small.jsonl", InputOptions(id: ["id"]))
    #expect(result.ids == rows.map { $0[1] })
    #expect(result.documents.map { String($0.byteCount) } == rows.map { $0[2] })
  }

  @Test(arguments: [
    "small.csv", "small.csv.gz", "small.zstd.parquet", "small.snappy.parquet", "small.gzip.v2pages.parquet",
    "small.none.delta.parquet",
  ])
  func `Tables give the same documents as JSON lines`(name: String) throws {
    let folder = try #require(containerFolder)
    let options = InputOptions(id: ["id"])
    let (wanted, found) = (try readFile(folder + "/small.jsonl", options), try readFile(folder + "/" + name, options))
    #expect(found.texts == wanted.texts)
    #expect(found.ids == wanted.ids)
  }

  @Test(arguments: ["small.tar.zst", "small.tar.gz", "small.tar.xz"])
  func `An archive gives its files`(name: String) throws {
    let folder = try #require(containerFolder)
    let options = InputOptions(documents: .file)
    // A byte order mark at the start of a file is no part of its text.
    let mark = "\u{FEFF}"
    let wanted = try readFile(folder + "/small.jsonl").texts.map { $0.hasPrefix(mark) ? String($0.dropFirst()) : $0 }
    #expect(try readFile(folder + "/" + name, options).texts == wanted)
  }
}

private let containerFolder = sharedPath("corpora/containers")
