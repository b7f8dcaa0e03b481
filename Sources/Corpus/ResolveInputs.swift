public import Blocks
public import Files

/// Finds the files that patterns stand for, in the order of the patterns; those of one pattern sorted by bytes.
///
/// A pattern is a path, `-` for standard input, a directory, a path with `*`, `?`, `[…]`, `**` (see
/// `FileSystem.glob`), or `@` and the path of a list: a text file with one pattern a line, where empty lines and those
/// that begin with `#` count for nothing (a file of such a name is `./@name`). Directories are walked to the bottom for
/// `.jsonl`, `.ndjson`, `.txt`, `.text` and `.tar` files, packed or not; hidden names are passed over. A file that is
/// reached twice, by links too, counts once.
///
/// - Throws: `corpus.no-input` for a pattern that leads to no file, `corpus.bad-list` for a list that is none.
public func resolveInputs(
  _ patterns: [String], options: InputOptions = InputOptions(), in fileSystem: any FileSystem = LocalFileSystem()
) throws(Diagnostic) -> [InputFile] {
  var resolver = InputResolver(options: options, fileSystem: fileSystem)
  for pattern in patterns { try resolver.add(pattern) }
  return resolver.files
}

private struct InputResolver {
  private enum Identity: Hashable {
    case known(FileStatus.Identity)
    case path(String)
  }

  let options: InputOptions
  let fileSystem: any FileSystem
  private(set) var files: [InputFile] = []
  private var seen: Set<Identity> = []

  init(options: InputOptions, fileSystem: any FileSystem) {
    self.options = options
    self.fileSystem = fileSystem
  }

  mutating func add(_ pattern: String) throws(Diagnostic) {
    if pattern.hasPrefix("@") {
      try addList(String(pattern.dropFirst()))
    } else if pattern == "-" {
      append(pattern, nil)
    } else if let status = try fileSystem.status(of: pattern) {
      let wasFound = try add(pattern, status)
      if !wasFound {
        throw Diagnostic(
          "corpus.no-input", "the directory '\(pattern)' holds no corpus file", at: SourceLocation(path: pattern),
          expected:
            "names that end in .jsonl, .ndjson, .txt, .text or .tar, packed or not",
          help: "name the files with a pattern, as in '\(pattern)/*'")
      }
    } else {
      var wasFound = false
      if isGlobPattern(pattern) {
        for path in try fileSystem.glob(pattern) {
          guard let status = try fileSystem.status(of: path) else { continue }
          if try add(path, status) { wasFound = true }
        }
      }
      if !wasFound {
        throw Diagnostic(
          "corpus.no-input", "'\(pattern)' matches no file", at: SourceLocation(path: pattern),
          help: "check the spelling; paths are relative to the directory the program was started in")
      }
    }
  }

  private mutating func addList(_ path: String) throws(Diagnostic) {
    func refusal(_ message: String, line: Int) -> Diagnostic {
      Diagnostic(
        "corpus.bad-list", message, at: SourceLocation(path: path, line: line),
        expected: "one path, glob, folder or address a line")
    }
    let bytes = try fileSystem.readAll(path, limit: 256 << 20)
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let name = line.last == 0x0D ? line.dropLast() : line
      guard let pattern = String(validating: name, as: UTF8.self) else {
        throw refusal("a line of the list '\(path)' is not UTF-8", line: index + 1)
      }
      if pattern.isEmpty || pattern.hasPrefix("#") { continue }
      if pattern.hasPrefix("@") { throw refusal("a list names another list", line: index + 1) }
      do throws(Diagnostic) { try add(pattern) } catch {
        guard error.code == "corpus.no-input" else { throw error }
        throw error.with(location: SourceLocation(path: path, line: index + 1))
      }
    }
  }

  /// Adds a file, or the files below a directory; false when there are none.
  private mutating func add(_ path: String, _ status: FileStatus) throws(Diagnostic) -> Bool {
    if status.kind == .directory { return try walk(path, status, above: []) }
    append(path, status)
    return true
  }

  private mutating func append(_ path: String, _ status: FileStatus?) {
    let identity = status?.identity.map(Identity.known) ?? .path(path)
    guard seen.insert(identity).inserted else { return }
    let byteCount = status?.kind == .file ? status?.byteCount : nil
    var file = InputFile(path: path, byteCount: byteCount, options: options, index: files.count)
    file.version = status?.version
    files.append(file)
  }

  /// `above`: the directories the walk is in, so that a link back to one of them ends the walk.
  private mutating func walk(
    _ directory: String, _ status: FileStatus, above: [FileStatus.Identity]
  ) throws(Diagnostic) -> Bool {
    if let identity = status.identity, above.contains(identity) { return false }
    let inside = above + (status.identity.map { [$0] } ?? [])
    var wasFound = false
    for name in try fileSystem.list(directory) where !name.hasPrefix(".") {
      let path = path(of: name, in: directory)
      guard let status = try fileSystem.status(of: path) else { continue }
      if status.kind == .directory {
        if try walk(path, status, above: inside) { wasFound = true }
      } else if InputFile.isCorpusName(name) {
        append(path, status)
        wasFound = true
      }
    }
    return wasFound
  }
}
