import Files
import TestSupport
import Testing

@Suite struct GlobTests {
  @Test(arguments: [
    ("*", "abc", true), ("*", "", true), ("*", ".hidden", false), (".*", ".hidden", true), ("a*c", "abbc", true),
    ("a*c", "abcb", false), ("?", "é", true), ("?", "", false), ("[a-c]x", "bx", true), ("[a-c]x", "dx", false),
    ("[!a-c]x", "dx", true), ("[^a-c]x", "ax", false), ("[]]", "]", true), ("[", "[", true), ("a[b", "a[b", true),
    ("\\*", "*", true), ("\\*", "a", false), ("*.jsonl.zst", "part-1.jsonl.zst", true),
    ("*a*a*a*b", "aaaaaaaaaa", false),
    ("[z-a]", "m", false), ("part-[0-9][0-9]", "part-07", true), ("[a\\]]", "]", true), ("**", "a", true),
  ])
  func `A part matches whole names`(pattern: String, name: String, matches: Bool) {
    #expect(GlobPart(pattern).matches(name) == matches)
  }

  @Test func `Patterns reach through directories, in order of bytes`() throws {
    try withScratchDirectory { directory in
      let system = LocalFileSystem()
      for path in ["a/1.txt", "a/2.json", "b/c/3.txt", "b/c/.h.txt", "4.txt", "b/.d/5.txt"] {
        try system.makeDirectory(parentDirectory(of: directory + "/" + path))
        try system.write("", to: directory + "/" + path)
      }
      func glob(_ pattern: String) throws -> [String] {
        try system.glob(directory + "/" + pattern).map { String($0.dropFirst(directory.count + 1)) }
      }
      #expect(try glob("*.txt") == ["4.txt"])
      #expect(try glob("*/*.txt") == ["a/1.txt"])
      #expect(try glob("**/*.txt") == ["4.txt", "a/1.txt", "b/c/3.txt"])
      #expect(try glob("**/**/*.txt") == ["4.txt", "a/1.txt", "b/c/3.txt"])
      #expect(try glob("b/**") == ["b/c", "b/c/3.txt"])
      #expect(try glob("b/.d/*") == ["b/.d/5.txt"])
      #expect(try glob("{a,b}/*") == [])
      #expect(try glob("a/1.txt") == ["a/1.txt"])
      #expect(try glob("no/*") == [])
    }
  }

  @Test(arguments: [
    ("a/b", "a"), ("a", "."), ("/a", "/"), ("/", "/"), ("a/b/", "a"), ("a//b", "a"), ("//a", "/"), ("", "."),
  ])
  func `The directory of a path`(path: String, parent: String) {
    #expect(parentDirectory(of: path) == parent)
  }
}
