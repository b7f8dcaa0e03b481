import Blocks
import Corpus
import Files

/// Cuts a stream into blocks of whole lines, a document each.
struct LineBlocks {
  private let path: String
  private let source: any ByteSource
  private var rest: [UInt8] = []
  private var isAtEnd = false
  private var line = 1
  private var byte = 0

  init(path: String, source: any ByteSource) {
    self.path = path
    self.source = source
  }

  /// Fills a block with the lines of about `byteCount` bytes; false at the end.
  mutating func next(into block: inout DocumentBlock, byteCount: Int) throws(Diagnostic) -> Bool {
    block.removeAll()
    block.path = path
    swap(&block.bytes, &rest)
    rest.removeAll(keepingCapacity: true)
    var searched = 0
    var end: Int?
    while !isAtEnd, end == nil {
      try fill(&block.bytes, byteCount: byteCount)
      end = block.bytes[searched...].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
      searched = block.bytes.count
    }
    if !isAtEnd, let end {
      rest.append(contentsOf: block.bytes[end...])
      block.bytes.removeSubrange(end...)
    }
    if block.bytes.isEmpty { return false }
    try cutLines(of: &block)
    return true
  }

  private mutating func fill(_ bytes: inout [UInt8], byteCount: Int) throws(Diagnostic) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: byteCount))
    var done = start
    var failure: Diagnostic?
    unsafe bytes.withUnsafeMutableBytes { buffer in
      do throws(Diagnostic) {
        while done < buffer.count {
          let count = unsafe try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
          if count == 0 { break }
          done += count
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    isAtEnd = done < bytes.count
    bytes.removeSubrange(done...)
  }

  private mutating func cutLines(of block: inout DocumentBlock) throws(Diagnostic) {
    var start = 0
    while start < block.bytes.count {
      let newline = block.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? block.bytes.count
      var end = newline
      if newline < block.bytes.count, end > start, block.bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
      let invalid = unsafe block.bytes.withUnsafeBytes { bytes in
        unsafe UTF8Check.firstInvalidOffset(in: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      }
      if let bad = invalid {
        throw Diagnostic(
          "tokenize.invalid-utf8", "\(path) is not valid UTF-8",
          at: SourceLocation(path: path, byte: byte + bad, line: line, column: bad + 1),
          found: "byte 0x" + String(block.bytes[start + bad], radix: 16, uppercase: true),
          help: "convert the file to UTF-8, or use `build` with on_error: repair")
      }
      block.documents.append(
        Document(start: start, byteCount: end - start, sourceByte: byte, sourceLine: line))
      byte += newline + 1 - start
      line += 1
      start = newline + 1
    }
  }
}
