public import Blocks
public import Files
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file system that works on another one and fails when told to.
///
/// Every call counts, reads and writes of open files included. With `failingCall` n, the n-th call and, like a machine
/// that is gone, all later ones do nothing and throw; a write that fails has written its first half. Run a body with
/// n = 0, 1, 2, … until it succeeds, and look at the files after each run.
public final class FaultyFileSystem: FileSystem {
  /// The error that the failing call reports.
  public enum Fault: Sendable {
    case inputOutput, diskFull
  }

  public let base: any FileSystem
  private let failingCall: Int?
  private let fault: Fault
  private let failsOnce: Bool
  private let longestRead: Int
  private let availableBytes: Int?
  private let calls = Atomic<Int>(0)

  /// - Parameters:
  ///   - failingCall: number of the first call that fails, from 0; nil for none.
  ///   - failsOnce: later calls work again, as after a full disk was cleared; else they all fail.
  ///   - longestRead: reads return at most this many bytes.
  ///   - availableBytes: how much room is said to be left; nil for the truth.
  public init(
    _ base: any FileSystem = LocalFileSystem(), failingCall: Int? = nil, fault: Fault = .inputOutput,
    failsOnce: Bool = false, longestRead: Int = .max, availableBytes: Int? = nil
  ) {
    self.availableBytes = availableBytes
    self.base = base
    self.failingCall = failingCall
    self.fault = fault
    self.failsOnce = failsOnce
    self.longestRead = longestRead
  }

  /// Calls so far.
  public var callCount: Int { calls.load(ordering: .relaxed) }

  fileprivate func attempt(_ call: SystemCall, _ path: String) throws(Diagnostic) {
    if let refusal = refusal(of: call, path) { throw refusal.error }
  }

  /// Counts a call, and says how it fails if it is to fail.
  fileprivate func refusal(of call: SystemCall, _ path: String) -> (error: Diagnostic, isFirst: Bool)? {
    let number = calls.add(1, ordering: .relaxed).oldValue
    guard let failingCall, failsOnce ? number == failingCall : number >= failingCall else { return nil }
    return (.refused(call, path, errno: fault == .diskFull ? ENOSPC : EIO), number == failingCall)
  }

  public func status(of path: String) throws(Diagnostic) -> FileStatus? {
    try attempt(.status, path)
    return try base.status(of: path)
  }

  public func list(_ directory: String) throws(Diagnostic) -> [String] {
    try attempt(.list, directory)
    return try base.list(directory)
  }

  public func makeDirectory(_ path: String) throws(Diagnostic) {
    try attempt(.makeDirectory, path)
    try base.makeDirectory(path)
  }

  public func openForReading(_ path: String) throws(Diagnostic) -> any ReadableFile {
    try attempt(.open, path)
    return FaultyReadableFile(try base.openForReading(path), self, longestRead: longestRead)
  }

  public func create(_ path: String) throws(Diagnostic) -> any WritableFile {
    try attempt(.create, path)
    return FaultyWritableFile(try base.create(path), self)
  }

  public func rename(_ from: String, to: String) throws(Diagnostic) {
    try attempt(.rename, from)
    try base.rename(from, to: to)
  }

  public func remove(_ path: String) throws(Diagnostic) {
    try attempt(.remove, path)
    try base.remove(path)
  }

  public func removeTree(_ path: String) throws(Diagnostic) {
    try attempt(.remove, path)
    try base.removeTree(path)
  }

  public func syncDirectory(_ path: String) throws(Diagnostic) {
    try attempt(.sync, path)
    try base.syncDirectory(path)
  }

  public func map(_ path: String) throws(Diagnostic) -> MappedFile {
    try attempt(.map, path)
    return try base.map(path)
  }

  public func lock(_ path: String) throws(Diagnostic) -> any FileLock {
    try attempt(.lock, path)
    return try base.lock(path)
  }

  public func availableBytes(at path: String) throws(Diagnostic) -> Int? {
    try attempt(.space, path)
    if let availableBytes { return availableBytes }
    return try base.availableBytes(at: path)
  }
}

private final class FaultyReadableFile: ReadableFile {
  let base: any ReadableFile
  let system: FaultyFileSystem
  let longestRead: Int

  init(_ base: any ReadableFile, _ system: FaultyFileSystem, longestRead: Int) {
    self.base = base
    self.system = system
    self.longestRead = longestRead
  }

  var path: String { base.path }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    try system.attempt(.read, path)
    return try unsafe base.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(longestRead)))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) -> Int {
    try system.attempt(.read, path)
    return try unsafe base.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(longestRead)), at: offset)
  }
}

private final class FaultyWritableFile: WritableFile {
  let base: any WritableFile
  let system: FaultyFileSystem

  init(_ base: any WritableFile, _ system: FaultyFileSystem) {
    self.base = base
    self.system = system
  }

  var path: String { base.path }

  func write(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    if let refusal = system.refusal(of: .write, path) {
      if refusal.isFirst { try unsafe base.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2))) }
      throw refusal.error
    }
    try unsafe base.write(bytes)
  }

  func sync() throws(Diagnostic) {
    try system.attempt(.sync, path)
    try base.sync()
  }

  func close() throws(Diagnostic) {
    try system.attempt(.close, path)
    try base.close()
  }
}
