public import Blocks
import Corpus
public import Files
import JSONText
public import Tokenization

/// Turns rows of ids into text again: JSON arrays in, a JSON string and a newline for each out, in their order.
public struct TextStream: Sendable {
  let tokenizer: Tokenizer
  let skipsSpecialTokens: Bool
  let fileSystem: any FileSystem

  private static let blockByteCount = 1 << 20

  public init(
    tokenizer: Tokenizer, skipsSpecialTokens: Bool = false, in fileSystem: any FileSystem = LocalFileSystem()
  ) {
    self.tokenizer = tokenizer
    self.skipsSpecialTokens = skipsSpecialTokens
    self.fileSystem = fileSystem
  }

  /// Calls `body` with the texts of some lines at a time. Files may be compressed; `-` is standard input.
  ///
  /// - Throws: `detokenize.not-ids` and `detokenize.unknown-id` with file and line; what reading has to say; what
  ///   `body` throws.
  public func write(
    _ paths: [String], _ body: (Span<UInt8>) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var block = DocumentBlock()
    for path in paths {
      var lines = LineBlocks(path: path, source: try openDecompressed(path, in: fileSystem))
      while try lines.next(into: &block, byteCount: Self.blockByteCount) {
        var writer = JSONWriter()
        for document in block.documents {
          let ids = try ids(of: Array(block.bytes[document.range]), at: block.location(of: document))
          writer.write(.string(tokenizer.decode(ids, skipSpecialTokens: skipsSpecialTokens)))
          writer.newline()
        }
        try body(writer.bytes.span)
      }
    }
  }

  private func ids(of line: [UInt8], at location: SourceLocation) throws(Diagnostic) -> [UInt32] {
    let value: JSONValue
    do throws(Diagnostic) {
      value = try JSONValue(parsing: line)
    } catch {
      throw notIDs(found: error.message, at: location)
    }
    guard case .array(let elements) = value else { throw notIDs(found: "other JSON than an array", at: location) }
    var ids: [UInt32] = []
    ids.reserveCapacity(elements.count)
    for element in elements {
      guard case .integer(let number) = element, let id = UInt32(exactly: number) else {
        throw notIDs(found: String(decoding: JSONWriter.bytes(of: element), as: UTF8.self), at: location)
      }
      guard tokenizer.token(for: id) != nil else {
        throw Diagnostic(
          "detokenize.unknown-id", "the tokenizer has no token with the id \(id)", at: location,
          expected: "ids below \(tokenizer.vocabularySize)", help: "use the tokenizer that made the ids")
      }
      ids.append(id)
    }
    return ids
  }

  private func notIDs(found: String, at location: SourceLocation) -> Diagnostic {
    Diagnostic(
      "detokenize.not-ids", "a line is no array of ids", at: location, expected: "a line such as [7592,2088]",
      found: found)
  }
}
