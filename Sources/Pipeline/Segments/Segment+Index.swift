import Blocks
import Files
import JSONText

extension Segment.Index {
  /// The footer's content.
  var footer: JSONValue {
    .object(
      JSONObject([
        ("summary", summary.json),
        (
          "sections",
          .array(
            sections.map { section in
              .object(
                JSONObject([
                  ("offset", .integer(section.byteOffset)), ("rows", .integer(section.rowCount)),
                  ("bytes", .integer(section.byteCount)),
                ]))
            })
        ),
      ]))
  }

  /// Opens a segment that an earlier run left, or returns nil when it is not whole: then the block is made again.
  ///
  /// Reads the file once, to prove its checksum.
  init?(verifying path: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    guard let status = try fileSystem.status(of: path), status.kind == .file else { return nil }
    guard status.byteCount >= Segment.head.count + Segment.trailerByteCount else { return nil }
    let file = try fileSystem.openForReading(path)
    var hash = XXH64()
    var rest: [UInt8] = []
    var remaining = status.byteCount - (Segment.trailerByteCount - 8)
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while remaining > 0 {
      let wanted = Swift.min(remaining, chunk.count)
      let count = try file.read(into: &chunk, upTo: wanted)
      if count == 0 { return nil }
      hash.update(unsafe chunk.span.extracting(0..<count).bytes)
      remaining -= count
    }
    rest = [UInt8](repeating: 0, count: Segment.trailerByteCount)
    guard try file.readExactly(into: &rest, at: status.byteCount - rest.count) else { return nil }
    guard Array(rest[16...]) == Segment.tail, rest.littleEndian(at: 8, byteCount: 8) == hash.value else { return nil }

    let footerByteCount = Int(clamping: rest.littleEndian(at: 0, byteCount: 8))
    let footerOffset = status.byteCount - Segment.trailerByteCount - footerByteCount
    guard footerOffset >= Segment.head.count else { return nil }
    var footer = [UInt8](repeating: 0, count: footerByteCount)
    guard try file.readExactly(into: &footer, at: footerOffset) else { return nil }
    let json = try JSONValue(parsing: footer, path: path)
    guard let summary = json["summary"].flatMap(BlockSummary.init(json:)) else { return nil }
    var sections: [Segment.Section] = []
    for section in json["sections"]?.array ?? [] {
      guard let offset = section["offset"]?.integer, let rows = section["rows"]?.integer,
        let bytes = section["bytes"]?.integer
      else { return nil }
      sections.append(.init(byteOffset: offset, rowCount: rows, byteCount: bytes))
    }
    self.init(path: path, summary: summary, sections: sections, checksum: hash.value)
  }
}

extension ReadableFile {
  /// Fills the front of `buffer` with up to `count` bytes and returns how many there were.
  func read(into buffer: inout [UInt8], upTo count: Int) throws(Diagnostic) -> Int {
    var got = 0
    var failure: Diagnostic?
    unsafe buffer.withUnsafeMutableBytes { bytes in
      do throws(Diagnostic) {
        got = unsafe try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return got
  }

  /// Fills `buffer` from position `start` on out of a place in the file; false when the file ends before.
  func readExactly(into buffer: inout [UInt8], from start: Int = 0, at offset: Int) throws(Diagnostic) -> Bool {
    var isWhole = true
    var failure: Diagnostic?
    unsafe buffer.withUnsafeMutableBytes { whole in
      let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: whole[start...])
      var done = 0
      do throws(Diagnostic) {
        while done < bytes.count {
          let count = unsafe try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[done...]), at: offset + done)
          if count == 0 {
            isWhole = false
            return
          }
          done += count
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return isWhole
  }
}
