/// A JSON document as a tree: for settings, manifests and other small files.
///
/// Objects keep the order of their keys. Integers that fit `Int` are integers; every other number is a `Double`.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// The members of a JSON object, in the order in which they were written.
///
/// A key may occur more than once, as RFC 8259 allows; looking it up gives the last. Looking up is linear: read big
/// objects in order, or with `JSONScanner`.
public struct JSONObject: Sendable, RandomAccessCollection, ExpressibleByDictionaryLiteral {
  public var members: [(key: String, value: JSONValue)]

  public init(_ members: [(key: String, value: JSONValue)] = []) {
    self.members = members
  }

  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    members = elements.map { (key: $0.0, value: $0.1) }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { members.count }
  public subscript(position: Int) -> (key: String, value: JSONValue) { members[position] }

  /// The last value of a key, or nil. Setting replaces that value or appends a member; setting nil removes every member
  /// of the key.
  public subscript(key: String) -> JSONValue? {
    get { members.last { $0.key == key }?.value }
    set {
      guard let newValue else {
        members.removeAll { $0.key == key }
        return
      }
      if let index = members.lastIndex(where: { $0.key == key }) {
        members[index].value = newValue
      } else {
        members.append((key: key, value: newValue))
      }
    }
  }
}

extension JSONObject: Equatable {
  /// Two objects are equal when they have equal members in the same order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.elementsEqual(right) { $0.key == $1.key && $0.value == $1.value }
  }
}

extension JSONValue {
  /// The member of an object; nil when there is none, or when this is no object.
  public subscript(key: String) -> JSONValue? { object?[key] }

  /// The element of an array; nil when there is none, or when this is no array.
  public subscript(index: Int) -> JSONValue? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }

  public var isNull: Bool { self == .null }

  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  public var integer: Int? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// A number of either kind as a `Double`.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  public var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  public var array: [JSONValue]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  public var object: JSONObject? {
    guard case .object(let value) = self else { return nil }
    return value
  }

  /// What kind of thing this is, for messages.
  public var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
  }
}
