import Blocks
import Corpus
import Files
import JSONText
import TestSupport

/// The root of the project.
let projectRoot = parentDirectory(of: parentDirectory(of: parentDirectory(of: #filePath)))

/// A path among the conformance material that lies beside the project, or nil where it is not installed.
func sharedPath(_ path: String) -> String? {
  let full = projectRoot + "/../shared/" + path
  return (try? LocalFileSystem().status(of: full)) == nil ? nil : full
}

func fixture(_ path: String) -> String { projectRoot + "/fixtures/corpus/" + path }

/// What reading a whole file gave.
struct ReadResult: Equatable {
  var texts: [String] = []
  var ids: [String] = []
  var documents: [Document] = []
  /// Documents in each block.
  var blockSizes: [Int] = []
  var blockBytes: [Int] = []
  var skipped: [SkippedDocument] = []

  var codes: [String] { skipped.map(\.code) }
}

func readFile(
  _ path: String, _ options: InputOptions = InputOptions(), in system: any FileSystem = LocalFileSystem()
) throws(Diagnostic) -> ReadResult {
  var cursor = try InputCursor(InputFile(path: path, options: options), in: system)
  return try readAll(&cursor)
}

private func readAll(_ cursor: inout InputCursor) throws(Diagnostic) -> ReadResult {
  let path = cursor.file.path
  var block = DocumentBlock()
  var result = ReadResult()
  while try cursor.nextBlock(into: &block) {
    precondition(block.blockIndex == result.blockSizes.count && block.path == path)
    result.texts += block.documents.map { block.text(of: $0) }
    result.ids += block.sourceIDs
    result.documents += block.documents
    result.blockSizes.append(block.documents.count)
    result.blockBytes.append(block.sourceByteCount)
    result.skipped += block.skipped
  }
  return result
}

/// The texts that the fixtures `docs.*` hold.
func wantedTexts() throws(Diagnostic) -> [String] {
  let bytes = try LocalFileSystem().readAll(fixture("docs.texts.json"))
  return try JSONValue(parsing: bytes, path: "docs.texts.json").array?.compactMap(\.string) ?? []
}

/// Copies of bytes with one to three of them changed, the same ones every time.
func spoilings(of bytes: [UInt8], count: Int) -> some Sequence<[UInt8]> {
  var state: UInt64 = 17
  func random(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
  return (0..<count).lazy.map { _ in
    var spoilt = bytes
    for _ in 0...random(below: 3) { spoilt[random(below: bytes.count)] = UInt8(random(below: 256)) }
    return spoilt
  }
}

/// Reads a file with the given content.
///
/// - Parameter asStream: as if it came out of an archive, where nothing can be read but in order.
func read(
  content: [UInt8], named name: String = "a.jsonl", _ options: InputOptions = InputOptions(), asStream: Bool = false
) throws(Diagnostic) -> ReadResult {
  if asStream {
    var cursor = try InputCursor(content: content, named: name, options)
    return try readAll(&cursor)
  }
  return try withScratchDirectory { directory throws(Diagnostic) in
    let path = directory + "/" + name
    try LocalFileSystem().write(content, to: path)
    return try readFile(path, options)
  }
}

func read(
  _ content: String, named name: String = "a.jsonl", _ options: InputOptions = InputOptions()
) throws(Diagnostic) -> ReadResult {
  try read(content: Array(content.utf8), named: name, options)
}

/// What `body` throws; nil when it throws nothing.
func diagnostic<R>(_ body: () throws(Diagnostic) -> R) -> Diagnostic? {
  do throws(Diagnostic) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}
