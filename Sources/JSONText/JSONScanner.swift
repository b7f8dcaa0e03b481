public import Blocks

/// A pull parser: the caller asks for what should come next, and no tree is built.
///
///     var scanner = JSONScanner(bytes, path: "tokenizer.json")
///     try scanner.beginObject()
///     while let key = try scanner.nextKey() {
///       if key == "version" { version = try scanner.readString() } else { try scanner.skipValue() }
///     }
///     try scanner.finish()
///
/// Strict by RFC 8259: one value, UTF-8, no trailing commas, no lone surrogates, no byte order mark. Every error has
/// the path, the line, the column and the byte. A scanner that has thrown is not to be used again.
public struct JSONScanner: Sendable {
  /// Arrays and objects may be nested this deep: enough for any file of the field, and a bound for hostile ones.
  public static let depthLimit = 512

  /// What a value is, told by its first byte.
  public enum Kind: String, Sendable, Equatable {
    case null
    case bool = "true or false"
    case number = "a number"
    case string = "a string"
    case array = "an array"
    case object = "an object"
  }

  private enum Container {
    case array, object
  }

  let bytes: [UInt8]
  let path: String
  /// Offset of the next byte to look at.
  public internal(set) var byteOffset = 0
  /// The containers around the next value, and whether each has had a member yet.
  private var containers: [(kind: Container, isEmpty: Bool)] = []

  /// - Parameter path: what the document is called in messages.
  public init(_ bytes: [UInt8], path: String = "JSON") {
    self.bytes = bytes
    self.path = path
  }

  /// What the next value is; nothing is consumed but white space.
  public mutating func nextKind() throws(Diagnostic) -> Kind {
    skipWhitespace()
    guard byteOffset < bytes.count else { throw unexpected("a value") }
    switch bytes[byteOffset] {
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "{"): return .object
    default: throw unexpected("a value")
    }
  }

  /// Ends the document: only white space may be left.
  public mutating func finish() throws(Diagnostic) {
    skipWhitespace()
    guard byteOffset == bytes.count else { throw unexpected("the end of the document") }
  }

  /// Reads over the next value, as strictly as if it were wanted.
  public mutating func skipValue() throws(Diagnostic) {
    let depth = containers.count
    repeat {
      switch try nextKind() {
      case .null: try readNull()
      case .bool: _ = try readBool()
      case .number: _ = try scanNumber()
      case .string: try skipString()
      case .array: try beginArray()
      case .object: try beginObject()
      }
      // Leaves every container that has no more members.
      while containers.count > depth {
        let hasMore = containers[containers.count - 1].kind == .array ? try nextElement() : try skipToMember()
        if hasMore { break }
      }
    } while containers.count > depth
  }

  // MARK: Containers

  public mutating func beginArray() throws(Diagnostic) {
    try open(.array, UInt8(ascii: "["), .array)
  }

  /// Moves to the next element of the array that was begun last; false when that array has ended.
  public mutating func nextElement() throws(Diagnostic) -> Bool {
    try moveToMember(of: .array, closing: UInt8(ascii: "]"))
  }

  public mutating func beginObject() throws(Diagnostic) {
    try open(.object, UInt8(ascii: "{"), .object)
  }

  /// Moves to the next member of the object that was begun last; nil when that object has ended.
  public mutating func nextKey() throws(Diagnostic) -> String? {
    guard try moveToMember(of: .object, closing: UInt8(ascii: "}")) else { return nil }
    let key = try readString()
    try expectColon()
    return key
  }

  /// As `nextKey()`, with the key's UTF-8 put in place of `key`'s contents: no allocation for each key.
  public mutating func nextKey(into key: inout [UInt8]) throws(Diagnostic) -> Bool {
    guard try moveToMember(of: .object, closing: UInt8(ascii: "}")) else { return false }
    key.removeAll(keepingCapacity: true)
    try readString(into: &key)
    try expectColon()
    return true
  }

  private mutating func skipToMember() throws(Diagnostic) -> Bool {
    guard try moveToMember(of: .object, closing: UInt8(ascii: "}")) else { return false }
    try skipString()
    try expectColon()
    return true
  }

  private mutating func open(_ kind: Kind, _ byte: UInt8, _ container: Container) throws(Diagnostic) {
    guard try nextKind() == kind else { throw wrongKind(expected: kind.rawValue) }
    guard containers.count < Self.depthLimit else {
      throw Diagnostic(
        "json.too-deep", "\(path) nests arrays and objects too deep", at: location(at: byteOffset),
        expected: "at most \(Self.depthLimit) levels")
    }
    byteOffset += 1
    containers.append((container, true))
  }

  private mutating func moveToMember(of kind: Container, closing: UInt8) throws(Diagnostic) -> Bool {
    precondition(containers.last?.kind == kind, "the innermost open container is of another kind")
    let last = containers.count - 1
    skipWhitespace()
    let byte = byteOffset < bytes.count ? bytes[byteOffset] : 0
    if byte == closing {
      containers.removeLast()
      byteOffset += 1
      return false
    }
    if containers[last].isEmpty {
      containers[last].isEmpty = false
    } else {
      guard byte == UInt8(ascii: ",") else {
        throw unexpected(kind == .array ? "',' or ']'" : "',' or '}'")
      }
      byteOffset += 1
      skipWhitespace()
    }
    if kind == .object, byteOffset >= bytes.count || bytes[byteOffset] != UInt8(ascii: "\"") {
      throw unexpected("a key in quotes")
    }
    return true
  }

  private mutating func expectColon() throws(Diagnostic) {
    skipWhitespace()
    guard byteOffset < bytes.count, bytes[byteOffset] == UInt8(ascii: ":") else { throw unexpected("':'") }
    byteOffset += 1
  }

  mutating func skipWhitespace() {
    while byteOffset < bytes.count {
      switch bytes[byteOffset] {
      case 0x20, 0x09, 0x0A, 0x0D: byteOffset += 1
      default: return
      }
    }
  }
}
