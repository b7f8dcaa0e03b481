/// Checks one line against RFC 8259 to its last byte, and takes the text and the id out of it on the way, without a
/// tree.
///
/// Keys are compared after unescaping, and of equal keys the last one wins. Nothing is deeper than so many levels. The
/// line must be valid UTF-8. Numbers are checked by the grammar and never computed.
///
///     {"id": 7, "meta": {"body": "a\nb"}}    text ["meta", "body"] → a⏎b    id ["id"] → 7
@safe
package struct JSONLineField: ~Copyable {
  /// What was found where a field should be.
  package enum Value: Equatable {
    case missing
    case string
    /// Only an id: its characters as they are written.
    case number
    case null
    /// Some other value; its kind, for messages.
    case other(String)
  }

  /// Where the line stops being JSON, and what could have stood there.
  package struct Fault: Equatable {
    package var offset: Int
    package var expected: String
  }

  /// What the last scan found.
  package private(set) var text = Value.missing
  package private(set) var id = Value.missing
  /// Offset of the first `\u` escape in the text that is half of a surrogate pair; U+FFFD stands in its place.
  package private(set) var loneSurrogateOffset: Int?
  /// The kind of the whole line's value, when it is no object.
  package private(set) var otherThanObject: String?
  /// The keys at the top of the last scanned line, when asked for.
  package private(set) var topKeys: [String] = []

  private let deepestLevel: Int
  private let textPath: [[UInt8]]
  private let idPath: [[UInt8]]
  private let textBytes = UnescapeBuffer()
  private let idBytes = UnescapeBuffer()
  private let keyBytes = UnescapeBuffer()

  // The line under the scan.
  var bytes = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  var offset = 0
  private var fault: Fault?
  private var collectsKeys = false

  /// - Parameter deepestLevel: arrays and objects in one another beyond this are a fault.
  package init(text: [String], id: [String]? = nil, deepestLevel: Int = InputLimits().nesting) {
    self.deepestLevel = deepestLevel
    textPath = text.map { Array($0.utf8) }
    idPath = (id ?? []).map { Array($0.utf8) }
  }

  /// Scans a line. Returns nil when the line is JSON; what it holds is then in `text` and `id`.
  package mutating func scan(_ line: UnsafeRawBufferPointer, collectingKeys: Bool = false) -> Fault? {
    unsafe bytes = line
    offset = 0
    fault = nil
    (text, id, loneSurrogateOffset, otherThanObject) = (.missing, .missing, nil, nil)
    collectsKeys = collectingKeys
    topKeys = []
    skipSpace()
    if peek() == UInt8(ascii: "{") {
      guard scanObject(level: 1, text: textPath.isEmpty ? nil : 0, id: idPath.isEmpty ? nil : 0) else { return fault }
    } else {
      guard let kind = scanValue(level: 0) else { return fault }
      otherThanObject = kind
    }
    skipSpace()
    if offset < line.count { fail("the end of the line") }
    return fault
  }

  private var tooDeep: String { "at most \(deepestLevel) levels of nesting (`limits.nesting`)" }

  /// Lends the text that the last scan found; only while the line is there.
  package borrowing func withText<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    unsafe body(textBytes.content)
  }

  /// The id that the last scan found; empty when there is none, or none that is a string or a number.
  package var idText: String {
    id == .string || id == .number ? unsafe String(decoding: idBytes.content, as: UTF8.self) : ""
  }

  // MARK: Values

  /// Passes over an object. `text` and `id` are how many keys of their paths lead to here, nil for none.
  private mutating func scanObject(level: Int, text textDepth: Int?, id idDepth: Int?) -> Bool {
    if level > deepestLevel { return fail(tooDeep) }
    offset += 1
    skipSpace()
    if take("}") { return true }
    while true {
      guard peek() == UInt8(ascii: "\"") else { return fail("a key in double quotes") }
      let isWanted = textDepth != nil || idDepth != nil || level == 1 && collectsKeys
      guard scanString(into: isWanted ? keyBytes : nil) else { return false }
      if level == 1, collectsKeys { topKeys.append(unsafe String(decoding: keyBytes.content, as: UTF8.self)) }
      let inText = deeper(textDepth, in: textPath)
      let inID = deeper(idDepth, in: idPath)
      skipSpace()
      guard take(":") else { return fail("':'") }
      skipSpace()
      guard scanMember(level: level, text: inText, id: inID) else { return false }
      skipSpace()
      if take("}") { return true }
      guard take(",") else { return fail("',' or '}'") }
      skipSpace()
    }
  }

  /// The depth on a path behind the key just read; nil when the key is not on it.
  private func deeper(_ depth: Int?, in path: [[UInt8]]) -> Int? {
    guard let depth, keyBytes.equals(path[depth]) else { return nil }
    return depth + 1
  }

  private mutating func scanMember(level: Int, text textDepth: Int?, id idDepth: Int?) -> Bool {
    // An earlier value under the same key counts no more.
    if textDepth != nil { (text, loneSurrogateOffset) = (.missing, nil) }
    if idDepth != nil { id = .missing }
    let isText = textDepth == textPath.count
    let isID = idDepth != nil && idDepth == idPath.count
    switch peek() {
    case UInt8(ascii: "{"):
      if isText { text = .other("an object") }
      if isID { id = .other("an object") }
      return scanObject(level: level + 1, text: isText ? nil : textDepth, id: isID ? nil : idDepth)
    case UInt8(ascii: "\"") where isText || isID:
      let start = offset
      if isID {
        id = .string
        guard scanString(into: idBytes) else { return false }
        if !isText { return true }
        offset = start
      }
      text = .string
      guard scanString(into: textBytes) else { return false }
      loneSurrogateOffset = textBytes.loneSurrogateOffset
      return true
    default:
      let start = offset
      guard let kind = scanValue(level: level) else { return false }
      if isText { text = kind == "null" ? .null : .other(kind) }
      if isID {
        id = kind == "null" ? .null : kind == "a number" ? .number : .other(kind)
        unsafe idBytes.borrow(UnsafeRawBufferPointer(rebasing: bytes[start..<offset]))
      }
      return true
    }
  }

  /// Passes over any value and returns its kind; nil after a fault.
  private mutating func scanValue(level: Int) -> String? {
    switch peek() {
    case UInt8(ascii: "\""): scanString(into: nil) ? "a string" : nil
    case UInt8(ascii: "{"): scanObject(level: level + 1, text: nil, id: nil) ? "an object" : nil
    case UInt8(ascii: "["): scanArray(level: level + 1) ? "an array" : nil
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): scanNumber() ? "a number" : nil
    case UInt8(ascii: "t"): scanWord("true") ? "true or false" : nil
    case UInt8(ascii: "f"): scanWord("false") ? "true or false" : nil
    case UInt8(ascii: "n"): scanWord("null") ? "null" : nil
    default: refuse("a value")
    }
  }

  private mutating func scanArray(level: Int) -> Bool {
    if level > deepestLevel { return fail(tooDeep) }
    offset += 1
    skipSpace()
    if take("]") { return true }
    while true {
      guard scanValue(level: level) != nil else { return false }
      skipSpace()
      if take("]") { return true }
      guard take(",") else { return fail("',' or ']'") }
      skipSpace()
    }
  }

  private mutating func scanWord(_ word: StaticString) -> Bool {
    for index in 0..<word.utf8CodeUnitCount {
      guard unsafe peek() == word.utf8Start[index] else { return fail("'\(word)'") }
      offset += 1
    }
    return true
  }

  private mutating func scanNumber() -> Bool {
    _ = take("-")
    if !take("0") {
      guard skipDigits() else { return fail("a digit") }
    }
    if take(".") {
      guard skipDigits() else { return fail("a digit") }
    }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      guard skipDigits() else { return fail("a digit") }
    }
    return true
  }

  /// Passes over digits; false when there is none.
  private mutating func skipDigits() -> Bool {
    let start = offset
    while case UInt8(ascii: "0")...UInt8(ascii: "9") = peek() { offset += 1 }
    return offset > start
  }

  // MARK: Bytes

  /// The byte at hand; 0, which may stand nowhere outside a string, at the end.
  @inline(__always)
  func peek() -> UInt8 {
    unsafe offset < bytes.count ? bytes[offset] : 0
  }

  @inline(__always)
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  @inline(__always)
  private mutating func skipSpace() {
    while true {
      switch peek() {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  private mutating func refuse(_ expected: String) -> String? {
    fail(expected)
    return nil
  }

  @discardableResult
  mutating func fail(_ expected: String) -> Bool {
    fault = Fault(offset: offset, expected: expected)
    return false
  }
}
