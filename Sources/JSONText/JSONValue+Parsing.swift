public import Blocks

extension JSONValue {
  /// Parses one whole document, strictly by RFC 8259.
  ///
  /// - Parameter path: what the document is called in messages.
  /// - Throws: `json.…`, with line, column and byte.
  /// - Cost: linear; nesting is bounded by `JSONScanner.depthLimit`, and does not use the call stack.
  public init(parsing bytes: [UInt8], path: String = "JSON") throws(Diagnostic) {
    var scanner = JSONScanner(bytes, path: path)
    self = try scanner.readValue()
    try scanner.finish()
  }

  /// Parses the UTF-8 of a string.
  public init(parsing text: String, path: String = "JSON") throws(Diagnostic) {
    try self.init(parsing: Array(text.utf8), path: path)
  }
}

extension JSONScanner {
  /// The next value, whatever it is, as a tree.
  public mutating func readValue() throws(Diagnostic) -> JSONValue {
    var open: [OpenContainer] = []
    while true {
      var value: JSONValue?
      switch try nextKind() {
      case .null:
        try readNull()
        value = .null
      case .bool: value = .bool(try readBool())
      case .number: value = try readAnyNumber()
      case .string: value = .string(try readString())
      case .array:
        try beginArray()
        open.append(OpenContainer(isObject: false))
      case .object:
        try beginObject()
        open.append(OpenContainer(isObject: true))
      }
      // Hands the finished value to its container, and the container to its own when that was the last.
      var wantsValue = false
      while !wantsValue {
        guard let last = open.indices.last else { return value ?? .null }
        if let value { open[last].values.append(value) }
        if open[last].isObject {
          if let key = try nextKey() {
            open[last].keys.append(key)
            wantsValue = true
          }
        } else {
          wantsValue = try nextElement()
        }
        if !wantsValue { value = open.removeLast().finished }
      }
    }
  }

  private struct OpenContainer {
    let isObject: Bool
    var keys: [String] = []
    var values: [JSONValue] = []

    var finished: JSONValue {
      isObject ? .object(JSONObject(zip(keys, values).map { (key: $0, value: $1) })) : .array(values)
    }

    init(isObject: Bool) { self.isObject = isObject }
  }
}
