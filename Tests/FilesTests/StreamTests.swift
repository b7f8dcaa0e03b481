import Blocks
import Files
import TestSupport
import Testing

@Suite struct StreamTests {
  static let containers = [
    "docs.jsonl", "docs.jsonl.zst", "docs.frames.jsonl.zst", "docs.jsonl.gz", "docs.members.jsonl.gz",
    "docs.headers.jsonl.gz", "docs.jsonl.bz2", "docs.streams.jsonl.bz2", "docs.jsonl.xz", "docs.streams.jsonl.xz",
    "docs.jsonl.lz4", "docs.frames.jsonl.lz4",
  ]

  @Test(arguments: containers) func `Every container gives the same bytes, whatever the sizes of the reads`(
    name: String
  ) throws {
    let wanted = try LocalFileSystem().readAll(fixture("docs.jsonl"))
    for (fileRead, request) in [(Int.max, 1 << 16), (1, 100), (2, 1), (3, 7), (7, 4096)] {
      let source = try openDecompressed(fixture(name), in: FaultyFileSystem(longestRead: fileRead))
      let isSame = drain(source, request: request).bytes == wanted
      #expect(isSame)
      #expect(source.compressedByteCount == (try LocalFileSystem().status(of: fixture(name))?.byteCount))
    }
  }

  @Test func `Frames and members are counted`() throws {
    for (name, last) in [
      ("docs.jsonl", 0), ("docs.jsonl.zst", 0), ("docs.frames.jsonl.zst", 8), ("docs.jsonl.gz", 0),
      ("docs.members.jsonl.gz", 3), ("docs.streams.jsonl.bz2", 3), ("docs.streams.jsonl.xz", 3),
      ("docs.frames.jsonl.lz4", 3),
    ] {
      let source = try openDecompressed(fixture(name), in: LocalFileSystem())
      #expect(drain(source, request: 100).error == nil)
      #expect(source.frame == last, "\(name)")
    }
  }

  @Test(arguments: [
    "docs.jsonl.zst", "docs.frames.jsonl.zst", "docs.jsonl.gz", "docs.members.jsonl.gz", "docs.streams.jsonl.bz2",
    "docs.streams.jsonl.xz", "docs.frames.jsonl.lz4",
  ])
  func `A cut at any byte gives a prefix, and an error unless it falls between frames`(name: String) throws {
    let system = LocalFileSystem()
    let whole = try system.readAll(fixture(name))
    let wanted = try system.readAll(fixture("docs.jsonl"))
    var clean = 0
    try withScratchDirectory { directory in
      // The first three bytes alone are no sign of a compression.
      for end in stride(from: name.hasSuffix(".bz2") ? 10 : 4, to: whole.count, by: whole.count / 300 | 1) {
        try system.write(Array(whole[..<end]), to: directory + "/" + name)
        let result = decompress(directory + "/" + name)
        let isPrefix = wanted.starts(with: result.bytes)
        #expect(isPrefix)
        if result.error == nil { clean += 1 }
        // A cut in the padding of xz leaves zeros that are no multiple of four.
        let isPadding = name.contains(".xz") && result.error?.code == "files.corrupt-stream"
        #expect(result.error == nil || result.error?.code == "files.truncated-stream" || isPadding)
      }
    }
    #expect(clean <= 9)
  }

  @Test(arguments: ["docs.jsonl.zst", "docs.jsonl.gz", "docs.jsonl.bz2", "docs.jsonl.xz", "docs.jsonl.lz4"])
  func `A flipped bit is an error at once or at the checksum, and never a crash`(name: String) throws {
    let system = LocalFileSystem()
    let whole = try system.readAll(fixture(name))
    let wanted = try system.readAll(fixture("docs.jsonl"))
    try withScratchDirectory { directory in
      for bit in stride(from: 8 * 10, to: 8 * whole.count, by: 29) {
        var damaged = whole
        damaged[bit / 8] ^= 1 << (bit % 8)
        try system.write(damaged, to: directory + "/" + name)
        let result = decompress(directory + "/" + name)
        // Some bits of a header mean nothing for the content: a time, a system.
        let isUnharmed = result.bytes == wanted
        #expect(result.error != nil || isUnharmed)
      }
    }
  }

