import Blocks
import Corpus
import Files
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

/// Reads a file with the given content.
func read(
  content: [UInt8], named name: String = "a.jsonl", _ options: InputOptions = InputOptions()
) throws(Diagnostic) -> ReadResult {
  try withScratchDirectory { directory throws(Diagnostic) in
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
