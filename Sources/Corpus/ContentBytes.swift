import Blocks
import Files

/// Content that is read here and there: the file itself, or a copy in memory of what comes as a stream.
final class ContentBytes {
  private enum Storage {
    case file(any ReadableFile)
    case held([UInt8])
  }

  let path: String
  let byteCount: Int
  /// Bytes that were read so far, for progress.
  private(set) var readByteCount = 0
  private let storage: Storage

  /// A file that lies on disk as it is.
  init(_ file: any ReadableFile, byteCount: Int) {
    path = file.path
    self.byteCount = byteCount
    storage = .file(file)
  }

  /// A file that lies on disk as it is; nil for standard input, pipes, and what has no size.
  convenience init?(ofFile path: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    guard path != "-", let status = try fileSystem.status(of: path), status.kind == .file else { return nil }
    self.init(try fileSystem.openForReading(path), byteCount: status.byteCount)
  }

  func begins(with magic: [UInt8]) throws(Diagnostic) -> Bool {
    guard byteCount >= magic.count else { return false }
    return try read(0..<magic.count) == magic
  }

  init(_ bytes: [UInt8], path: String) {
    self.path = path
    byteCount = bytes.count
    storage = .held(bytes)
  }

  /// Takes all that a window has still to give.
  ///
  /// - Throws: `corpus.too-large-to-hold` beyond `limit` bytes.
  convenience init(holding window: SourceWindow, path: String, limit: Int) throws(Diagnostic) {
    var bytes: [UInt8] = []
    repeat {
      unsafe bytes.append(contentsOf: window.held)
      window.consume(window.heldByteCount)
      guard bytes.count <= limit else {
        throw Diagnostic(
          "corpus.too-large-to-hold",
          "'\(path)' is read from its end, and lies where it must be held in memory for that",
          at: SourceLocation(path: path), expected: "at most \(limit) bytes",
          help: "unpack it to a file of its own, or raise `max_buffer_size`")
      }
    } while try window.fill()
    self.init(bytes, path: path)
  }

  /// Bytes that a window gave to be held here.
  var heldByteCount: Int {
    if case .held(let bytes) = storage { bytes.count } else { 0 }
  }

  /// The bytes of a range that lies inside.
  ///
  /// - Throws: `files.truncated-stream` when the file has become shorter.
  func read(_ range: Range<Int>) throws(Diagnostic) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "the caller has checked the range")
    switch storage {
    case .held(let bytes): return Array(bytes[range])
    case .file(let file):
      var failure: Diagnostic?
      var filled = 0
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
        do throws(Diagnostic) {
          while filled < range.count {
            let room = unsafe UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: range.count)
            let got = try unsafe file.read(
              into: UnsafeMutableRawBufferPointer(rebasing: room[filled...]), at: range.lowerBound + filled)
            if got == 0 { break }
            filled += got
          }
        } catch {
          failure = error
        }
        count = filled
      }
      if let failure { throw failure }
      guard filled == range.count else {
        throw Diagnostic(
          "files.truncated-stream", "'\(path)' became shorter while it was read",
          at: SourceLocation(path: path, byte: range.lowerBound + filled), expected: "\(byteCount) bytes",
          help: "let nothing write to it meanwhile")
      }
      readByteCount += filled
      return bytes
    }
  }
}
