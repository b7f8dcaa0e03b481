import Blocks
import Files
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  let system = LocalFileSystem()

  @Test func `A missing directory is said of the path that was asked for`() throws {
    let error = #expect(throws: Diagnostic.self) { _ = try AtomicFile("no-such-directory/a.json", in: system) }
    #expect(error?.code == "files.not-found")
    #expect(error?.location?.path == "no-such-directory/a.json")
  }

  @Test func `A committed file holds what was written, and nothing else is left`() throws {
    try withScratchDirectory { directory in
      // Below, at and above the size of its buffer.
      for size in [0, 1, 1 << 20, (1 << 20) + 1, 3 << 20] {
        var file = try AtomicFile(directory + "/a", in: system)
        try file.write([UInt8](repeating: 7, count: size))
        try file.write([1, 2, 3])
        #expect(file.byteCount == size + 3)
        try file.commit(durable: size == 1)
        #expect(try system.readAll(directory + "/a").suffix(4) == (size == 0 ? [1, 2, 3] : [7, 1, 2, 3]))
        #expect(try system.status(of: directory + "/a")?.byteCount == size + 3)
        #expect(try system.list(directory) == ["a"])
      }
    }
  }

  @Test func `Without commit nothing appears and the temporary file goes away`() throws {
    try withScratchDirectory { directory in
      do {
        var file = try AtomicFile(directory + "/a", in: system)
        try file.write([1])
        #expect(try system.list(directory).count == 1)
        #expect(try system.status(of: directory + "/a") == nil)
      }
      #expect(try system.list(directory) == [])
    }
  }

  @Test(arguments: [FaultyFileSystem.Fault.inputOutput, .diskFull], [false, true])
  func `Whatever call fails, the old file is there or the new one, never half`(
    fault: FaultyFileSystem.Fault, failsOnce: Bool
  ) throws {
    let old = [UInt8](repeating: 1, count: 1000)
    let new = [UInt8](repeating: 2, count: (1 << 20) + 1000)
    try withScratchDirectory { directory in
      let path = directory + "/dataset.json"
      var failingCall = 0
      var succeeded = false
      while !succeeded {
        try system.write(old, to: path)
        let faulty = FaultyFileSystem(failingCall: failingCall, fault: fault, failsOnce: failsOnce)
        do {
          var file = try AtomicFile(path, in: faulty)
          try file.write(Array(new[..<700]))
          try file.write(Array(new[700...]))
          try file.commit()
          succeeded = true
        } catch let error as Diagnostic {
          #expect(error.code == (fault == .diskFull ? "files.disk-full" : "files.io-error"))
        }
        let content = try system.readAll(path)
        #expect(content == (succeeded ? new : old) || content == new)
        if failsOnce { #expect(try system.list(directory) == ["dataset.json"]) }
        failingCall += 1
      }
      // status, create, two writes, sync, close, rename, sync of the directory.
      #expect(failingCall == 9)
    }
  }

  @Test func `A directory or a device is not replaced`() throws {
    withScratchDirectory { directory in
      #expect(code { _ = try AtomicFile(directory, in: system) } == "files.not-a-file")
      #expect(code { _ = try AtomicFile("/dev/null", in: system) } == "files.not-a-file")
    }
  }
}
