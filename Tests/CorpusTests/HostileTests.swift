import Blocks
import Corpus
import Files
import TestSupport
import Testing

/// Damaged, malicious and odd files, each with what a reader must do: `ok`, `lines` (some documents are bad), `fail`.
@Suite(.enabled(if: hostileFolder != nil)) struct HostileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var path: String
    var verdict: String
    var documentCount: Int?
    var testDescription: String { path }
  }

  /// Files that this reader takes although the table says `fail`; the table allows it for each.
  static let accepted: Set<String> = [
    // The content tells the compression, not the name.
    "compression/text-named.jsonl.gz", "compression/zst-named.jsonl.gz", "compression/gz-named.jsonl",
    // Rows without text are listed, and stop no run.
    "parquet/nulls.parquet",
    // The bit stands in the name of the program that wrote it.
    "parquet/flipped-footer.parquet",
  ]

  /// A gigabyte and more out of a few bytes: refused for what they are, long before their one line could be.
  static let bombs: Set<String> = [
    "compression/bomb.txt.gz", "compression/rle-bomb.jsonl.zst", "compression/bomb.txt.zst", "compression/bomb.txt.bz2",
  ]

  static let cases: [Case] = {
    guard let folder = hostileFolder else { return [] }
    let table = (try? LocalFileSystem().readAll(folder + "/expected.tsv")) ?? []
    return String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
      let path = String(cells[0])
      let isOurs = ["compression/", "utf8/", "json/", "text/", "tar/", "csv/", "parquet/", "wet/", "xml/"].contains(
        where: path.hasPrefix)
      let isSupported = ![".bin"].contains(where: path.hasSuffix)
      return isOurs && isSupported
        ? Case(path: path, verdict: String(cells[1]), documentCount: Int(cells[2])) : nil
    }
  }()

  @Test(arguments: cases) func `Each file is read, refused or picked through as it deserves`(file: Case) throws {
    let path = try #require(hostileFolder) + "/" + file.path
    var options = InputOptions()
    let problem = diagnostic { () throws(Diagnostic) in try readFile(path, options) }
    if Self.bombs.contains(file.path) { #expect(problem?.code == "files.expansion-too-large") }
    options.onError = .skip
    let picked = try readFile(path, options)
    switch file.verdict {
    case _ where Self.accepted.contains(file.path): #expect(problem == nil)
    case "ok":
      #expect(problem == nil)
      // A line of spaces is a document: whether it cleans to nothing is for the text steps to say.
      // An article of templates alone says nothing, and is listed.
      let exceptions = ["utf8/spaces-only.txt": 1, "xml/deep-templates.wiki.xml": 0]
      #expect(picked.texts.count == exceptions[file.path] ?? file.documentCount)
    case "lines":
      #expect(problem?.code.hasPrefix("corpus.") == true || Self.bombs.contains(file.path))
      if let count = file.documentCount, !file.path.hasSuffix("invalid.txt") { #expect(picked.texts.count == count) }
    default:
      #expect(problem != nil)
      #expect(picked.skipped.count >= 1)
    }
    #expect(picked.documents.allSatisfy { $0.byteCount > 0 })
  }

  @Test func `Each ill-formed sequence is repaired as Unicode says`() throws {
    let folder = try #require(hostileFolder)
    let table = String(decoding: try LocalFileSystem().readAll(folder + "/utf8/invalid.tsv"), as: UTF8.self)
    let rows = table.split(separator: "\n").dropFirst().map { $0.split(separator: "\t").map(String.init) }
    let wanted = rows.map { $0[2] }
    #expect(wanted.count == 33)
    #expect(try readFile(folder + "/utf8/invalid.txt", InputOptions(onError: .repair)).texts == wanted)
    #expect(try readFile(folder + "/utf8/invalid.jsonl", InputOptions(onError: .repair)).texts == wanted)
  }

  @Test func `Documents before a break in the stream are kept`() throws {
    let folder = try #require(hostileFolder) + "/compression/"
    let options = InputOptions(onError: .skip)
    for (name, code) in [
      ("second-member-truncated.jsonl.gz", "files.truncated-stream"),
      ("garbage-after.jsonl.gz", "files.corrupt-stream"),
      ("bad-crc.jsonl.gz", "files.corrupt-stream"), ("bad-isize.jsonl.gz", "files.corrupt-stream"),
      ("truncated-1.jsonl.gz", "files.truncated-stream"), ("truncated-1.jsonl.zst", "files.truncated-stream"),
      ("second-frame-truncated.jsonl.zst", "files.truncated-stream"),
      ("garbage-after.jsonl.zst", "files.corrupt-stream"),
      ("flipped-end.jsonl.zst", "files.corrupt-stream"), ("skippable-lie.jsonl.zst", "files.truncated-stream"),
    ] {
      let result = try readFile(folder + name, options)
      #expect(result.texts.count == 200, "\(name)")
      #expect(result.codes == [code], "\(name)")
    }
  }
}

private let hostileFolder = sharedPath("corpora/hostile")
