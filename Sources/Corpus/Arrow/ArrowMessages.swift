import ArrowIPC
import Blocks
import Files

/// The messages of an Arrow stream, or of a file, which is a stream between two marks and a directory that nothing here
/// needs.
struct ArrowMessages {
  struct Message {
    var table: FlatTableView
    var headerType: UInt8
    var header: FlatTableView
    /// Bytes of the body, which stand next in the window.
    var bodyByteCount: Int
  }

  private let path: String
  private let limit: Int
  private var hasBegun = false

  static let fileMagic = Array("ARROW1\0\0".utf8)

  init(path: String, limit: Int) {
    self.path = path
    self.limit = limit
  }

  /// Reads the next message without its body; nil at the end of the stream.
  mutating func next(in window: SourceWindow) throws(Diagnostic) -> Message? {
    if !hasBegun {
      hasBegun = true
      if try holds(8, in: window), unsafe window.held.prefix(8).elementsEqual(Self.fileMagic) { window.consume(8) }
    }
    guard try holds(8, in: window) else {
      // A stream may end without its mark.
      guard window.heldByteCount == 0 else { throw truncated(window, expected: "a message") }
      return nil
    }
    let mark = word(at: 0, in: window)
    let size = word(at: 4, in: window)
    guard mark == ArrowFormat.continuation else {
      throw damaged(window, expected: "the bytes FF FF FF FF at the start of a message", found: "something else")
    }
    if size == 0 {
      try skipToEnd(of: window)
      return nil
    }
    guard Int(size) <= limit else { throw tooLarge("the description of a record batch", Int(size), window) }
    let start = window.position + 8
    window.consume(8)
    guard try holds(Int(size), in: window) else { throw truncated(window, expected: "\(size) bytes of metadata") }
    let buffer = FlatBuffer(
      bytes: unsafe Array(window.held.prefix(Int(size))), path: path, fileOffset: start, area: ArrowReader.area)
    window.consume(Int(size))
    let table = try buffer.root()
    guard let header = try table.table(ArrowFormat.MessageSlot.header) else {
      throw table.damaged(expected: "a message with a header", found: "none")
    }
    let bodyByteCount = try table.int64(ArrowFormat.MessageSlot.bodyLength)
    guard bodyByteCount >= 0 else { throw table.damaged(expected: "a body", found: "\(bodyByteCount) bytes") }
    return Message(
      table: table, headerType: try table.uint8(ArrowFormat.MessageSlot.headerType), header: header,
      bodyByteCount: bodyByteCount)
  }

  /// Takes the body of the message just read.
  func body(of message: Message, in window: SourceWindow) throws(Diagnostic) -> [UInt8] {
    guard message.bodyByteCount <= limit else { throw tooLarge("a record batch", message.bodyByteCount, window) }
    var body: [UInt8] = []
    while body.count < message.bodyByteCount {
      if window.heldByteCount == 0, try !window.fill() {
        throw truncated(window, expected: "\(message.bodyByteCount - body.count) more bytes of a record batch")
      }
      let part = min(window.heldByteCount, message.bodyByteCount - body.count)
      unsafe body.append(contentsOf: window.held.prefix(part))
      window.consume(part)
    }
    return body
  }

  /// Passes over the body of the message just read.
  func skipBody(of message: Message, in window: SourceWindow) throws(Diagnostic) {
    var left = message.bodyByteCount
    while left > 0 {
      if window.heldByteCount == 0, try !window.fill() { throw truncated(window, expected: "\(left) more bytes") }
      let part = min(window.heldByteCount, left)
      window.consume(part)
      left -= part
    }
  }

  private func skipToEnd(of window: SourceWindow) throws(Diagnostic) {
    repeat { window.consume(window.heldByteCount) } while try window.fill()
  }

  private func holds(_ byteCount: Int, in window: SourceWindow) throws(Diagnostic) -> Bool {
    while window.heldByteCount < byteCount {
      guard try window.fill() else { return false }
    }
    return true
  }

  private func word(at offset: Int, in window: SourceWindow) -> UInt32 {
    unsafe UInt32(littleEndian: window.held.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private func tooLarge(_ what: String, _ byteCount: Int, _ window: SourceWindow) -> Diagnostic {
    Diagnostic(
      "corpus.page-too-large", "\(what) of '\(path)' is larger than it may be",
      at: SourceLocation(path: path, byte: window.position), expected: "at most \(limit) bytes",
      found: "\(byteCount) bytes", help: "raise `max_buffer_size` if it is one")
  }

  private func truncated(_ window: SourceWindow, expected: String) -> Diagnostic {
    Diagnostic(
      "files.truncated-stream", "'\(path)' ends inside an Arrow message",
      at: SourceLocation(path: path, byte: window.position + window.heldByteCount), expected: expected,
      found: "end of file", help: "the file is probably incomplete: \(ArrowReader.area.help)")
  }

  private func damaged(_ window: SourceWindow, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      "corpus.damaged-metadata", "'\(path)' is damaged", at: SourceLocation(path: path, byte: window.position),
      expected: expected, found: found, help: ArrowReader.area.help)
  }
}
