/// Writes JSON with stable bytes: order kept, text beyond ASCII unescaped, numbers in their shortest exact form.
///
/// With an indentation the layout is that of Python's `json.dumps(value, indent=n, ensure_ascii=False)`; without one
/// there is no white space at all.
///
///     var writer = JSONWriter()
///     writer.beginObject()
///     writer.key("rows")
///     writer.write(3)
///     writer.endObject()          // {"rows":3}
public struct JSONWriter: Sendable {
  /// The document so far.
  public private(set) var bytes: [UInt8] = []
  private let indentation: Int?
  /// For each open container, whether it has a member yet.
  private var isEmpty: [Bool] = []
  private var isBehindKey = false

  /// - Parameter indentation: spaces a level; nil writes everything on one line.
  public init(indentation: Int? = nil) {
    self.indentation = indentation
  }

  /// The bytes of one value.
  public static func bytes(of value: JSONValue, indentation: Int? = nil) -> [UInt8] {
    var writer = JSONWriter(indentation: indentation)
    writer.write(value)
    return writer.bytes
  }

  /// Writes a whole value. `Double`s that are not finite, which JSON does not have, become `null`.
  public mutating func write(_ value: JSONValue) {
    switch value {
    case .null:
      startValue()
      append("null")
    case .bool(let flag):
      startValue()
      append(flag ? "true" : "false")
    case .integer(let integer):
      startValue()
      append("\(integer)")
    case .number(let number):
      startValue()
      append(number.isFinite ? "\(number)" : "null")
    case .string(let text):
      startValue()
      appendQuoted(text)
    case .array(let elements):
      beginArray()
      for element in elements { write(element) }
      endArray()
    case .object(let object):
      beginObject()
      for (name, member) in object {
        key(name)
        write(member)
      }
      endObject()
    }
  }

  public mutating func beginObject() { open(UInt8(ascii: "{")) }
  public mutating func endObject() { close(UInt8(ascii: "}")) }
  public mutating func beginArray() { open(UInt8(ascii: "[")) }
  public mutating func endArray() { close(UInt8(ascii: "]")) }

  /// Starts a member of the open object; its value is to be written next.
  public mutating func key(_ name: String) {
    precondition(!isBehindKey, "a key takes a value before the next key")
    startValue()
    appendQuoted(name)
    bytes.append(UInt8(ascii: ":"))
    if indentation != nil { bytes.append(0x20) }
    isBehindKey = true
  }

  /// Ends a line between documents, as in JSON Lines, or behind the last.
  public mutating func newline() {
    precondition(isEmpty.isEmpty, "a document ends before its line does")
    bytes.append(0x0A)
  }

  private mutating func open(_ byte: UInt8) {
    startValue()
    bytes.append(byte)
    isEmpty.append(true)
  }

  private mutating func close(_ byte: UInt8) {
    precondition(!isBehindKey && !isEmpty.isEmpty, "nothing is open, or a key has no value")
    if !isEmpty.removeLast() { breakLine() }
    bytes.append(byte)
  }

  /// Separates a value or key from what stands before it in its container.
  private mutating func startValue() {
    if isBehindKey {
      isBehindKey = false
      return
    }
    guard let last = isEmpty.indices.last else { return }
    if !isEmpty[last] { bytes.append(UInt8(ascii: ",")) }
    isEmpty[last] = false
    breakLine()
  }

  private mutating func breakLine() {
    guard let indentation else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(0x20, count: indentation * isEmpty.count))
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func appendQuoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case 0x08: append("\\b")
      case 0x0C: append("\\f")
      case ..<0x20:
        append("\\u00")
        for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value on one line, without white space.
  public var description: String { String(decoding: JSONWriter.bytes(of: self), as: UTF8.self) }
}
