import Blocks
import Files
import TestSupport
import Testing

@Suite struct LocalFileSystemTests {
  let system = LocalFileSystem()

  @Test func `What was written is read back`() throws {
    try withScratchDirectory { directory in
      let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try system.write(bytes, to: directory + "/a")
      #expect(try system.readAll(directory + "/a") == bytes)
      #expect(try system.readAll(directory + "/a", limit: bytes.count) == bytes)
      #expect(try system.status(of: directory + "/a")?.byteCount == bytes.count)
      let mapped = try unsafe system.map(directory + "/a").withBytes { unsafe Array($0) }
      #expect(mapped == bytes)
      let file = try system.openForReading(directory + "/a")
      var part = [UInt8](repeating: 0, count: 10)
      let count = try unsafe part.withUnsafeMutableBytes { try unsafe file.read(into: $0, at: 199_995) }
      #expect(count == 5 && Array(part[..<5]) == Array(bytes[199_995...]))
    }
  }

  @Test func `An empty file reads as nothing, read or mapped`() throws {
    try withScratchDirectory { directory in
      try system.write("", to: directory + "/a")
      #expect(try system.readAll(directory + "/a") == [])
      #expect(try system.map(directory + "/a").byteCount == 0)
    }
  }

  @Test func `A file over the limit is refused`() throws {
    try withScratchDirectory { directory in
      try system.write("12345", to: directory + "/a")
      let error = #expect(throws: Diagnostic.self) { try system.readAll(directory + "/a", limit: 4) }
      #expect(error?.code == "files.too-large")
    }
  }

  @Test func `Names come sorted by bytes, hidden ones too`() throws {
    try withScratchDirectory { directory in
      for name in ["b", "a", "é", "Z", ".h", "a\nb"] { try system.write("", to: directory + "/" + name) }
      #expect(try system.list(directory) == [".h", "Z", "a", "a\nb", "b", "é"])
    }
  }

  @Test func `A lock keeps others out until it is released or let go`() throws {
    try withScratchDirectory { directory in
      let path = directory + "/lock"
      let lock = try system.lock(path)
      let error = #expect(throws: Diagnostic.self) { try system.lock(path) }
      #expect(error?.code == "files.locked")
      lock.release()
      lock.release()
      #expect(try system.status(of: path) == nil)
      do { _ = try system.lock(path) }
      // A file that a killed process left locks nobody out.
      try system.write("", to: path)
      try system.lock(path).release()
      #expect(throws: Diagnostic.self) { try system.lock(directory + "/missing/lock") }
    }
  }

  @Test func `Directories are made with those above, twice without harm, and removed with what they hold`() throws {
    try withScratchDirectory { directory in
      try system.makeDirectory(directory + "/x/y//z/")
      try system.makeDirectory(directory + "/x/y/z")
      try system.write("1", to: directory + "/x/y/z/f")
      #expect(try system.status(of: directory + "/x/y/z/f")?.kind == .file)
      try system.removeTree(directory + "/x")
      #expect(try system.status(of: directory + "/x") == nil)
      try system.removeTree(directory + "/x")
      try system.remove(directory + "/x")
    }
  }

  @Test func `A file in the way of a directory is named`() throws {
    try withScratchDirectory { directory in
      try system.write("", to: directory + "/f")
      #expect(code { try system.makeDirectory(directory + "/f") } == "files.exists")
      #expect(code { try system.makeDirectory(directory + "/f/g") } == "files.not-a-directory")
    }
  }

  @Test func `Free space is known`() throws {
    #expect(try system.availableBytes(at: ".") ?? 0 > 0)
  }

  @Test func `Each refusal has its code`() throws {
    try withScratchDirectory { directory in
      #expect(try system.status(of: directory + "/no") == nil)
      #expect(code { try system.readAll(directory + "/no") } == "files.not-found")
      #expect(code { try system.create(directory + "/no/no") } == "files.not-found")
      #expect(code { try system.readAll(directory) } == "files.is-a-directory")
      #expect(code { try system.map(directory) } == "files.is-a-directory")
      #expect(code { try system.list(directory + "/no") } == "files.not-found")
      #expect(code { try system.create(String(repeating: "n", count: 300)) } == "files.name-too-long")
      #expect(code { try system.readAll("a\0b") } == "files.zero-in-path")
      try system.makeDirectory(directory + "/d/e")
      #expect(code { try system.rename(directory + "/no", to: directory + "/x") } == "files.not-found")
      #expect(code { try system.syncDirectory(directory + "/no") } == "files.not-found")
    }
  }

  @Test func `A refusal says what, why and what to do`() {
    let error = Diagnostic.refused(.write, "out/a.arrow", errno: 28)
    #expect(
      error.description == """
        error[files.disk-full]: cannot write to 'out/a.arrow'
          at        out/a.arrow
          found     No space left on device (errno 28)
          help      free some space or choose another directory, then run the same command again
        """)
  }

  @Test(.enabled(if: LocalFileSystemTests.hasFullDevice)) func `A full device reports itself`() throws {
    #expect(code { try system.write("text", to: "/dev/full") } == "files.disk-full")
  }

  @Test func `Writing after closing is an error, closing twice is not`() throws {
    try withScratchDirectory { directory in
      let file = try system.create(directory + "/a")
      try file.close()
      try file.close()
      #expect(code { try file.sync() } == "files.system-error")
    }
  }

  static let hasFullDevice = (try? LocalFileSystem().status(of: "/dev/full")) != nil
}

/// The code of what `body` throws; nil when it throws nothing.
func code<R>(_ body: () throws -> R) -> String? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? Diagnostic)?.code
  }
}
