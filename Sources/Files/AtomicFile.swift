public import Blocks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that appears whole or not at all.
///
/// It is written beside its place under a temporary name, and renamed by `commit`. Whoever looks at the path sees the
/// old file or the new one, never half; without `commit` the temporary file is removed.
///
///     var file = try AtomicFile("out/dataset.json", in: LocalFileSystem())
///     try file.write(bytes)
///     try file.commit()      // flush, sync, rename, sync the directory
public struct AtomicFile: ~Copyable {
  /// The path that `commit` gives the file.
  public let path: String
  /// Bytes written so far.
  public private(set) var byteCount = 0

  private let temporaryPath: String
  private let fileSystem: any FileSystem
  private let file: any WritableFile
  private var buffer: [UInt8] = []
  private var isCommitted = false

  /// One system call for this many bytes: large enough that the call costs nothing, small enough to stay in cache.
  private static let bufferByteCount = 1 << 20

  /// Opens the temporary file. The directory must exist.
  ///
  /// - Throws: `files.not-a-file` when a directory, pipe or device is at the path; else what `create` throws.
  public init(_ path: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    if let there = try fileSystem.status(of: path), there.kind != .file {
      throw Diagnostic(
        "files.not-a-file", "'\(path)' cannot be replaced by a file", at: SourceLocation(path: path),
        found: there.kind == .directory ? "a directory" : "a pipe or a device", help: "choose another path")
    }
    // Drawn, not counted: several machines may write to one folder, and processes on them may share a number.
    let token = String(UInt64.random(in: 1 << 63 ... .max), radix: 16)
    let temporaryPath = Files.path(of: ".\(lastComponent(of: path)).partial-\(token)", in: parentDirectory(of: path))
    do throws(Diagnostic) {
      file = try fileSystem.create(temporaryPath)
    } catch {
      // The path that was asked for says more than the temporary one.
      throw error.code == "files.not-found" ? .refused(.create, path, errno: ENOENT) : error
    }
    self.path = path
    self.fileSystem = fileSystem
    self.temporaryPath = temporaryPath
  }

  /// Removes the temporary files that killed runs left in a directory. Nobody else may be writing there.
  public static func removeLeftovers(in directory: String, of fileSystem: any FileSystem) throws(Diagnostic) {
    for name in try fileSystem.list(directory) where isTemporary(name) {
      try fileSystem.remove(Files.path(of: name, in: directory))
    }
  }

  /// `.NAME.partial-TOKEN`, the token being 16 hexadecimal digits.
  package static func isTemporary(_ name: String) -> Bool {
    guard name.hasPrefix("."), let ending = name.split(separator: ".").last, ending.hasPrefix("partial-") else {
      return false
    }
    let token = ending.dropFirst("partial-".count)
    return token.utf8.count == 16 && UInt64(token, radix: 16) != nil
  }

  deinit {
    if !isCommitted {
      // What cannot be removed is left under a name that nobody reads; the first error is the one to report.
      try? file.close()
      try? fileSystem.remove(temporaryPath)
    }
  }

  /// Appends bytes.
  public mutating func write(_ bytes: Span<UInt8>) throws(Diagnostic) {
    try unsafe bytes.withUnsafeBytes { raw throws(Diagnostic) in try unsafe append(raw) }
  }

  /// Appends bytes.
  public mutating func write(_ bytes: RawSpan) throws(Diagnostic) {
    try unsafe bytes.withUnsafeBytes { raw throws(Diagnostic) in try unsafe append(raw) }
  }

  /// Appends bytes.
  public mutating func write(_ bytes: [UInt8]) throws(Diagnostic) {
    try write(bytes.span)
  }

  /// Gives the file its name.
  ///
  /// - Parameter durable: wait until content and name are on disk, so that a power cut cannot undo or empty them. False
  ///   keeps the promise of whole or not at all against a killed process only.
  public consuming func commit(durable: Bool = true) throws(Diagnostic) {
    try flush()
    if durable { try file.sync() }
    try file.close()
    try fileSystem.rename(temporaryPath, to: path)
    isCommitted = true
    if durable { try fileSystem.syncDirectory(parentDirectory(of: path)) }
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    byteCount += bytes.count
    if buffer.count + bytes.count > Self.bufferByteCount { try flush() }
    if bytes.count >= Self.bufferByteCount {
      try unsafe file.write(bytes)
    } else {
      unsafe buffer.append(contentsOf: bytes)
    }
  }

  private mutating func flush() throws(Diagnostic) {
    if buffer.isEmpty { return }
    try unsafe buffer.span.withUnsafeBytes { raw throws(Diagnostic) in try unsafe file.write(raw) }
    buffer.removeAll(keepingCapacity: true)
  }
}
