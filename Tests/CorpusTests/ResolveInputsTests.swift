import Blocks
import Corpus
import Files
import TestSupport
import Testing

@Suite struct ResolveInputsTests {
  let system = LocalFileSystem()

  @Test func `Files, patterns and directories are found in order, each file once`() throws {
    try withScratchDirectory { directory in
      for name in [
        "b.jsonl.zst", "a.txt", "sub/c.ndjson.gz", "sub/d.csv", ".hidden.txt", ".h/e.txt", "f.json", "g.text",
      ] {
        try system.makeDirectory(parentDirectory(of: directory + "/" + name))
        try system.write("x", to: directory + "/" + name)
      }
      func resolve(_ patterns: String...) throws -> [String] {
        let files = try resolveInputs(patterns.map { $0 == "-" ? $0 : directory + "/" + $0 })
        #expect(files.map(\.index) == Array(files.indices))
        return files.map { $0.path == "-" ? "-" : String($0.path.dropFirst(directory.count + 1)) }
      }
      #expect(try resolve("") == ["a.txt", "b.jsonl.zst", "g.text", "sub/c.ndjson.gz", "sub/d.csv"])
      #expect(try resolve("sub/d.csv", "a.txt") == ["sub/d.csv", "a.txt"])
      #expect(
        try resolve("*.txt", "a.txt", "./a.txt", "*")
          == ["a.txt", "b.jsonl.zst", "f.json", "g.text", "sub/c.ndjson.gz", "sub/d.csv"])
      #expect(try resolve("sub/../a.txt", "**/*.gz", "-", "-") == ["sub/../a.txt", "sub/c.ndjson.gz", "-"])
      #expect(try resolve(".hidden.txt") == [".hidden.txt"])
    }
  }

  @Test func `A list names files, patterns and folders, a line each`() throws {
    try withScratchDirectory { directory in
      for name in ["b.txt", "a.txt", "sub/c.txt", "@d.txt"] {
        try system.makeDirectory(parentDirectory(of: directory + "/" + name))
        try system.write("x", to: directory + "/" + name)
      }
      let list = directory + "/list"
      try system.write("# two\n\(directory)/sub\r\n\n\(directory)/[ab].txt\n\(directory)/@d.txt", to: list)
      let found = try resolveInputs(["@" + list]).map { String($0.path.dropFirst(directory.count + 1)) }
      #expect(found == ["sub/c.txt", "a.txt", "b.txt", "@d.txt"])
      func problem(_ content: [UInt8]) throws -> Diagnostic? {
        try system.write(content, to: list)
        return diagnostic { () throws(Diagnostic) in try resolveInputs(["@" + list]) }
      }
      let missing = try problem(Array("\n\(directory)/none.txt\n".utf8))
      #expect(missing?.code == "corpus.no-input" && missing?.location == SourceLocation(path: list, line: 2))
      #expect(try problem(Array("@other".utf8))?.message == "a list names another list")
      #expect(try problem([0x61, 0xFF])?.code == "corpus.bad-list")
    }
  }

  @Test func `Standard input and pipes have no size, files do`() throws {
    let files = try resolveInputs(["-", "/dev/null", fixture("docs.txt")])
    #expect(files.map(\.byteCount) == [nil, nil, 3836])
  }

  @Test func `A name with pattern characters is first taken as it is`() throws {
    try withScratchDirectory { directory in
      try system.write("x", to: directory + "/a[1].txt")
      #expect(try resolveInputs([directory + "/a[1].txt"]).count == 1)
    }
  }

  @Test func `A pattern that leads to nothing is an error that says so`() {
    withScratchDirectory { directory in
      for pattern in ["no.txt", "*.txt", "no/*"] {
        let error = diagnostic { () throws(Diagnostic) in try resolveInputs([directory + "/" + pattern]) }
        #expect(error?.code == "corpus.no-input")
      }
      #expect(
        diagnostic { () throws(Diagnostic) in try resolveInputs([directory]) }?.description == """
          error[corpus.no-input]: the directory '\(directory)' holds no corpus file
            at        \(directory)
            expected  names that end in .jsonl, .ndjson, .txt, .text or .tar, packed or not
            help      name the files with a pattern, as in '\(directory)/*'
          """)
    }
  }
}
