import Blocks

/// JSON documents that are not one a line: the members of an array, or one document behind the other, over any number
/// of lines.
///
/// Where a document ends is found by counting brackets outside strings, in the window, without recursion; then it is
/// checked and read as a line of JSON lines is. What stands between documents is checked here.
final class JSONDocuments: DocumentReader {
  /// What may come next between documents.
  private enum Place {
    case top
    /// Behind the bracket of an array, its comma, or a member.
    case opened, separated, member
  }

  private let documents: JSONLines
  private let policy: DocumentPolicy
  private var place = Place.top
  private(set) var line = 1

  init(_ options: InputOptions) {
    documents = JSONLines(options)
    policy = DocumentPolicy(options)
  }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    while let byte = try nextByte(of: window) {
      let location = SourceLocation(path: block.path, byte: window.position, line: line)
      switch (place, byte) {
      case (.top, UInt8(ascii: "[")): step(of: window, to: .opened)
      case (.opened, UInt8(ascii: "]")), (.member, UInt8(ascii: "]")): step(of: window, to: .top)
      case (.member, UInt8(ascii: ",")): step(of: window, to: .separated)
      case (.member, _): throw malformed(location, expected: "',' or ']'", found: byte)
      case (_, UInt8(ascii: ",")), (_, UInt8(ascii: "]")), (_, UInt8(ascii: "}")), (_, UInt8(ascii: ":")):
        throw malformed(location, expected: "a document", found: byte)
      default:
        if place != .top { place = .member }
        try readDocument(of: window, at: location, into: &block)
        return true
      }
    }
    if place != .top {
      throw malformed(
        SourceLocation(path: block.path, byte: window.position, line: line), expected: "']' at the end of the array",
        found: nil)
    }
    return false
  }

  private func readDocument(
    of window: SourceWindow, at location: SourceLocation, into block: inout DocumentBlock
  ) throws(Diagnostic) {
    var extent = JSONExtent()
    var passed = 0
    while true {
      unsafe extent.scan(window.held)
      if extent.isComplete { break }
      if extent.offset > policy.maximumDocumentBytes {
        // Too large to hold: its end is looked for, and nothing kept.
        passed += extent.offset
        pass(extent.offset, of: window)
        extent.offset = 0
      }
      guard try window.fill() else {
        extent.finish()
        break
      }
    }
    guard passed == 0, extent.offset <= policy.maximumDocumentBytes else {
      let byteCount = passed + extent.offset
      pass(extent.offset, of: window)
      return try policy.rejectTooLarge(byteCount, at: location, in: &block)
    }
    try unsafe documents.take(
      UnsafeRawBufferPointer(rebasing: window.held[..<extent.offset]), at: location, into: &block)
    pass(extent.offset, of: window)
  }

  /// The next byte that is not white space; nil at the end.
  private func nextByte(of window: SourceWindow) throws(Diagnostic) -> UInt8? {
    repeat {
      let held = unsafe window.held
      let blank = unsafe held.prefix { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }.count
      let next = unsafe blank < held.count ? held[blank] : nil
      pass(blank, of: window)
      if let next { return next }
    } while try window.fill()
    return nil
  }

  private func step(of window: SourceWindow, to next: Place) {
    window.consume(1)
    place = next
  }

  private func pass(_ byteCount: Int, of window: SourceWindow) {
    line += unsafe window.held[..<byteCount].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    window.consume(byteCount)
  }

  private func malformed(_ location: SourceLocation, expected: String, found byte: UInt8?) -> Diagnostic {
    let found = byte.map {
      $0 > 0x20 && $0 < 0x7F ? "'\(Character(Unicode.Scalar($0)))'" : "the byte \(hexadecimal($0))"
    }
    return Diagnostic(
      "corpus.malformed-json", "the file is not JSON", at: location, expected: expected,
      found: found ?? "the end of the file")
  }
}

/// Where a JSON value ends, looked for a stretch at a time: brackets are counted outside strings, and nothing else is
/// checked.
struct JSONExtent {
  /// Bytes looked at; those of the value once it is complete.
  var offset = 0
  private(set) var isComplete = false
  private var depth = 0
  private var isInString = false
  private var isEscaped = false

  /// Goes on with the bytes behind `offset`.
  mutating func scan(_ bytes: UnsafeRawBufferPointer) {
    while offset < bytes.count, !isComplete {
      if isInString {
        if !isEscaped { offset = unsafe JSONLineField.plainRunEnd(in: bytes, from: offset) }
        if offset < bytes.count { unsafe stepInString(bytes[offset]) }
      } else {
        unsafe step(bytes[offset])
      }
    }
  }

  /// The content ends here: a number or a word needs nothing behind it.
  mutating func finish() { isComplete = true }

  private mutating func stepInString(_ byte: UInt8) {
    offset += 1
    if isEscaped {
      isEscaped = false
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = true
    } else if byte == UInt8(ascii: "\"") {
      isInString = false
      isComplete = depth == 0
    }
  }

  private mutating func step(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      if depth < 0 {
        isComplete = true
        return
      }
      isComplete = depth == 0
    case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
      // A number or a word ends before it.
      if depth == 0 {
        isComplete = true
        return
      }
    default: break
    }
    offset += 1
  }
}
