import Blocks
import JSONText

extension Column {
  /// The column as manifests and shards describe it.
  ///
  ///     {"name": "input_ids", "type": "uint16", "shape": [128], "summary": "…"}
  ///
  /// `shape` is `"scalar"`, `"list"`, or the lengths of a fixed shape.
  var json: JSONValue {
    let shape: JSONValue =
      switch shape {
      case .scalar: "scalar"
      case .list: "list"
      case .fixed(let dimensions): .array(dimensions.map { .integer($0) })
      }
    return [
      "name": .string(name), "type": .string(type.rawValue), "shape": shape, "summary": .string(summary),
    ]
  }

  /// The column that JSON describes; nil when it describes none.
  init?(json: JSONValue) {
    guard let name = json["name"]?.string, let type = json["type"]?.string.flatMap(ElementType.init(rawValue:)),
      let summary = json["summary"]?.string
    else { return nil }
    let shape: Shape
    switch json["shape"] {
    case "scalar": shape = .scalar
    case "list": shape = .list
    case .array(let lengths):
      let dimensions = lengths.compactMap(\.integer)
      guard dimensions.count == lengths.count else { return nil }
      shape = .fixed(dimensions)
    default: return nil
    }
    self.init(name, type, shape, summary)
  }
}

extension ExampleSchema {
  /// The schema, when Arrow can hold it.
  ///
  /// - Throws: `shards.invalid-schema` for names that are empty or occur twice, and for shapes that are empty, not
  ///   positive or too large; and for no columns at all.
  func validated() throws(Diagnostic) -> ExampleSchema {
    // Without columns nothing in the file would bound the number of rows.
    guard !columns.isEmpty else { throw Self.invalid("no columns", expected: "at least one") }
    var names: Set<String> = []
    for column in columns {
      guard !column.name.isEmpty, names.insert(column.name).inserted else {
        throw Self.invalid("column name '\(column.name)'", expected: "a name of its own for each column")
      }
      guard case .fixed(let dimensions) = column.shape else { continue }
      // Nil as soon as one length is not positive or the product does not fit.
      let count = dimensions.reduce(1 as Int?) { product, length in
        guard let product, length > 0, length <= Int(Int32.max) / product else { return nil }
        return product * length
      }
      guard !dimensions.isEmpty, dimensions.count <= Self.dimensionLimit, count != nil else {
        throw Self.invalid(
          "shape \(dimensions) of column '\(column.name)'",
          expected: "1 to \(Self.dimensionLimit) lengths, each at least 1, with a product below 2^31")
      }
    }
    return self
  }

  /// More dimensions than any objective has; it bounds how deep a reader follows nested types.
  static let dimensionLimit = 8

  private static func invalid(_ what: String, expected: String) -> Diagnostic {
    Diagnostic("shards.invalid-schema", "shards cannot hold these columns", expected: expected, found: what)
  }
}
