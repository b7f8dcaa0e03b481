import Testing

@Suite("Written files")
struct WrittenFileTests {
  /// Notes to oneself that do not belong in a finished tree; put together here, so that this file holds none.
  private static let notes = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]

  /// Folders of one machine, likewise.
  private static let machinePaths = ["work", "tmp", "root", "home", "Users"].map { "/" + $0 + "/" }

  @Test("Nothing is left for later in a comment")
  func nothingIsLeftForLater() throws {
    for file in SourceTree.writtenFiles() {
      let left = try SourceTree.lines(of: file, containingAny: Self.notes)
      #expect(left.isEmpty, "\(file):\(left.map(\.number))")
    }
  }

  @Test("No path of one machine")
  func noMachinePaths() throws {
    for file in SourceTree.writtenFiles() where !file.hasPrefix("Tests/") || file.hasSuffix(".md") {
      for (line, text) in try SourceTree.lines(of: file, containingAny: Self.machinePaths) {
        #expect(!Self.machinePaths.contains { Self.names($0, in: text) }, "\(file):\(line)")
      }
    }
  }

  @Test("A line has at most 120 columns")
  func linesAreShort() throws {
    // Scripts that make fixtures carry their data, which is as wide as it is.
    for file in SourceTree.writtenFiles() where !(file.hasSuffix(".py") && file.contains("make_")) {
      let isDocument = file.hasSuffix(".md")
      for (line, text) in try SourceTree.lines(of: file) where text.utf8.count > 120 {
        // A table row or a link cannot be broken.
        if isDocument, text.hasPrefix("|") || text.contains("](") || text.contains("://") { continue }
        #expect(text.count <= 120, "\(file):\(line) has \(text.count) columns")
      }
    }
  }

  @Test("A file ends with one line break, and no line with a blank")
  func whitespaceIsClean() throws {
    for file in SourceTree.writtenFiles() {
      let text = try SourceTree.text(of: file)
      #expect(text.isEmpty || text.hasSuffix("\n") && !text.hasSuffix("\n\n"), "\(file)")
      for (line, text) in SourceTree.numbered(text) {
        #expect(text.last.map { $0 != " " && $0 != "\t" && $0 != "\r" } ?? true, "\(file):\(line)")
      }
    }
  }

  /// Whether an absolute path begins there: `/name/` with nothing of a longer path before it.
  static func names(_ path: String, in text: Substring) -> Bool {
    var rest = text
    while let range = rest.firstRange(of: path) {
      let before = text[..<range.lowerBound].last
      if before.map({ !$0.isLetter && !$0.isNumber && !"._-~$}*".contains($0) }) ?? true { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }
}
