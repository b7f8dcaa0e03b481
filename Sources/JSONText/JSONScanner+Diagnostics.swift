public import Blocks

extension JSONScanner {
  /// Line, column and byte of an offset. Counted from the start each time: for errors.
  public func location(at byteOffset: Int) -> SourceLocation {
    var line = 1
    var lineStart = 0
    for index in 0..<min(byteOffset, bytes.count) where bytes[index] == 0x0A {
      line += 1
      lineStart = index + 1
    }
    return SourceLocation(path: path, byte: byteOffset, line: line, column: byteOffset - lineStart + 1)
  }

  /// An error about the value that comes next, for callers that know more than the grammar.
  public func wrongKind(expected: String) -> Diagnostic {
    Diagnostic(
      "json.wrong-kind", "a value in \(path) is of the wrong kind", at: location(at: byteOffset), expected: expected,
      found: foundText)
  }

  func unexpected(_ expected: String) -> Diagnostic {
    guard byteOffset < bytes.count else {
      return Diagnostic(
        "json.unexpected-end", "\(path) ends inside a JSON document", at: location(at: byteOffset), expected: expected,
        found: "end of file", help: "the file is probably cut off: make or fetch it again")
    }
    let isMark = byteOffset == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
    return Diagnostic(
      "json.unexpected-byte", "\(path) is not valid JSON", at: location(at: byteOffset), expected: expected,
      found: isMark ? "a byte order mark" : foundText,
      help: isMark ? "remove the first three bytes: JSON starts without a mark" : nil)
  }

  func explain(_ fault: JSONString.Fault, at position: Int) -> Diagnostic {
    let place = location(at: position)
    let shown = excerpt(position..<min(position + 6, bytes.count))
    switch fault {
    case .unterminated:
      return Diagnostic(
        "json.unexpected-end", "\(path) ends inside a string", at: place, expected: "a closing quote",
        found: "end of file", help: "the file is probably cut off: make or fetch it again")
    case .controlCharacter:
      return Diagnostic(
        "json.control-character", "a string in \(path) has a control character", at: place,
        expected: "an escape such as \\n or \\u0000", found: hex(bytes[position]))
    case .invalidUTF8:
      return Diagnostic(
        "json.invalid-utf8", "a string in \(path) is not valid UTF-8", at: place, found: hex(bytes[position]))
    case .invalidEscape:
      return Diagnostic(
        "json.invalid-escape", "a string in \(path) has an unknown escape", at: place,
        expected: "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t, or \\u and four hexadecimal digits", found: shown)
    case .loneSurrogate:
      return Diagnostic(
        "json.lone-surrogate", "a string in \(path) has half of a surrogate pair", at: place,
        expected: "\\uD800 to \\uDBFF followed by \\uDC00 to \\uDFFF", found: shown)
    }
  }

  /// What stands at the offset, short enough for a message.
  private var foundText: String {
    guard byteOffset < bytes.count else { return "end of file" }
    let byte = bytes[byteOffset]
    guard byte > 0x20, byte < 0x7F else { return hex(byte) }
    var end = byteOffset + 1
    let isWord = { (byte: UInt8) in byte > 0x20 && byte < 0x7F && !#",:[]{}""#.utf8.contains(byte) }
    if isWord(byte) { while end < bytes.count, end < byteOffset + 24, isWord(bytes[end]) { end += 1 } }
    return excerpt(byteOffset..<end)
  }

  func excerpt(_ range: Range<Int>) -> String {
    let clipped = bytes[range].prefix(24)
    return "'" + String(decoding: clipped, as: UTF8.self) + (clipped.count < range.count ? "…'" : "'")
  }

  private func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "byte 0x" + (digits.utf8.count == 1 ? "0" : "") + digits
  }
}
