import Blocks
import Corpus
import Files
import TestSupport
import Testing

@Suite struct WebArchiveTests {
  private func record(_ type: String, _ body: String, _ contentType: String = "text/plain", length: Int? = nil)
    -> String
  {
    "WARC/1.0\r\nWARC-Type: \(type)\r\nWARC-Target-URI: http://x/\(body.utf8.count)\r\nContent-Type: \(contentType)\r\n"
      + "content-length: \(length ?? body.utf8.count)\r\n\r\n\(body)\r\n\r\n"
  }

  private func page(_ body: String, _ fields: String = "", status: Int = 200) -> String {
    record(
      "response", "HTTP/1.1 \(status) OK\r\nContent-Type: text/html\r\n\(fields)\r\n\(body)",
      "application/http; msgtype=response")
  }

  @Test func `Texts and pages are documents, everything else is passed over`() throws {
    let archive =
      record("warcinfo", "software: x", "application/warc-fields") + record("conversion", "one\ntwo\n")
      + record("request", "GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request") + page("<p>three<p>four")
      + page("<p>gone", status: 404) + record("resource", "plain") + record("resource", "x", "image/png")
      + page("5\r\n<b>a \r\n3\r\n&lt\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n")
    let result = try read(archive, named: "a.warc", InputOptions(id: ["WARC-Target-URI"]))
    #expect(result.texts == ["one\ntwo\n", "three\nfour", "plain", "a <"])
    #expect(result.ids.prefix(1) == ["http://x/8"])
    #expect(result.skipped.isEmpty)
    #expect(result.documents[0].sourceLine == 9)
  }

  @Test func `Pages say their encoding, and what is not said is that of the web`() throws {
    func text(_ bytes: [UInt8], _ fields: String = "Content-Type: text/html\r\n") throws(Diagnostic) -> [String] {
      let head = "HTTP/1.0 200 OK\r\n\(fields)\r\n"
      let content = Array(record("response", head, "application/http", length: head.utf8.count + bytes.count).utf8)
      return try read(content: content.dropLast(4) + bytes + Array("\r\n\r\n".utf8), named: "a.warc").texts
    }
    #expect(try text([0xE9, 0x80]) == ["é€"])
    #expect(try text([0xE9], "Content-Type: text/html; charset=\"iso-8859-7\"\r\n") == ["ι"])
    #expect(try text(Array("<meta charset=windows-1251>".utf8) + [0xE9]) == ["й"])
    #expect(try text(Array("<meta charset=windows-1251>é".utf8)) == ["é"])
    let unknown = diagnostic { () throws(Diagnostic) in
      try text([0xE9], "Content-Type: text/html; charset=klingon\r\n")
    }
    #expect(unknown?.code == "corpus.unknown-charset" && unknown?.found == "klingon")
  }

  @Test func `A damaged record is left out, and the next one is read`() throws {
    let good = record("conversion", "good")
    for (bad, found) in [
      (record("conversion", "longer", length: 3), "more of it"),
      (record("conversion", "x", length: -5), "'-5'"), ("WARC/1.0\r\nno colon\r\n\r\n", "a line without a colon"),
      ("WARC/1.0\r\nWARC-Type: conversion\r\n\r\n\r\n\r\n", "none"), ("nothing\r\n", "another line"),
    ] {
      let problem = diagnostic { () throws(Diagnostic) in try read(good + bad + good, named: "a.warc") }
      #expect(problem?.code == "corpus.malformed-warc" && problem?.found == found)
      let picked = try read(good + bad + good, named: "a.warc", InputOptions(onError: .skip))
      #expect(picked.texts == ["good", "good"] && picked.codes == ["corpus.malformed-warc"])
    }
    let cut = diagnostic { () throws(Diagnostic) in
      try read(record("conversion", "x", length: 1_000_000_000_000), named: "a.warc")
    }
    #expect(cut?.code == "corpus.document-too-large" || cut?.code == "files.truncated-stream")
  }

  @Test func `No bytes do harm`() throws {
    let archive = Array(
      (record("conversion", "one") + page("<p>two &amp;", "X: y\r\n") + record("conversion", "é")).utf8)
    let options = InputOptions(format: .warc, onError: .skip)
    for count in stride(from: 0, through: archive.count, by: 5) {
      _ = try read(content: Array(archive[..<count]), named: "a", options, asStream: true)
    }
    for spoilt in spoilings(of: archive, count: 250) {
      _ = try read(content: spoilt, named: "a", options, asStream: true)
    }
  }

  @Test func `Files of HTML and Markdown are one document each`() throws {
    #expect(try read("<title>x</title><h1>A</h1>b", named: "a.html").texts == ["A\nb"])
    #expect(try read("# A\n\n*b* [c](d)\n", named: "a.md").texts == ["A\n\nb c"])
    #expect(try read("<i></i>", named: "a.htm").codes == ["corpus.empty-document"])
    let long = try read("<p>a b c d", named: "a.html", InputOptions(onError: .skip, maximumDocumentBytes: 5))
    #expect(long.codes == ["corpus.document-too-large"])
  }
}

@Suite(.enabled(if: warcFolder != nil)) struct RealWebArchiveTests {
  @Test func `A page and its text agree`() throws {
    let folder = try #require(warcFolder)
    let plain = try readFile(folder + "/whirlwind.warc.wet.gz").texts
    let page = try readFile(folder + "/whirlwind.warc.gz").texts
    #expect(plain.count == 1 && page.count == 1)
    // Both are lines of one page: nearly all words are the same.
    let (left, right) = (Set(plain[0].split(separator: " ")), Set(page[0].split(separator: " ")))
    #expect(left.intersection(right).count * 10 > left.count * 7)
    #expect(try readFile(folder + "/whirlwind.warc.wat.gz").texts == [])
  }

  @Test(arguments: [
    ("example.warc", 1), ("example.warc.gz", 1), ("example-iana.org-chunked.warc", 1), ("example-resource.warc.gz", 1),
    ("example-space-in-target-uri.warc.gz", 0), ("example-digest.warc", 0), ("example-bad-non-chunked.warc.gz", 1),
    ("post-test.warc.gz", 0),
  ])
  func `Real archives read`(name: String, least: Int) throws {
    let result = try readFile(try #require(warcFolder) + "/" + name, InputOptions(onError: .skip))
    #expect(result.texts.count >= least, "\(name): \(result.codes)")
  }
}

private let warcFolder = sharedPath("corpora/warc")
