import Blocks
import Files
import TestSupport
import Testing

@testable import Corpus

@Suite struct TarArchiveTests {
  @Test(arguments: ["docs.pax.tar.gz", "docs.gnu.tar.xz"])
  func `Files of all compressions are read in order, and nothing else`(name: String) throws {
    let wanted = try readFile(fixture("docs.jsonl"), InputOptions(id: ["id"]))
    let found = try readFile(fixture(name), InputOptions(id: ["id"]))
    #expect(found.texts == wanted.texts)
    #expect(found.ids == wanted.ids)
    // The empty text file is a file without documents.
    #expect(found.skipped.isEmpty)
  }

  @Test func `Small blocks hold the same documents, across files too`() throws {
    let whole = try readFile(fixture("docs.pax.tar.gz"))
    let small = try readFile(fixture("docs.pax.tar.gz"), InputOptions(blockBytes: 1000))
    #expect(whole.blockSizes == [40])
    #expect(small.blockSizes.count > 3)
    #expect(small.documents.map(\.sourceLine) == whole.documents.map(\.sourceLine))
    #expect(small.texts == whole.texts)
  }

  @Test func `A damaged file is named, and under skip the next one is read`() throws {
    let archive =
      entry("a.jsonl", text("one")) + entry("b.jsonl", text("two").dropLast(3) + [0x0A])
      + entry("c.jsonl.gz", [0x1F, 0x8B, 8, 0]) + entry("d.txt", Array("three".utf8))
      + [UInt8](repeating: 0, count: 1024)
    try withScratchDirectory { directory in
      let path = directory + "/x.tar"
      try LocalFileSystem().write(archive, to: path)
      let problem = diagnostic { () throws(Diagnostic) in try readFile(path) }
      #expect(problem?.code == "corpus.malformed-json")
      #expect(problem?.location?.path == path + "/b.jsonl" && problem?.location?.line == 1)
      let picked = try readFile(path, InputOptions(onError: .skip))
      #expect(picked.texts == ["one", "three"])
      #expect(picked.codes == ["corpus.malformed-json", "files.truncated-stream"])
    }
  }

  @Test func `A cut archive is an error unless it falls between its entries`() throws {
    let archive = entry("a.txt", Array("one".utf8)) + entry("b.txt", Array("two".utf8))
    try withScratchDirectory { directory in
      let path = directory + "/x.tar"
      for end in stride(from: 300, through: archive.count, by: 4) {
        try LocalFileSystem().write(Array(archive[..<end]), to: path)
        let problem = diagnostic { () throws(Diagnostic) in try readFile(path) }
        // Data and its padding: what is missing of the padding of the last entry does not matter.
        let isWhole = end >= 515 && (end - 515) % 1024 <= 509 || end == 1024
        #expect(problem?.code == (isWhole ? nil : end < 512 ? "files.truncated-stream" : problem?.code), "\(end)")
        if !isWhole { #expect(problem?.code == "files.truncated-stream", "\(end)") }
      }
    }
  }

  @Test func `Archives in archives are read as deep as is allowed`() throws {
    let end = [UInt8](repeating: 0, count: 1024)
    let inner = entry("a.jsonl", text("one")) + entry("b.txt", Array("two".utf8)) + end
    let middle = entry("first.txt", Array("zero".utf8)) + entry("in/inner.tar", inner) + end
    let outer = entry("middle.tar", middle) + entry("last.txt", Array("three".utf8)) + end
    try withScratchDirectory { directory in
      let path = directory + "/x.tar"
      try LocalFileSystem().write(outer, to: path)
      let whole = try readFile(path)
      #expect(whole.texts == ["zero", "one", "two", "three"])
      let shallow = InputLimits(archiveDepth: 2)
      let problem = diagnostic { () throws(Diagnostic) in try readFile(path, InputOptions(limits: shallow)) }
      #expect(
        problem?.description == """
          error[corpus.archive-too-deep]: '\(path)/middle.tar/in/inner.tar' is an archive in too many others
            at        \(path)/middle.tar/in/inner.tar
            expected  at most 2 archives in one another
            help      raise `limits.archive_depth`, or unpack the outer ones first
          """)
      let picked = try readFile(path, InputOptions(onError: .skip, limits: shallow))
      #expect(picked.texts == ["zero", "three"] && picked.codes == ["corpus.archive-too-deep"])
      let few = InputOptions(onError: .skip, limits: InputLimits(archiveEntryCount: 1))
      #expect(try readFile(path, few).codes == ["corpus.archive-too-long", "corpus.archive-too-long"])
    }
  }

  @Test func `Numbers, records and names are what the formats say`() {
    #expect(TarHeader.records(Array("12 path=abc\n11 size=12\n".utf8))?.name == "abc")
    #expect(TarHeader.records(Array("12 path=abc\n11 size=12\n".utf8))?.byteCount == 12)
    for bad in ["9 path=abc\n", "12 path:abc\n", "x", "10 size=-1\n", "99 path=abc\n"] {
      #expect(TarHeader.records(Array(bad.utf8)) == nil, "\(bad)")
    }
    var header = Array(entry("a.txt", Array("one".utf8)).prefix(512))
    #expect(TarHeader(header) == TarHeader(name: "a.txt", byteCount: 3, kind: .file))
    header[0] = UInt8(ascii: "b")
    #expect(TarHeader(header) == nil)
  }
}

private func text(_ text: String) -> [UInt8] { Array("{\"text\": \"\(text)\"}\n".utf8) }

/// A header and its data, padded.
private func entry(_ name: String, _ data: [UInt8]) -> [UInt8] {
  var header = [UInt8](repeating: 0, count: 512)
  func put(_ text: String, at offset: Int) {
    header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
  }
  put(name, at: 0)
  let digits = String(data.count, radix: 8)
  put(String(repeating: "0", count: 11 - digits.count) + digits, at: 124)
  put("        ", at: 148)
  put("0", at: 156)
  put("ustar", at: 257)
  put("00", at: 263)
  put(String(header.reduce(0) { $0 + Int($1) }, radix: 8), at: 148)
  header[154] = 0
  header[155] = 0x20
  return header + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
}
