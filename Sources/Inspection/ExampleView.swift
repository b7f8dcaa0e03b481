public import Blocks
public import JSONText
public import Objectives

/// One example, taken apart for the eye, with the place it was read from.
public struct ExampleView: Sendable {
  public var objective: String
  /// The kind of objective, a name in the catalog.
  public var kind: String
  public var split: String
  /// Number of the row in its split, from 0.
  public var index: Int
  /// Rows of the split.
  public var rowCount: Int
  public var example: Example
  public var sections: [ExampleSection]

  public init(
    objective: String, kind: String, split: String, index: Int, rowCount: Int, example: Example,
    sections: [ExampleSection]
  ) {
    self.objective = objective
    self.kind = kind
    self.split = split
    self.index = index
    self.rowCount = rowCount
    self.example = example
    self.sections = sections
  }

  /// XXH64 of the document in which the window starts; nil for objectives without this column.
  public var documentID: UInt64? { example.scalar("doc_id").map { UInt64(bitPattern: $0) } }
}

extension ExampleView {
  /// The view as one JSON object with stable keys.
  ///
  ///     {"objective":"mlm","kind":"mlm","split":"train","index":3,"doc_id":"5f2c9a01be77d310",
  ///      "columns":{"input_ids":[…],…},
  ///      "sections":[{"title":"input",
  ///       "tokens":[{"id":103,"token":"[MASK]","mark":"masked","original":{"id":7,"token":"a"}}]}]}
  ///
  /// `original` and `group` stand where a token has them; ids of documents and windows are 16 hexadecimal digits.
  ///
  /// - Parameter token: the spelling of an id in the vocabulary.
  public func json(token: (UInt32) -> String) -> JSONValue {
    var object: JSONObject = [
      "objective": .string(objective), "kind": .string(kind), "split": .string(split), "index": .integer(index),
    ]
    if let documentID { object["doc_id"] = .string(Digest.hex(documentID)) }
    object["columns"] = .object(
      JSONObject(
        zip(example.schema.columns, example.values).map { (key: $0.name, value: Self.json(of: $1, in: $0)) }))
    object["sections"] = .array(
      sections.map { section in
        ["title": .string(section.title), "tokens": .array(section.tokens.map { Self.json(of: $0, token) })]
      })
    return .object(object)
  }

  /// A column's values: a number for scalars, else arrays of its shape; 64-bit hashes as hexadecimal text.
  private static func json(of values: [Int64], in column: Column) -> JSONValue {
    let members: [JSONValue] = values.map {
      column.type == .uint64 ? .string(Digest.hex(UInt64(bitPattern: $0))) : .integer(Int($0))
    }
    guard case .fixed(let dimensions) = column.shape else {
      return column.shape == .scalar ? members.first ?? .null : .array(members)
    }
    // The last dimension is the innermost array.
    return .array(
      dimensions.dropFirst().reversed().reduce(members) { members, length in
        stride(from: 0, to: members.count, by: max(length, 1)).map {
          .array(Array(members[$0..<min($0 + length, members.count)]))
        }
      })
  }

  private static func json(of token: ExampleSection.Token, _ name: (UInt32) -> String) -> JSONValue {
    var object: JSONObject = [
      "id": .integer(Int(token.id)), "token": .string(name(token.id)), "mark": .string(token.mark.rawValue),
    ]
    if let original = token.original {
      object["original"] = ["id": .integer(Int(original)), "token": .string(name(original))]
    }
    if let group = token.group { object["group"] = .integer(group) }
    return .object(object)
  }
}
