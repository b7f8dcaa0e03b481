public import Blocks

extension FileSystem {
  /// The paths that match a pattern, sorted by their UTF-8 bytes; empty when none does.
  ///
  /// `*` any text, `?` any character, `[a-z]` one of a set, `[!a-z]` one outside it, `\` takes the next character as it
  /// is; none of them matches `/`. A part that is `**` alone is any number of directories, none included. Names that
  /// start with a dot match only a part that starts with one.
  ///
  ///     glob("crawl/**/part-*.jsonl.zst")
  public func glob(_ pattern: String) throws(Diagnostic) -> [String] {
    var walk = GlobWalk(fileSystem: self)
    let root = Self.root(of: pattern)
    let parts = pattern.dropFirst(root.count).split(separator: "/").map(String.init)
    try walk.visit(root, parts[...])
    return walk.found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Where a walk begins: `/`, the first part of an address (`s3://bucket`), or nothing, the working directory.
  private static func root(of pattern: String) -> String {
    if pattern.hasPrefix("/") { return "/" }
    guard let scheme = pattern.firstRange(of: "://"), scheme.lowerBound != pattern.startIndex else { return "" }
    return String(pattern[..<(pattern[scheme.upperBound...].firstIndex(of: "/") ?? pattern.endIndex)])
  }
}

/// Whether a path pattern has any special character, so that it must be matched rather than opened.
package func isGlobPattern(_ pattern: String) -> Bool {
  pattern.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
}

/// One walk over the directories that a pattern reaches.
private struct GlobWalk<System: FileSystem> {
  let fileSystem: System
  /// A set: with `**` two ways can lead to one path.
  var found: Set<String> = []

  /// Follows the parts of the pattern from a directory; "" is the working directory.
  ///
  /// `above`: the directories that `**` is in, so that a link back to one of them ends the walk and not the program.
  mutating func visit(
    _ directory: String, _ parts: ArraySlice<String>, above: [FileStatus.Identity] = []
  ) throws(Diagnostic) {
    guard let part = parts.first else { return }
    let rest = parts.dropFirst()
    if part == "**" {
      try visitAnyDepth(directory, rest, above: above)
    } else if isGlobPattern(part) || part.contains("\\") {
      let matcher = GlobPart(part)
      for name in try names(in: directory) where matcher.matches(name) { try step(into: directory, name, rest) }
    } else {
      try step(into: directory, part, rest)
    }
  }

  private mutating func step(into directory: String, _ name: String, _ rest: ArraySlice<String>) throws(Diagnostic) {
    let path = path(of: name, in: directory)
    guard let status = try fileSystem.status(of: path) else { return }
    if rest.isEmpty {
      found.insert(path)
    } else if status.kind == .directory {
      try visit(path, rest)
    }
  }

  private mutating func visitAnyDepth(
    _ directory: String, _ rest: ArraySlice<String>, above: [FileStatus.Identity]
  ) throws(Diagnostic) {
    var inside = above
    if let identity = try fileSystem.status(of: directory.isEmpty ? "." : directory)?.identity {
      if above.contains(identity) { return }
      inside.append(identity)
    }
    // `**` at the end: every path below.
    try visit(directory, rest.isEmpty ? ["*"] : rest)
    for name in try names(in: directory) where !name.hasPrefix(".") {
      let path = path(of: name, in: directory)
      guard try fileSystem.status(of: path)?.kind == .directory else { continue }
      try visitAnyDepth(path, rest, above: inside)
    }
  }

  private func names(in directory: String) throws(Diagnostic) -> [String] {
    try fileSystem.list(directory.isEmpty ? "." : directory)
  }
}
