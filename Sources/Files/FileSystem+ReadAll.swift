public import Blocks

extension FileSystem {
  /// The whole content of a file.
  ///
  /// - Parameter limit: the most bytes the caller is ready to hold.
  /// - Throws: `files.too-large` when the file has more than `limit` bytes.
  public func readAll(_ path: String, limit: Int? = nil) throws(Diagnostic) -> [UInt8] {
    let file = try openForReading(path)
    let expected = path == "-" ? nil : try status(of: path)
    var bytes: [UInt8] = []
    // One byte more than expected: a file that did not grow ends in the second read, without a bigger buffer.
    var room = expected?.kind == .file ? max(expected?.byteCount ?? 0, 0) + 1 : 1 << 16
    if let limit { room = min(room, limit + 1) }
    while true {
      let start = bytes.count
      bytes += [UInt8](repeating: 0, count: room)
      let count = try read(from: file, into: &bytes, from: start)
      bytes.removeLast(room - count)
      if count == 0 { return bytes }
      if let limit, bytes.count > limit {
        throw Diagnostic(
          "files.too-large", "'\(path)' is larger than it may be", at: SourceLocation(path: path),
          expected: "at most \(limit) bytes")
      }
      room = max(1, min(max(1 << 16, bytes.count), limit.map { $0 + 1 - bytes.count } ?? .max))
    }
  }

  private func read(from file: any ReadableFile, into bytes: inout [UInt8], from start: Int) throws(Diagnostic) -> Int {
    var span = bytes.mutableSpan
    return try unsafe span.withUnsafeMutableBytes { buffer throws(Diagnostic) in
      try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
    }
  }
}
