import Blocks
import Corpus
import Files

/// The texts of files, one file after the other, as blocks.
struct TextBlocks: ~Copyable {
  /// Bytes read before the texts at hand are worked on.
  private static let blockByteCount = 4 << 20

  private let texts: TokenStream.Texts
  private let fileSystem: any FileSystem
  private var paths: ArraySlice<String>
  // The file at hand: at most one of the two is open.
  private var lines: LineBlocks?
  private var objects: InputCursor?

  init(of paths: [String], texts: TokenStream.Texts, in fileSystem: any FileSystem) {
    self.paths = paths[...]
    self.texts = texts
    self.fileSystem = fileSystem
  }

  /// Fills `block` with the next texts; false when the last file has ended.
  mutating func next(into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    while true {
      if try lines?.next(into: &block, byteCount: Self.blockByteCount) == true { return true }
      if try objects?.nextBlock(into: &block) == true {
        Self.putBackEmptyTexts(in: &block)
        return true
      }
      guard let path = paths.popFirst() else { return false }
      try open(path)
    }
  }

  private mutating func open(_ path: String) throws(Diagnostic) {
    switch texts {
    case .lines:
      lines = LineBlocks(path: path, source: try openDecompressed(path, in: fileSystem))
    case .jsonl(let field):
      let options = InputOptions(text: field, format: .jsonl, blockBytes: Self.blockByteCount)
      objects = try InputCursor(InputFile(path: path, options: options), in: fileSystem)
    }
  }

  /// A corpus has no use for empty documents; here every text has its row.
  private static func putBackEmptyTexts(in block: inout DocumentBlock) {
    if block.skipped.isEmpty { return }
    for skip in block.skipped {
      block.documents.append(
        Document(
          start: 0, byteCount: 0, sourceByte: skip.location.byte ?? 0, sourceLine: skip.location.line ?? 1))
    }
    block.documents.sort { $0.sourceByte < $1.sourceByte }
  }
}
