package import Blocks
package import Files

/// Reads what a `WordRunWriter` wrote, one word at a time.
package final class WordRunReader {
  /// The word read last, and its count.
  package private(set) var word: [UInt8] = []
  package private(set) var count: UInt64 = 0

  private let file: any ReadableFile
  private var buffer: [UInt8] = []
  private var offset = 0
  private var bytesBefore = 0

  private static let bufferByteCount = 1 << 17

  package init(_ path: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    file = try fileSystem.openForReading(path)
  }

  /// Reads the next word; false behind the last one.
  ///
  /// - Throws: `train.damaged-run` for a file that is not as it was written.
  package func next() throws(Diagnostic) -> Bool {
    guard try fill() else { return false }
    let (shared, rest) = (try number(), try number())
    count = try number()
    guard shared <= UInt64(word.count) else { throw damaged("a word that shares \(shared) bytes of \(word.count)") }
    word.removeSubrange(Int(shared)...)
    var missing = rest
    while missing > 0 {
      guard try fill() else { throw damaged("the end of the file inside a word") }
      let part = Int(min(missing, UInt64(buffer.count - offset)))
      word.append(contentsOf: buffer[offset..<offset + part])
      offset += part
      missing -= UInt64(part)
    }
    return true
  }

  private func number() throws(Diagnostic) -> UInt64 {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard try fill() else { throw damaged("the end of the file inside a number") }
      let byte = buffer[offset]
      offset += 1
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
    }
    throw damaged("a number of more than 64 bits")
  }

  /// Makes at least one byte available; false at the end of the file.
  private func fill() throws(Diagnostic) -> Bool {
    if offset < buffer.count { return true }
    bytesBefore += buffer.count
    offset = 0
    if buffer.count < Self.bufferByteCount { buffer = Array(repeating: 0, count: Self.bufferByteCount) }
    var failure: Diagnostic?
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      do throws(Diagnostic) {
        return try unsafe file.read(into: bytes)
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    buffer.removeSubrange(count...)
    return count > 0
  }

  private func damaged(_ found: String) -> Diagnostic {
    Diagnostic(
      "train.damaged-run", "'\(file.path)' is not as it was written",
      at: SourceLocation(path: file.path, byte: bytesBefore + offset), found: found,
      help: "run the training again; if it happens again, look at the disk")
  }
}
