import Foundation

/// The files of the project, found from where this one lies; paths are relative to the root, with `/` between.
enum SourceTree {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Folders of things that were built or made, which nobody wrote.
  private static let made: Set<String> = ["out", "__pycache__"]

  /// All files below a folder, sorted; without hidden ones, and without what was built.
  static func files(in folder: String, where isWanted: (String) -> Bool = { _ in true }) -> [String] {
    var found: [String] = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? [] {
      if name.hasPrefix(".") || made.contains(name) { continue }
      let path = folder.isEmpty ? name : folder + "/" + name
      if isFolder(path) {
        found += files(in: path, where: isWanted)
      } else if isWanted(path) {
        found.append(path)
      }
    }
    return found.sorted()
  }

  static func swiftFiles(in folder: String) -> [String] {
    files(in: folder) { $0.hasSuffix(".swift") }
  }

  /// Everything a person wrote: sources, tests, scripts and documents; not the data among the fixtures.
  static func writtenFiles() -> [String] {
    let documents = files(in: "") { $0.hasSuffix(".md") || $0.hasSuffix(".yaml") }
    let scripts = files(in: "Tools") + files(in: "Benchmarks") + files(in: "Tests/Python") + ["Makefile", ".ci/run"]
    let swift = swiftFiles(in: "Sources") + swiftFiles(in: "Tests") + ["Package.swift"]
    return Set(documents + scripts + swift).sorted()
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  static func text(of path: String) throws -> String {
    try String(decoding: Data(contentsOf: root.appending(path: path)), as: UTF8.self)
  }

  /// The lines of a file, from 1.
  static func lines(of path: String) throws -> [(number: Int, text: Substring)] {
    numbered(try text(of: path))
  }

  /// The lines of a file that hold one of some strings; a file that holds none is not cut into lines.
  static func lines(of path: String, containingAny strings: [String]) throws -> [(number: Int, text: Substring)] {
    let text = try text(of: path)
    guard strings.contains(where: { text.contains($0) }) else { return [] }
    return numbered(text).filter { line in strings.contains { line.text.contains($0) } }
  }

  /// The lines of a Swift file's code, without comments and strings, if one of some strings is anywhere in the file.
  static func code(of path: String, containingAny strings: [String]) throws -> [(number: Int, text: Substring)] {
    let text = try text(of: path)
    guard strings.contains(where: { text.contains($0) }) else { return [] }
    return numbered(SwiftCode.only(text))
  }

  static func numbered(_ text: String) -> [(number: Int, text: Substring)] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { ($0.offset + 1, $0.element) }
  }

  private static func isFolder(_ path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: root.appending(path: path).path)
    return attributes?[.type] as? FileAttributeType == .typeDirectory
  }
}
