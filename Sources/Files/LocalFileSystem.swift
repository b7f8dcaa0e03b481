public import Blocks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The file system of the machine.
public struct LocalFileSystem: FileSystem {
  public init() {}

  public func status(of path: String) throws(Diagnostic) -> FileStatus? {
    var record = stat()
    guard try unsafe call(.status, path, { unsafe stat($0, &record) }, allowing: [ENOENT, ENOTDIR]) else { return nil }
    let kind: FileStatus.Kind =
      switch record.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      default: .other
      }
    return FileStatus(
      byteCount: Int(record.st_size), kind: kind,
      identity: FileStatus.Identity(
        device: UInt64(truncatingIfNeeded: record.st_dev), node: UInt64(truncatingIfNeeded: record.st_ino)))
  }

  public func list(_ directory: String) throws(Diagnostic) -> [String] {
    try check(directory, for: .list)
    guard let stream = unsafe opendir(directory) else { throw .refused(.list, directory, errno: errno) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw Diagnostic(
          "files.name-not-utf8", "a name in '\(directory)' is not UTF-8", at: SourceLocation(path: directory),
          found: String(decoding: bytes, as: UTF8.self), help: "rename the file")
      }
      if name != "." && name != ".." { names.append(name) }
    }
    if errno != 0 { throw .refused(.list, directory, errno: errno) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  public func makeDirectory(_ path: String) throws(Diagnostic) {
    if try status(of: path)?.kind == .directory { return }
    let parent = parentDirectory(of: path)
    if parent != path, try status(of: parent) == nil { try makeDirectory(parent) }
    // Somebody else may have made it in between.
    if try unsafe call(.makeDirectory, path, { unsafe mkdir($0, 0o777) }, allowing: [EEXIST]) { return }
    guard try status(of: path)?.kind == .directory else { throw .refused(.makeDirectory, path, errno: EEXIST) }
  }

  public func openForReading(_ path: String) throws(Diagnostic) -> any ReadableFile {
    if path == "-" { return LocalReadableFile(path: path, descriptor: STDIN_FILENO, owned: false) }
    let descriptor = try openDescriptor(path, O_RDONLY, for: .open)
    let file = LocalReadableFile(path: path, descriptor: descriptor, owned: true)
    // A directory can be opened for reading, and only its first read fails.
    if try status(of: path)?.kind == .directory { throw .refused(.open, path, errno: EISDIR) }
    return file
  }

  public func create(_ path: String) throws(Diagnostic) -> any WritableFile {
    let descriptor = try openDescriptor(path, O_WRONLY | O_CREAT | O_TRUNC, for: .create)
    return LocalWritableFile(path: path, descriptor: descriptor)
  }

  public func rename(_ from: String, to: String) throws(Diagnostic) {
    try check(to, for: .rename)
    // These are about the new path, all others about the old one or both.
    let allowed = [EISDIR, ENOTDIR, ENOTEMPTY, EEXIST]
    let renamed = try unsafe call(.rename, from, { old in unsafe systemRename(old, to) }, allowing: allowed)
    if !renamed { throw .refused(.rename, to, errno: errno) }
  }

  public func remove(_ path: String) throws(Diagnostic) {
    _ = try unsafe call(.remove, path, { unsafe unlink($0) }, allowing: [ENOENT])
  }

  public func removeTree(_ path: String) throws(Diagnostic) {
    var record = stat()
    guard try unsafe call(.remove, path, { unsafe lstat($0, &record) }, allowing: [ENOENT]) else { return }
    guard record.st_mode & S_IFMT == S_IFDIR else { return try remove(path) }
    for name in try list(path) { try removeTree(path + "/" + name) }
    _ = try unsafe call(.remove, path, { unsafe rmdir($0) }, allowing: [ENOENT])
  }

  public func syncDirectory(_ path: String) throws(Diagnostic) {
    let descriptor = try openDescriptor(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY, for: .sync)
    defer { close(descriptor) }
    // Some network file systems have nothing to sync in a directory, and say so with EINVAL.
    if fsync(descriptor) != 0 && errno != EINVAL { throw .refused(.sync, path, errno: errno) }
  }

  public func map(_ path: String) throws(Diagnostic) -> MappedFile {
    let descriptor = try openDescriptor(path, O_RDONLY, for: .map)
    defer { close(descriptor) }
    var record = stat()
    guard unsafe fstat(descriptor, &record) == 0 else { throw .refused(.map, path, errno: errno) }
    guard record.st_mode & S_IFMT != S_IFDIR else { throw .refused(.map, path, errno: EISDIR) }
    let byteCount = Int(record.st_size)
    guard byteCount > 0 else { return MappedFile(copying: []) }
    let mapping = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let start = unsafe mapping, unsafe start != MAP_FAILED else {
      throw .refused(.map, path, errno: errno)
    }
    return unsafe MappedFile(adopting: UnsafeRawBufferPointer(start: start, count: byteCount)) { bytes in
      unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }
  }

  public func lock(_ path: String) throws(Diagnostic) -> any FileLock {
    while true {
      let descriptor = try openDescriptor(path, O_RDWR | O_CREAT, for: .lock)
      if let lock = try LocalFileLock(path, descriptor: descriptor) { return lock }
    }
  }

  public func availableBytes(at path: String) throws(Diagnostic) -> Int? {
    var record = statvfs()
    _ = try unsafe call(.space, path, { unsafe statvfs($0, &record) })
    let (byteCount, overflow) = UInt64(record.f_bavail).multipliedReportingOverflow(by: UInt64(record.f_frsize))
    return overflow ? nil : Int(exactly: byteCount)
  }

  /// Calls a function of the C library on a path, again after an interruption; false when it refused for a reason in
  /// `allowing`, which `errno` then still holds.
  private func call(
    _ name: SystemCall, _ path: String, _ body: (UnsafePointer<CChar>) -> Int32, allowing allowed: [Int32] = []
  ) throws(Diagnostic) -> Bool {
    try check(path, for: name)
    while unsafe path.withCString(body) != 0 {
      if errno == EINTR { continue }
      if allowed.contains(errno) { return false }
      throw .refused(name, path, errno: errno)
    }
    return true
  }

  private func openDescriptor(_ path: String, _ flags: Int32, for name: SystemCall) throws(Diagnostic) -> Int32 {
    try check(path, for: name)
    while true {
      let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return descriptor }
      if errno != EINTR { throw .refused(name, path, errno: errno) }
    }
  }

  /// C would silently cut a path at its first zero byte.
  private func check(_ path: String, for name: SystemCall) throws(Diagnostic) {
    if path.utf8.contains(0) {
      throw Diagnostic(
        "files.zero-in-path", "cannot \(name.rawValue) a path with a zero byte in it", found: path.debugDescription)
    }
  }
}

// The method above hides the function of the C library that bears its name.
private let systemRename = unsafe rename(_:_:)
