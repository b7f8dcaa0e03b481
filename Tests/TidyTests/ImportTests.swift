import Testing

@Suite("Imports")
struct ImportTests {
  let graph: ModuleGraph

  init() throws {
    graph = ModuleGraph(manifest: try SourceTree.text(of: "Package.swift"))
  }

  @Test("The manifest and the levels name the same modules")
  func manifestIsUnderstood() {
    let swiftModules = Set(ModuleGraph.levels.dropFirst().joined())
    #expect(Set(graph.declared.keys) == swiftModules)
    #expect(graph.declared["Files"]?.isSuperset(of: ["Blocks", "CZstd", "CZlib"]) == true)
  }

  @Test("Every folder of sources is a module with a level")
  func foldersAreModules() {
    let folders = Set(SourceTree.files(in: "Sources").compactMap { $0.split(separator: "/").dropFirst().first })
    #expect(Set(folders.map(String.init)) == Set(ModuleGraph.levels.joined()))
  }

  @Test("No module declares an import of its own level or above")
  func declaredImportsPointDown() throws {
    for (module, imports) in graph.declared.sorted(by: { $0.key < $1.key }) {
      let level = try #require(ModuleGraph.level(of: module))
      for name in imports.sorted() {
        guard let below = ModuleGraph.level(of: name) else { continue }
        #expect(below < level, "\(module) imports \(name), which is not below it")
      }
    }
  }

  @Test("A system library has one owner")
  func systemLibrariesHaveOneOwner() {
    for (library, owner) in ModuleGraph.owners.sorted(by: { $0.key < $1.key }) {
      let importers = graph.declared.filter { $0.value.contains(library) }.map(\.key)
      #expect(importers == [owner], "\(library)")
    }
  }

  @Test("A file imports what its module declares, and nothing else")
  func filesImportWhatIsDeclared() throws {
    for file in SourceTree.swiftFiles(in: "Sources") {
      let module = String(file.split(separator: "/")[1])
      let allowed = (graph.declared[module] ?? []).union(ModuleGraph.toolchain[module] ?? [])
      for (line, name) in Self.imports(in: try SourceTree.text(of: file)) {
        let isException = ModuleGraph.onlyIn[name] == file
        let isKeptElsewhere = ModuleGraph.onlyIn[name].map { $0 != file } ?? false
        #expect(isException || allowed.contains(name) && !isKeptElsewhere, "\(file):\(line) imports \(name)")
      }
    }
  }

  @Test("An import is found under any access level and attribute, and not in comments or strings")
  func importsAreFound() {
    let source = """
      // import Comment
      public import Blocks
      internal import Files
      @preconcurrency import Yams
      import struct Foundation.URL
      let text = "import Text"
      #if canImport(Glibc)
        import Glibc
      #endif
      """
    #expect(Self.imports(in: source).map(\.name) == ["Blocks", "Files", "Yams", "Foundation", "Glibc"])
    #expect(Self.imports(in: source).map(\.line) == [2, 3, 4, 5, 8])
  }

  private static let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]

  /// The modules that a source imports, with the lines where it says so.
  static func imports(in text: String) -> [(line: Int, name: String)] {
    SourceTree.numbered(SwiftCode.only(text)).compactMap { line in
      let words = line.text.split(separator: " ")
      guard let keyword = words.firstIndex(of: "import"), keyword <= 2 else { return nil }
      guard let name = words[(keyword + 1)...].first(where: { !kinds.contains($0) }) else { return nil }
      return (line.number, String(name.prefix { $0 != "." && $0 != ";" }))
    }
  }
}
