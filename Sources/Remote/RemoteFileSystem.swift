public import Blocks
public import Files

/// A file system that also reads `http://`, `https://` and `s3://` addresses; all other paths are those of another one.
///
///     let system = RemoteFileSystem(settings: RemoteSettings(environment: { environment[$0] }))
///     let files = try resolveInputs(["s3://corpora/crawl/*.jsonl.zst"], in: system)
///
/// A dropped connection is taken up again where it was, of the same content only; failures that may pass are tried
/// again with growing waits. Nothing is kept on disk. An object's size and entity tag are asked for once and hold until
/// it is read: a content that has changed since is an error (`remote.changed`).
///
/// - Throws: `remote.unreachable`, `remote.not-found`, `remote.refused`, `remote.wrong-region`, `remote.failed`,
///   `remote.changed`, `remote.bad-address`, `remote.credentials-in-address`, `remote.bad-listing`,
///   `remote.no-listing`, `remote.no-ranges`, `remote.read-only`; `remote.left-out` where the program was built without
///   the trait `Network`.
public struct RemoteFileSystem: FileSystem {
  private let base: any FileSystem
  private let settings: RemoteSettings
  private let known = KnownStatuses()

  public init(over base: any FileSystem = LocalFileSystem(), settings: RemoteSettings = RemoteSettings()) {
    self.base = base
    self.settings = settings
  }

  public func status(of path: String) throws(Diagnostic) -> FileStatus? {
    guard let address = try RemoteAddress.parse(path) else { return try base.status(of: path) }
    if let status = known[path] { return status }
    let status = try RemoteObjects(settings).status(of: address, path)
    if let status { known[path] = status }
    return status
  }

  public func list(_ directory: String) throws(Diagnostic) -> [String] {
    guard let address = try RemoteAddress.parse(directory) else { return try base.list(directory) }
    let entries = try RemoteObjects(settings).list(address, directory)
    for (name, status) in entries { known[path(of: name, in: directory)] = status }
    return entries.map(\.name)
  }

  public func openForReading(_ path: String) throws(Diagnostic) -> any ReadableFile {
    guard let address = try RemoteAddress.parse(path) else { return try base.openForReading(path) }
    return try RemoteObjects(settings).open(address, path, known: known[path])
  }

  /// The whole content, in memory.
  public func map(_ path: String) throws(Diagnostic) -> MappedFile {
    guard try RemoteAddress.parse(path) != nil else { return try base.map(path) }
    return MappedFile(copying: try readAll(path))
  }

  public func makeDirectory(_ path: String) throws(Diagnostic) { try base.makeDirectory(try local(path)) }
  public func create(_ path: String) throws(Diagnostic) -> any WritableFile { try base.create(try local(path)) }
  public func rename(_ from: String, to: String) throws(Diagnostic) {
    try base.rename(try local(from), to: try local(to))
  }
  public func remove(_ path: String) throws(Diagnostic) { try base.remove(try local(path)) }
  public func removeTree(_ path: String) throws(Diagnostic) { try base.removeTree(try local(path)) }
  public func syncDirectory(_ path: String) throws(Diagnostic) { try base.syncDirectory(try local(path)) }
  public func lock(_ path: String) throws(Diagnostic) -> any FileLock { try base.lock(try local(path)) }
  public func availableBytes(at path: String) throws(Diagnostic) -> Int? {
    try base.availableBytes(at: try local(path))
  }

  /// - Throws: `remote.read-only` for an address.
  private func local(_ path: String) throws(Diagnostic) -> String {
    guard try RemoteAddress.parse(path) != nil else { return path }
    throw Diagnostic(
      "remote.read-only", "nothing is written to '\(path)'", at: SourceLocation(path: path),
      expected: "a path on this machine", help: "write the dataset to a local folder, and copy it from there")
  }
}
