import Blocks
import Corpus
import Files
import TestSupport
import Testing

@Suite struct MediaWikiTests {
  private func dump(_ pages: String) -> String {
    """
    <mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11">
      <siteinfo><namespaces><namespace key="6" case="x">Datei</namespace><namespace key="0" /></namespaces></siteinfo>
    \(pages)</mediawiki>

    """
  }

  private func page(_ text: String, title: String = "T", ns: String = "<ns>0</ns>", _ extra: String = "") -> String {
    "<page>\n<title>\(title)</title>\(ns)<id>7</id>\(extra)<revision><id>9</id><text bytes=\"1>0\">\(text)</text>"
      + "</revision>\n</page>\n"
  }

  @Test func `Articles are documents, redirects and other namespaces are not`() throws {
    let text = dump(
      page("a '''b''' [[Datei:x.png|thumb]]&lt;ref&gt;r&lt;/ref&gt;", title: "A &amp; B")
        + page("talk", ns: "<ns>1</ns>")
        + page("old", "<redirect title=\"x\" />") + page("#REDIRECT [[x]]") + page("<![CDATA[c < d]]>", ns: "")
        + "<!-- <page> -->" + page("e &#233; &#x1F600;"))
    let result = try read(text, named: "dump", InputOptions(id: ["title"]))
    #expect(result.texts == ["a b", "c < d", "e é 😀"])
    #expect(result.ids == ["A & B", "T", "T"])
    #expect(result.documents.map(\.sourceLine) == [3, 15, 18])
    #expect(try read(text, named: "a.xml", InputOptions(id: ["id"])).ids == ["7", "7", "7"])
  }

  @Test func `UTF-16 is read, too`() throws {
    let text = dump(page("Ñ 😀"))
    let little = Array(text.utf16).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let big = Array(text.utf16).flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    #expect(try read(content: [0xFF, 0xFE] + little, named: "a.xml").texts == ["Ñ 😀"])
    #expect(try read(content: [0xFE, 0xFF] + big, named: "a.xml").texts == ["Ñ 😀"])
  }

  @Test func `A page that is not well-formed is left out, and the next one is read`() throws {
    for (bad, found) in [
      (page("&nope;"), "a reference to nothing"), (page("&#0;"), "a reference to nothing"),
      ("<page><title>x</page>\n", "</page>"),
      ("<page><text>x<!DOCTYPE x></text></page>", "a document type, which is never read"),
    ] {
      let problem = diagnostic { () throws(Diagnostic) in try read(dump(page("a") + bad + page("b")), named: "a.xml") }
      #expect(problem?.code == "corpus.malformed-xml" && problem?.found == found)
      let picked = try read(dump(page("a") + bad + page("b")), named: "a.xml", InputOptions(onError: .skip))
      #expect(picked.texts == ["a", "b"] && picked.codes == ["corpus.malformed-xml"])
    }
    let long = dump(page("a") + page(String(repeating: "x", count: 3_000_000)) + page("b"))
    let picked = try read(long, named: "a.xml", InputOptions(onError: .skip, maximumDocumentBytes: 1000))
    #expect(picked.texts == ["a", "b"] && picked.codes == ["corpus.document-too-large"])
  }

  @Test func `Entities are never defined, so never expanded`() throws {
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE m [<!ENTITY a \"ha\">]>\n" + dump(page("&a;"))
    let error = diagnostic { () throws(Diagnostic) in try read(bomb, named: "a.xml", InputOptions(format: .mediawiki)) }
    #expect(error?.code == "corpus.malformed-xml" && error?.location?.line == 2)
  }

  @Test func `Blocks and documents do not depend on the sizes of the reads, and no bytes do harm`() throws {
    let text = Array(dump(page("a") + page("<![CDATA[c]]>") + page("[[e|f]] {{g}}")).utf8)
    let wanted = try read(content: text, named: "a.xml", InputOptions(blockBytes: 100))
    try withScratchDirectory { directory in
      let path = directory + "/a.xml"
      try LocalFileSystem().write(text, to: path)
      for longestRead in [1, 2, 13] {
        let found = try readFile(path, InputOptions(blockBytes: 100), in: FaultyFileSystem(longestRead: longestRead))
        #expect(found.texts == wanted.texts && found.documents == wanted.documents)
      }
    }
    let options = InputOptions(format: .mediawiki, onError: .skip)
    for count in stride(from: 0, through: text.count, by: 5) {
      _ = try read(content: Array(text[..<count]), named: "a", options, asStream: true)
    }
    for spoilt in spoilings(of: text, count: 250) {
      _ = try read(content: spoilt, named: "a", options, asStream: true)
    }
  }
}

@Suite(.enabled(if: wikiFolder != nil)) struct RealDumpTests {
  @Test(arguments: [("enwiki-sample", 90), ("enwiki-table-markup", 5), ("bgwiki-sample", 1)])
  func `Real dumps read, and little of the markup is left`(name: String, least: Int) throws {
    let result = try readFile(try #require(wikiFolder) + "/\(name).xml.bz2")
    #expect(result.texts.count >= least, "\(result.texts.count) articles")
    #expect(result.skipped.filter { $0.code != "corpus.empty-document" }.isEmpty)
    let size = result.texts.reduce(0) { $0 + $1.utf8.count }
    for mark in ["{{", "}}", "[[", "]]", "<ref", "'''", "{|"] {
      let count = result.texts.reduce(0) { $0 + $1.components(of: mark) }
      #expect(count * 20_000 < size + 60_000, "\(count) times \(mark) in \(size) bytes")
    }
  }
}

extension String {
  fileprivate func components(of mark: String) -> Int {
    let (text, mark) = (Array(utf8), Array(mark.utf8))
    return text.indices.reduce(0) { $0 + (text[$1] == mark[0] && text[$1...].starts(with: mark) ? 1 : 0) }
  }
}

private let wikiFolder = sharedPath("corpora/wiki")
