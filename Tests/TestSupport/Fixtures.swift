public import Blocks
import Files
import Foundation
public import JSONText

/// Where the project's own test data lies, and the bigger data that may lie beside the project.
public enum Fixtures {
  /// The project's folder.
  public static let root = folder(of: #filePath, up: 3)
  /// Its `fixtures`.
  public static let path = root + "/fixtures"
  /// `../shared`: real corpora and conformance data; tests that need it are skipped without it.
  public static let shared = folder(of: root, up: 1) + "/shared"

  /// Whether PALIMPSEST_FULL_TESTS asks for everything instead of a sample, which is slow in debug builds.
  public static let isFull = ProcessInfo.processInfo.environment["PALIMPSEST_FULL_TESTS"] != nil

  public static func exists(_ path: String) -> Bool {
    (try? LocalFileSystem().status(of: path)) ?? nil != nil
  }

  /// The content of a file, without its compression.
  public static func bytes(_ path: String) throws(Diagnostic) -> [UInt8] {
    let source = try openDecompressed(path, in: LocalFileSystem())
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      var span = buffer.mutableSpan
      let count = try unsafe span.withUnsafeMutableBytes { raw throws(Diagnostic) in try unsafe source.read(into: raw) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// Every `step`-th line of a file of JSON lines.
  public static func lines(_ path: String, step: Int = 1) throws(Diagnostic) -> [JSONValue] {
    var lines: [JSONValue] = []
    for (index, line) in try bytes(path).split(separator: 0x0A).enumerated() where index % step == 0 {
      lines.append(try JSONValue(parsing: Array(line), path: path))
    }
    return lines
  }

  private static func folder(of path: String, up levels: Int) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).dropLast(levels).joined(separator: "/")
  }
}
