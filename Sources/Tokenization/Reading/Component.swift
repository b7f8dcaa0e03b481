internal import Blocks
internal import JSONText

/// One component of a `tokenizer.json` while it is read: its fields, and where it stands, for messages.
struct Component {
  let object: JSONObject
  /// `pre_tokenizer.pretokenizers[1]`
  let place: String
  /// What the file is called in messages.
  let path: String

  init(_ value: JSONValue, place: String, path: String) throws(Diagnostic) {
    guard let object = value.object else {
      throw Diagnostic(
        "tokenizer.invalid", "'\(place)' is not a component", at: SourceLocation(path: path), expected: "an object",
        found: value.kindName)
    }
    self.object = object
    self.place = place
    self.path = path
  }

  /// The value of `type`, which says which component it is.
  func type() throws(Diagnostic) -> String { try string("type") }

  func string(_ key: String) throws(Diagnostic) -> String {
    guard let text = object[key]?.string else { throw wrong(key, expected: "a string") }
    return text
  }

  func bytes(_ key: String) throws(Diagnostic) -> [UInt8] { Array(try string(key).utf8) }

  /// The bytes of a string; nil for null or nothing.
  func optionalBytes(_ key: String) throws(Diagnostic) -> [UInt8]? {
    guard let value = object[key], !value.isNull else { return nil }
    return try bytes(key)
  }

  func flag(_ key: String, default defaultValue: Bool) throws(Diagnostic) -> Bool {
    guard let value = object[key], !value.isNull else { return defaultValue }
    guard let flag = value.bool else { throw wrong(key, expected: "true or false") }
    return flag
  }

  /// One character, as the reference counts them: a scalar.
  func character(_ key: String) throws(Diagnostic) -> Unicode.Scalar {
    let scalars = try string(key).unicodeScalars
    guard let first = scalars.first, scalars.count == 1 else { throw wrong(key, expected: "one character") }
    return first
  }

  /// A count; without a default it must be there.
  func count(_ key: String, default defaultValue: Int?, from least: Int = 0) throws(Diagnostic) -> Int {
    if let defaultValue, object[key]?.isNull != false { return defaultValue }
    guard let count = object[key]?.integer, count >= least else {
      throw wrong(key, expected: "a count from \(least) on")
    }
    return count
  }

  func list(_ key: String) throws(Diagnostic) -> [JSONValue] {
    guard let list = object[key]?.array else { throw wrong(key, expected: "an array") }
    return list
  }

  /// The components of a list, or nil for null or nothing.
  func members(_ key: String) throws(Diagnostic) -> [Component] {
    var members: [Component] = []
    for (index, value) in try list(key).enumerated() {
      members.append(try Component(value, place: "\(place).\(key)[\(index)]", path: path))
    }
    return members
  }

  /// An id that fits the tables.
  func id(_ value: JSONValue?, _ key: String) throws(Diagnostic) -> UInt32 {
    guard let id = value?.integer, id >= 0, id < Self.idLimit else {
      throw wrong(key, expected: "an id from 0 to \(Self.idLimit - 1)")
    }
    return UInt32(id)
  }

  /// Ids are below this: tables by id stay within memory whatever a file says.
  static let idLimit = 1 << 24

  func wrong(_ key: String, expected: String) -> Diagnostic {
    Diagnostic(
      "tokenizer.invalid", "'\(place).\(key)' is not as it should be", at: SourceLocation(path: path),
      expected: expected, found: object[key].map { $0.description.clipped } ?? "nothing")
  }

  /// The error for a component, or a setting of one, that would change ids and is not known.
  func unsupported(_ what: String, known: [String]) -> Diagnostic {
    Diagnostic(
      "tokenizer.unsupported", "'\(place)' asks for \(what), which is not supported", at: SourceLocation(path: path),
      expected: "one of " + known.joined(separator: ", "), found: what,
      help: "nothing is left out silently: use a tokenizer without it, or add the component")
  }

  /// The error for a regular expression that only the reference's engine can match.
  func unsupported(expression: String, _ refusal: OnigurumaPattern.Refusal) -> Diagnostic {
    Diagnostic(
      "tokenizer.unsupported", "'\(place)' has a regular expression that is not supported",
      at: SourceLocation(path: path), expected: "an expression that ICU can match as Oniguruma does",
      found: "\(refusal.reason) in '\(expression.clipped)'",
      help: "nothing is left out silently: spell the expression without it, if that matches the same")
  }
}

extension String {
  /// Short enough for a message.
  fileprivate var clipped: String { count <= 80 ? self : prefix(80) + "…" }
}
