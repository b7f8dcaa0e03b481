public import Blocks

/// Everything this program asks of a file system. `LocalFileSystem` is the real one; tests put others in its place.
///
/// Paths are UTF-8 text, relative to the working directory unless absolute. Every error is a `Diagnostic` that names
/// the path, what went wrong and what to do (`files.not-found`, `files.permission`, `files.disk-full`, …).
public protocol FileSystem: Sendable {
  /// What is at a path, links followed; nil when nothing is there.
  func status(of path: String) throws(Diagnostic) -> FileStatus?
  /// The names in a directory, sorted by their UTF-8 bytes, without `.` and `..`.
  ///
  /// - Throws: `files.name-not-utf8` for a name that no `String` can hold.
  func list(_ directory: String) throws(Diagnostic) -> [String]
  /// Makes a directory and those above it; fine when it exists.
  func makeDirectory(_ path: String) throws(Diagnostic)
  /// Opens a file to be read from its start; `-` is standard input.
  func openForReading(_ path: String) throws(Diagnostic) -> any ReadableFile
  /// Makes an empty file, or empties the one that is there, and opens it for writing.
  func create(_ path: String) throws(Diagnostic) -> any WritableFile
  /// Moves a file, replacing what is at the new path in one step.
  func rename(_ from: String, to: String) throws(Diagnostic)
  /// Removes a file; fine when it does not exist.
  func remove(_ path: String) throws(Diagnostic)
  /// Removes a directory with all it holds, or a file; fine when it does not exist. Links are removed, not followed.
  func removeTree(_ path: String) throws(Diagnostic)
  /// Returns when the names in a directory are on disk.
  func syncDirectory(_ path: String) throws(Diagnostic)
  /// Maps a whole file into memory, read-only.
  func map(_ path: String) throws(Diagnostic) -> MappedFile
  /// Takes the lock that a file stands for, making the file when it is missing; no other process gets it meanwhile.
  ///
  /// - Throws: `files.locked` when somebody holds it, in this process or another.
  func lock(_ path: String) throws(Diagnostic) -> any FileLock
  /// Bytes that may still be written to the file system that holds `path`; nil when it does not say.
  func availableBytes(at path: String) throws(Diagnostic) -> Int?
}

/// What is at a path.
public struct FileStatus: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case file, directory
    /// A pipe, socket or device: it has no size that means anything.
    case other
  }

  /// Which file it is, whatever the path that led to it.
  public struct Identity: Sendable, Hashable {
    public var device: UInt64
    public var node: UInt64

    public init(device: UInt64, node: UInt64) {
      self.device = device
      self.node = node
    }
  }

  public var byteCount: Int
  public var kind: Kind
  /// Equal for two paths to the same file; nil where the file system has no such thing.
  public var identity: Identity?
  /// Changes with the content, where the file system keeps such a mark (an entity tag).
  public var version: String?

  public init(byteCount: Int, kind: Kind, identity: Identity? = nil, version: String? = nil) {
    self.version = version
    self.byteCount = byteCount
    self.kind = kind
    self.identity = identity
  }
}

/// Bytes that are read in order, once.
public protocol ByteReader: AnyObject {
  /// What the bytes are called in messages.
  var path: String { get }
  /// Reads the next bytes and returns their count: at least one, 0 only at the end or for an empty buffer.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int
}

/// An open file to read from, its path as it was given to `openForReading`; it is closed with its last reference.
public protocol ReadableFile: ByteReader, Sendable {
  /// Reads bytes from `offset` on and returns their count, 0 at the end. Does not move the place of the next
  /// `read(into:)`.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) -> Int
}

/// An open file to write to. One owner writes; `close` reports what the last writes may have left unsaid.
public protocol WritableFile: AnyObject, Sendable {
  /// The path as it was given to `create`.
  var path: String { get }
  /// Appends all the bytes, or throws.
  func write(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic)
  /// Returns when everything written is on disk.
  func sync() throws(Diagnostic)
  /// Closes the file; a second call does nothing.
  func close() throws(Diagnostic)
}

/// A lock that is held until `release`, its last reference, or the end of the process, however that ends.
public protocol FileLock: AnyObject, Sendable {
  /// Gives the lock back and removes its file; a second call does nothing.
  func release()
}
