import Blocks
import Files

/// A file system of one file that lies in memory, handed out a few bytes at a time.
struct MemoryFiles: FileSystem {
  let path: String
  let content: [UInt8]
  let longestRead: Int

  func status(of path: String) throws(Diagnostic) -> FileStatus? {
    path == self.path ? FileStatus(byteCount: content.count, kind: .file) : nil
  }

  func openForReading(_ path: String) throws(Diagnostic) -> any ReadableFile {
    guard path == self.path else { throw refusal }
    return MemoryFile(path, content, longestRead: longestRead)
  }

  func map(_ path: String) throws(Diagnostic) -> MappedFile {
    guard path == self.path else { throw refusal }
    return MappedFile(copying: content)
  }

  func list(_ directory: String) throws(Diagnostic) -> [String] { throw refusal }
  func makeDirectory(_ path: String) throws(Diagnostic) { throw refusal }
  func create(_ path: String) throws(Diagnostic) -> any WritableFile { throw refusal }
  func rename(_ from: String, to: String) throws(Diagnostic) { throw refusal }
  func remove(_ path: String) throws(Diagnostic) { throw refusal }
  func removeTree(_ path: String) throws(Diagnostic) { throw refusal }
  func syncDirectory(_ path: String) throws(Diagnostic) { throw refusal }
  func lock(_ path: String) throws(Diagnostic) -> any FileLock { throw refusal }
  func availableBytes(at path: String) throws(Diagnostic) -> Int? { nil }

  private var refusal: Diagnostic { Diagnostic("fuzz.only-read", "a reader asked for something else than its file") }
}

/// `@unchecked Sendable`: one thread fuzzes.
private final class MemoryFile: ReadableFile, @unchecked Sendable {
  let path: String
  private let content: [UInt8]
  private let longestRead: Int
  private var position = 0

  init(_ path: String, _ content: [UInt8], longestRead: Int) {
    self.path = path
    self.content = content
    self.longestRead = longestRead
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    let count = copy(from: position, into: buffer)
    position += count
    return count
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) -> Int {
    copy(from: offset, into: buffer)
  }

  private func copy(from offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    precondition(offset >= 0, "a reader asked for bytes before the first")
    guard offset < content.count else { return 0 }
    let count = min(buffer.count, longestRead, content.count - offset)
    buffer.copyBytes(from: content[offset..<offset + count])
    return count
  }
}