  /// Found by the fuzzer: of lz4, a block went lost when a read ended within its last four bytes.
  @Test(arguments: ["docs.jsonl.zst", "docs.members.jsonl.gz", "docs.streams.jsonl.bz2", "docs.frames.jsonl.lz4"])
  func `What arrives before damage does not depend on the sizes of reads`(name: String) throws {
    let system = LocalFileSystem()
    let whole = try system.readAll(fixture(name))
    try withScratchDirectory { directory in
      let path = directory + "/" + name
      for place in stride(from: 12, to: whole.count, by: whole.count / 40 | 1) {
        var damaged = whole
        damaged[place] = ~damaged[place]
        try system.write(damaged, to: path)
        let wanted = decompress(path)
        for longestRead in [5, 11, 64] {
          let found = drain(
            try openDecompressed(path, in: FaultyFileSystem(longestRead: longestRead)), request: 1 << 16)
          let isSame = found.bytes == wanted.bytes && found.error == wanted.error
          #expect(isSame, "byte \(place), reads of \(longestRead)")
        }
      }
    }
  }

  @Test func `All blocks before a damaged one arrive`() throws {
    let system = LocalFileSystem()
    var bytes = try system.readAll(fixture("numbers.txt.zst"))
    // Walk to the header of the third block: magic 4, descriptor 1, then window or size as the descriptor says.
    let sizeBytes = [0, 2, 4, 8][Int(bytes[4] >> 6)]
    let isSingleSegment = bytes[4] & 0x20 != 0
    var offset = 5 + (isSingleSegment ? max(sizeBytes, 1) : 1 + sizeBytes)
    for _ in 0..<2 {
      offset += 3 + Int(UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16) >> 3
    }
    bytes[offset] |= 0b110  // the reserved block type
    try withScratchDirectory { directory in
      try system.write(bytes, to: directory + "/a.zst")
      for request in [1000, 1 << 20] {
        let result = drain(try openDecompressed(directory + "/a.zst", in: system), request: request)
        #expect(result.bytes.count == 2 << 17)
        #expect(result.error?.code == "files.corrupt-stream")
        #expect(result.error?.location?.byte == 2 << 17)
      }
    }
  }

  @Test func `Trailing zeros pass behind gzip, anything else does not`() throws {
    let whole = try LocalFileSystem().readAll(fixture("docs.jsonl.gz"))
    let zst = try LocalFileSystem().readAll(fixture("docs.jsonl.zst"))
    #expect(decompress(whole + [0, 0, 0]).error == nil)
    #expect(decompress(whole + [0, 0, 1]).error?.code == "files.corrupt-stream")
    #expect(decompress(whole + [0] + whole).error?.code == "files.corrupt-stream")
    #expect(decompress(whole + Array("text".utf8)).error?.code == "files.corrupt-stream")
    #expect(decompress(zst + Array("text".utf8)).error?.code == "files.corrupt-stream")
  }

  @Test func `Zeros behind xz come in fours, and behind bzip2 and lz4 not at all`() throws {
    let xz = try LocalFileSystem().readAll(fixture("docs.jsonl.xz"))
    #expect(decompress(xz + [0, 0, 0, 0]).error == nil)
    #expect(decompress(xz + [0, 0, 0, 0] + xz).error == nil)
    #expect(decompress(xz + [0, 0, 0]).error?.code == "files.corrupt-stream")
    for name in ["docs.jsonl.bz2", "docs.jsonl.lz4"] {
      let whole = try LocalFileSystem().readAll(fixture(name))
      #expect(decompress(whole + [0, 0, 0, 0]).error?.code == "files.corrupt-stream")
      #expect(decompress(whole + whole).error == nil)
    }
  }

