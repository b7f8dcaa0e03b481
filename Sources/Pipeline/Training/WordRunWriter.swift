package import Blocks
package import Files

/// Writes words with their counts, in the order of their bytes, each as what differs from the one before it.
///
///     record    shared  rest  count  bytes          shared: bytes that the word has in common with the last one;
///               LEB128 each          `rest` of them rest: bytes that follow
package struct WordRunWriter: ~Copyable {
  private var file: AtomicFile
  private var last: [UInt8] = []
  private var record: [UInt8] = []
  /// Words written so far.
  package private(set) var wordCount = 0

  package init(_ path: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    file = try AtomicFile(path, in: fileSystem)
  }

  /// - Precondition: `word` comes behind the last one.
  package mutating func append(_ word: Span<UInt8>, count: UInt64) throws(Diagnostic) {
    var shared = 0
    while shared < min(last.count, word.count), last[shared] == word[shared] { shared += 1 }
    record.removeAll(keepingCapacity: true)
    for number in [UInt64(shared), UInt64(word.count - shared), count] { appendLEB128(number) }
    last.removeSubrange(shared...)
    for index in shared..<word.count { last.append(word[index]) }
    record.append(contentsOf: last[shared...])
    try file.write(record)
    wordCount += 1
  }

  /// Gives the file its name. It need not outlive a power cut.
  package consuming func finish() throws(Diagnostic) { try file.commit(durable: false) }

  private mutating func appendLEB128(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      record.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    record.append(UInt8(truncatingIfNeeded: rest))
  }
}
