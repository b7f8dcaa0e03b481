import Blocks
import Files

/// The tokens of an XML document at the start of a window, one after the other; they stay in the window until they are
/// passed.
///
/// Document types are refused, so no entity is ever defined, looked up elsewhere or expanded.
struct XMLTokens {
  enum Kind {
    case text, startTag, endTag, emptyTag, cdata
    /// A comment, a processing instruction, a declaration: nothing to read.
    case other
  }

  struct Token {
    var kind: Kind
    /// From the start of the window.
    var range: Range<Int>
    /// The name of a tag, or the characters of CDATA.
    var content: Range<Int>
  }

  /// What cannot be read, and where.
  struct Fault {
    var offset: Int
    var expected: String
    var found: String
  }

  /// Where the next token starts.
  var offset = 0
  private(set) var fault: Fault?
  private static let longestTag = 1 << 16

  /// The next token, read in as far as needed; nil at the end, at a fault, and where the window holds more than `limit`
  /// bytes without the end of the token.
  mutating func next(in window: SourceWindow, limit: Int) throws(Diagnostic) -> Token? {
    fault = nil
    guard try holds(offset + 1, window) else { return nil }
    if unsafe window.held[offset] != UInt8(ascii: "<") {
      guard let end = try find([UInt8(ascii: "<")], from: offset, window, limit, orEnd: true) else { return nil }
      return token(.text, to: end, content: offset..<end)
    }
    _ = try holds(offset + 9, window)
    if starts("<!--", window) { return try delimited(.other, 4, "-->", window, limit) }
    if starts("<![CDATA[", window) { return try delimited(.cdata, 9, "]]>", window, limit) }
    if starts("<?", window) { return try delimited(.other, 2, "?>", window, limit) }
    if starts("<!", window) {
      fault = Fault(offset: offset, expected: "pages", found: "a document type, which is never read")
      return nil
    }
    return try tag(window)
  }

  private mutating func tag(_ window: SourceWindow) throws(Diagnostic) -> Token? {
    guard let end = try endOfTag(window) else { return nil }
    let held = unsafe window.held
    let isEnd = unsafe held[offset + 1] == UInt8(ascii: "/")
    let isEmpty = unsafe !isEnd && held[end - 2] == UInt8(ascii: "/")
    let first = offset + (isEnd ? 2 : 1)
    var last = first
    while last < end - 1, unsafe held[last] > 0x20, unsafe held[last] != UInt8(ascii: "/") { last += 1 }
    guard last > first else {
      fault = Fault(offset: offset, expected: "the name of an element", found: "none")
      return nil
    }
    return token(isEnd ? .endTag : isEmpty ? .emptyTag : .startTag, to: end, content: first..<last)
  }

  /// Where the tag at hand ends; values of attributes may hold what ends tags.
  private mutating func endOfTag(_ window: SourceWindow) throws(Diagnostic) -> Int? {
    var place = offset + 1
    var quote: UInt8 = 0
    while place - offset <= Self.longestTag {
      guard try holds(place + 1, window) else {
        fault = Fault(offset: offset, expected: "'>' at the end of a tag", found: "the end of the file")
        return nil
      }
      let byte = unsafe window.held[place]
      place += 1
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return place
      }
    }
    fault = Fault(offset: offset, expected: "a tag of at most \(Self.longestTag) bytes", found: "a longer one")
    return nil
  }

  private mutating func delimited(
    _ kind: Kind, _ head: Int, _ tail: StaticString, _ window: SourceWindow, _ limit: Int
  ) throws(Diagnostic) -> Token? {
    let mark = (0..<tail.utf8CodeUnitCount).map { unsafe tail.utf8Start[$0] }
    guard let end = try find(mark, from: offset + head, window, limit, orEnd: false) else {
      if window.heldByteCount <= limit {
        fault = Fault(offset: offset, expected: "'\(tail)'", found: "the end of the file")
      }
      return nil
    }
    return token(kind, to: end + mark.count, content: offset + head..<end)
  }

  private mutating func token(_ kind: Kind, to end: Int, content: Range<Int>) -> Token {
    let token = Token(kind: kind, range: offset..<end, content: content)
    offset = end
    return token
  }

  private func find(
    _ bytes: [UInt8], from start: Int, _ window: SourceWindow, _ limit: Int, orEnd: Bool
  ) throws(Diagnostic) -> Int? {
    var searched = min(start, window.heldByteCount)
    while true {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: window.held[searched...])
      if let found = unsafe firstOffset(of: bytes, in: rest) { return searched + found }
      searched = max(searched, window.heldByteCount - bytes.count + 1)
      guard window.heldByteCount <= limit else { return nil }
      guard try window.fill() else { return orEnd ? window.heldByteCount : nil }
    }
  }

  private func starts(_ word: StaticString, _ window: SourceWindow) -> Bool {
    let count = word.utf8CodeUnitCount
    guard window.heldByteCount - offset >= count else { return false }
    for index in 0..<count where unsafe window.held[offset + index] != word.utf8Start[index] { return false }
    return true
  }

  private func holds(_ count: Int, _ window: SourceWindow) throws(Diagnostic) -> Bool {
    while window.heldByteCount < count {
      guard try window.fill() else { return false }
    }
    return true
  }
}

/// The characters of XML text.
enum XMLText {
  /// Appends text with its references resolved; nil when all is well, else the offset of one that stands for nothing.
  static func append(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) -> Int? {
    var rest = text
    while let mark = rest.firstIndex(of: UInt8(ascii: "&")) {
      output.append(contentsOf: rest[..<mark])
      guard let end = rest[mark...].prefix(16).firstIndex(of: UInt8(ascii: ";")),
        let scalar = scalar(String(decoding: rest[(mark + 1)..<end], as: UTF8.self))
      else { return mark - text.startIndex }
      output.append(contentsOf: Array(String(Character(scalar)).utf8))
      rest = rest[(end + 1)...]
    }
    output.append(contentsOf: rest)
    return nil
  }

  /// XML 1.0, 4.6 and 2.2: five names, and characters that may stand in a document.
  private static func scalar(_ name: String) -> Unicode.Scalar? {
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default: break
    }
    guard name.hasPrefix("#") else { return nil }
    let digits = name.dropFirst()
    let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
    guard let value, let scalar = Unicode.Scalar(value), !(0xFFFE...0xFFFF).contains(value),
      value >= 0x20 || [0x09, 0x0A, 0x0D].contains(value)
    else { return nil }
    return scalar
  }
}