  @Test func `A failed read is reported, and again at the next call`() throws {
    for name in ["docs.jsonl.zst", "docs.jsonl.gz", "docs.jsonl"] {
      // Calls: open, the first read, and reads of 100 bytes from there.
      let faulty = FaultyFileSystem(failingCall: 8, longestRead: 100)
      let source = try openDecompressed(fixture(name), in: faulty)
      let result = drain(source, request: 50)
      #expect(result.error?.code == "files.io-error")
      #expect(drain(source, request: 50).error?.code == "files.io-error")
    }
  }

  @Test func `Messages say what is wrong and what to do`() throws {
    func message(_ path: String) -> String? { decompress(path).error?.description }
    try withScratchDirectory { directory in
      let system = LocalFileSystem()
      let path = directory + "/a.zst"
      try system.write(Array(try system.readAll(fixture("docs.jsonl.zst")).dropLast(2)), to: path)
      #expect(
        message(path) == """
          error[files.truncated-stream]: '\(path)' ends inside a zstd frame
            at        \(path): byte 6350, frame 0
            expected  at least 2 more bytes of this frame
            found     end of file
            help      the file is probably incomplete: fetch or write it again
          """)
      try system.write([], to: path)
      #expect(
        message(path) == """
          error[files.truncated-stream]: '\(path)' ends before its content begins
            at        \(path): byte 0, frame 0
            found     an empty file
            help      the file is probably incomplete: fetch or write it again
          """)
      try system.write([0x02, 0x21, 0x4C, 0x18, 0x00], to: path)
      #expect(
        message(path) == """
          error[files.unsupported-codec]: '\(path)' is lz4 (legacy), which is not read
            at        \(path)
            expected  plain text, zstd, gzip, bzip2, xz or lz4
            found     lz4 (legacy)
            help      recompress it: `lz4 -dc FILE | zstd > FILE.zst`
          """)
      #expect(
        message(fixture("window-28.txt.zst"))?.split(separator: "\n").dropFirst(2).joined(separator: "\n") == """
            expected  a window of at most 2^27 bytes
            found     Frame requires too much memory for decoding
            help      raise `limits.window`, or recompress it: `zstd -dc --long=31 FILE | zstd --long=27`
          """)
    }
  }

  @Test func `A larger window is read when it is allowed`() throws {
    let source = try openDecompressed(
      fixture("window-28.txt.zst"), in: LocalFileSystem(), limits: StreamLimits(windowByteCount: 1 << 28))
    #expect(drain(source, request: 100).bytes == Array("hello\n".utf8))
  }
}

struct Drained {
  var bytes: [UInt8] = []
  var error: Diagnostic?
}

/// Reads a source to its end or its error, `request` bytes at a time.
func drain(_ source: any ByteSource, request: Int) -> Drained {
  var result = Drained()
  var buffer = [UInt8](repeating: 0, count: request)
  do throws(Diagnostic) {
    while true {
      var span = buffer.mutableSpan
      let count = try unsafe span.withUnsafeMutableBytes { bytes throws(Diagnostic) in
        try unsafe source.read(into: bytes)
      }
      if count == 0 { return result }
      result.bytes += buffer[..<count]
    }
  } catch {
    result.error = error
  }
  return result
}

func decompress(_ path: String) -> Drained {
  do throws(Diagnostic) {
    return drain(try openDecompressed(path, in: LocalFileSystem()), request: 1 << 16)
  } catch {
    return Drained(error: error)
  }
}

func decompress(_ bytes: [UInt8]) -> Drained {
  withScratchDirectory { directory in
    do throws(Diagnostic) {
      try LocalFileSystem().write(bytes, to: directory + "/a")
    } catch {
      return Drained(error: error)
    }
    return decompress(directory + "/a")
  }
}

func fixture(_ name: String) -> String {
  parentDirectory(of: parentDirectory(of: parentDirectory(of: #filePath))) + "/fixtures/corpus/" + name
}
