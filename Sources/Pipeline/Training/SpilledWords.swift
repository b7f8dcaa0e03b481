package import Blocks
import Files
import Tokenization

/// The words of one sorted run.
package struct SpilledWords: CountedWords {
  let path: String
  /// Number of distinct words.
  package let count: Int
  private let fileSystem: any FileSystem

  init(path: String, count: Int, fileSystem: any FileSystem) {
    self.path = path
    self.count = count
    self.fileSystem = fileSystem
  }

  package func forEachWord(_ body: (Span<UInt8>, UInt64) throws(Diagnostic) -> Void) throws(Diagnostic) {
    let reader = try WordRunReader(path, in: fileSystem)
    while try reader.next() { try body(reader.word.span, reader.count) }
  }
}
