import Testing

@Suite("Documents")
struct DocumentTests {
  @Test("A link to a file finds it")
  func linksFindTheirFiles() throws {
    for file in SourceTree.files(in: "", where: { $0.hasSuffix(".md") }) {
      for (line, target) in try Self.links(in: file) {
        #expect(SourceTree.exists(target), "\(file):\(line) links to \(target)")
      }
    }
  }

  @Test("The change log tells what comes next, and which bytes change")
  func changeLogHasItsSections() throws {
    let lines = try SourceTree.lines(of: "CHANGELOG.md").map(\.text)
    let unreleased = try #require(lines.firstIndex(of: "## Unreleased"))
    let firstVersion = lines.firstIndex { $0.hasPrefix("## ") && $0 != "## Unreleased" } ?? lines.endIndex
    #expect(unreleased < firstVersion, "newest first")
    #expect(lines[unreleased..<firstVersion].contains("### Dataset changes"))
  }

  @Test("Each module is on the map for contributors and in the architecture")
  func modulesAreOnTheMap() throws {
    for document in ["CONTRIBUTING.md", "Documentation/Architecture.md"] {
      let text = try SourceTree.text(of: document)
      for module in ModuleGraph.levels.dropFirst().joined() {
        #expect(text.contains("`\(module)`"), "\(document) does not name \(module)")
      }
    }
  }

  @Test("Each word of the Makefile that a document tells to type exists")
  func makeTargetsExist() throws {
    let makefile = try SourceTree.text(of: "Makefile")
    for file in SourceTree.files(in: "", where: { $0.hasSuffix(".md") }) {
      for (line, text) in try SourceTree.lines(of: file, containingAny: ["make "]) {
        for (_, target) in text.matches(of: /(?:`|^\s*|\$ )make ([a-z-]+)/).map(\.output) {
          #expect(makefile.contains("\n\(target):"), "\(file):\(line) says make \(target)")
        }
      }
    }
  }

  /// The relative links of a Markdown file, as paths from the root.
  private static func links(in file: String) throws -> [(line: Int, target: String)] {
    let folder = file.split(separator: "/").dropLast()
    return try SourceTree.lines(of: file).flatMap { line in
      line.text.matches(of: /\]\(([^)\s]+)\)/).compactMap { match in
        let target = match.output.1.prefix { $0 != "#" }
        if target.isEmpty || target.contains("://") || target.hasPrefix("mailto:") { return nil }
        var path = Array(folder)
        for part in target.split(separator: "/") {
          switch part {
          case ".": continue
          case "..": _ = path.popLast()
          default: path.append(part)
          }
        }
        return (line.number, path.joined(separator: "/"))
      }
    }
  }
}
