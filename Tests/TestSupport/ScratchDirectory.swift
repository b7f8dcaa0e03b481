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

/// An empty directory of a test's own, removed with everything in it at the end.
public func withScratchDirectory<R, E: Error>(_ body: (String) throws(E) -> R) throws(E) -> R {
  let number = scratchCount.add(1, ordering: .relaxed).newValue
  let path = "/tmp/palimpsest-tests-\(getpid())-\(number)"
  let system = LocalFileSystem()
  do {
    try system.removeTree(path)
    try system.makeDirectory(path)
  } catch {
    fatalError("no scratch directory: \(error)")
  }
  defer { try? system.removeTree(path) }
  return try body(path)
}

extension FileSystem {
  /// Makes a file with the given content.
  public func write(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
    let file = try create(path)
    try unsafe bytes.span.withUnsafeBytes { raw throws(Diagnostic) in try unsafe file.write(raw) }
    try file.close()
  }

  /// Makes a file with the given text.
  public func write(_ text: String, to path: String) throws(Diagnostic) {
    try write(Array(text.utf8), to: path)
  }
}

/// An empty directory of a test's own, for tests that need it longer than one closure; removed with the object.
public final class ScratchDirectory {
  private let folder: String

  public init() throws(Diagnostic) {
    folder = "/tmp/palimpsest-tests-\(getpid())-\(scratchCount.add(1, ordering: .relaxed).newValue)"
    try LocalFileSystem().removeTree(folder)
    try LocalFileSystem().makeDirectory(folder)
  }

  deinit { try? LocalFileSystem().removeTree(folder) }

  /// The path of something in it.
  public func path(_ name: String) -> String { folder + "/" + name }
}

private let scratchCount = Atomic<Int>(0)
