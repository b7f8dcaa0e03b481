import Testing

@Suite("Fixtures")
struct FixtureTests {
  @Test("Each fixture is mentioned in a README among the fixtures, with its origin")
  func fixturesAreMentioned() throws {
    let mentions = try Self.mentions()
    for file in SourceTree.files(in: "fixtures") where !Self.isReadMe(file) {
      let path = file.dropFirst("fixtures/".count)
      #expect(
        mentions.contains { $0.covers(path) }, "\(file): say in fixtures/README.md what it is and where it is from")
    }
  }

  @Test("A mention is a path, a file's name, a folder with its slash, or a pattern")
  func mentionsAreUnderstood() {
    #expect(Mention("corpora/a.txt").covers("corpora/a.txt"))
    #expect(Mention("fixtures/corpora/a.txt").covers("corpora/a.txt"))
    #expect(Mention("a.txt").covers("corpora/a.txt"))
    #expect(Mention("corpora/").covers("corpora/deep/a.txt"))
    #expect(Mention("corpora/*.txt").covers("corpora/a.txt"))
    #expect(Mention("*.txt").covers("corpora/a.txt"))
    #expect(!Mention("corpora").covers("corpora/a.txt"))
    #expect(!Mention("corpora/*.txt").covers("corpora/deep/a.txt"))
    #expect(!Mention("corpora/b.txt").covers("corpora/a.txt"))
    #expect(!Mention("*").covers("a.txt"))
  }

  @Test("The READMEs mention no fixture that is gone")
  func mentionedFixturesExist() throws {
    let files = SourceTree.files(in: "fixtures").map { $0.dropFirst("fixtures/".count) }
    for mention in try Self.mentions() where mention.isPath {
      #expect(files.contains { mention.covers($0) }, "no fixture is \(mention.pattern)")
    }
  }

  private static func isReadMe(_ path: String) -> Bool {
    path.split(separator: "/").last.map { $0.hasPrefix("README") && $0.hasSuffix(".md") } ?? false
  }

  /// What stands between backticks in the READMEs.
  private static func mentions() throws -> [Mention] {
    try SourceTree.files(in: "fixtures", where: isReadMe).flatMap { file in
      try SourceTree.text(of: file).matches(of: /`([^`\s]+)`/).map { Mention(String($0.output.1)) }
    }
  }
}

/// A way to name fixtures: `corpora/a.txt`, `a.txt`, `corpora/`, `corpora/*.txt`; all from the folder of fixtures.
struct Mention {
  let pattern: String

  init(_ text: String) {
    pattern = text.hasPrefix("fixtures/") ? String(text.dropFirst("fixtures/".count)) : text
  }

  /// Whether it can only be meant as a path inside the fixtures: the beginning of one, with an ending.
  var isPath: Bool {
    let parts = pattern.split(separator: "/")
    guard parts.count > 1, let last = parts.last else { return false }
    return last.contains(".") && SourceTree.exists("fixtures/" + parts[0])
  }

  func covers(_ path: Substring) -> Bool {
    if pattern.hasSuffix("/") { return path.hasPrefix(pattern) }
    if pattern.allSatisfy({ $0 == "*" || $0 == "/" }) { return false }
    let wanted = pattern.split(separator: "/")
    let parts = path.split(separator: "/")
    if wanted.count == 1 { return parts.last.map { Self.matches(wanted[0], $0) } ?? false }
    return wanted.count == parts.count && zip(wanted, parts).allSatisfy { Self.matches($0, $1) }
  }

  /// Matching with `*` for any run of characters.
  private static func matches(_ pattern: Substring, _ name: Substring) -> Bool {
    guard let star = pattern.firstIndex(of: "*") else { return pattern == name }
    let head = pattern[..<star]
    let tail = pattern[pattern.index(after: star)...]
    guard name.hasPrefix(head) else { return false }
    let rest = name.dropFirst(head.count)
    return rest.indices.contains { matches(tail, rest[$0...]) } || matches(tail, rest[rest.endIndex...])
  }
}
