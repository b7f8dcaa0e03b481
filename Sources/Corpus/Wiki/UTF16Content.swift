import Blocks
import Files

/// Content in UTF-16 read as UTF-8, for XML, every reader of which must know both; lone halves become U+FFFD.
final class UTF16Content: ByteSource {
  private let window: SourceWindow
  private let isBigEndian: Bool
  let path: String
  private var pending: [UInt8] = []
  private var high: UInt32?

  init(_ window: SourceWindow, path: String, isBigEndian: Bool) {
    self.window = window
    self.path = path
    self.isBigEndian = isBigEndian
  }

  var frame: Int { 0 }
  var compressedByteCount: Int { window.compressedByteCount }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    while pending.isEmpty {
      guard try decodeMore() else { return 0 }
    }
    let part = pending.prefix(buffer.count)
    unsafe buffer.copyBytes(from: part)
    pending.removeFirst(part.count)
    return part.count
  }

  /// Decodes what the window holds; false at the end.
  private func decodeMore() throws(Diagnostic) -> Bool {
    while window.heldByteCount < 2 {
      guard try window.fill() else {
        let isRest = window.heldByteCount > 0 || high != nil
        window.consume(window.heldByteCount)
        high = nil
        if isRest { pending += "\u{FFFD}".utf8 }
        return isRest
      }
    }
    // A piece at a time: what was not taken yet is moved when it is.
    let count = min(window.heldByteCount, 1 << 16) & ~1
    for index in stride(from: 0, to: count, by: 2) {
      let (first, second) = unsafe (UInt32(window.held[index]), UInt32(window.held[index + 1]))
      append(isBigEndian ? first << 8 | second : second << 8 | first)
    }
    window.consume(count)
    return true
  }

  private func append(_ unit: UInt32) {
    if let high {
      self.high = nil
      if unit & 0xFC00 == 0xDC00 {
        return append(scalar: 0x1_0000 + (high & 0x3FF) << 10 + (unit & 0x3FF))
      }
      append(scalar: 0xFFFD)
    }
    if unit & 0xFC00 == 0xD800 { high = unit } else { append(scalar: unit) }
  }

  private func append(scalar: UInt32) {
    let scalar = Unicode.Scalar(scalar) ?? "\u{FFFD}"
    pending.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }
}

/// A reader of content that is transcoded on the way.
final class TranscodedReader: DocumentReader {
  private let inner: SourceWindow
  private let reader: any DocumentReader

  init(_ window: SourceWindow, path: String, isBigEndian: Bool, _ reader: any DocumentReader) {
    inner = SourceWindow(UTF16Content(window, path: path, isBigEndian: isBigEndian))
    self.reader = reader
  }

  var line: Int { reader.line }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    try reader.readUnit(from: inner, into: &block)
  }
}
