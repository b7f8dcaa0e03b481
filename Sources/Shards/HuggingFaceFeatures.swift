import Blocks
import JSONText

/// The features of a schema as Hugging Face's `datasets` writes them.
///
/// Lists are called `Sequence`: every release since 2.0 reads that, while `List` is known from 4.0 on only.
enum HuggingFaceFeatures {
  /// The value of the schema metadata key `huggingface`: `{"info": {"features": {…}}}`.
  static func metadataValue(for schema: ExampleSchema) -> String {
    JSONValue.object(["info": ["features": features(of: schema)]]).description
  }

  static func features(of schema: ExampleSchema) -> JSONValue {
    .object(JSONObject(schema.columns.map { (key: $0.name, value: feature(of: $0)) }))
  }

  private static func feature(of column: Column) -> JSONValue {
    let value: JSONValue = ["dtype": .string(column.type.rawValue), "_type": "Value"]
    switch column.shape {
    case .scalar: return value
    case .list: return ["feature": value, "_type": "Sequence"]
    case .fixed(let dimensions):
      // The last dimension is the innermost list.
      return dimensions.reversed().reduce(value) { inner, length in
        ["feature": inner, "length": .integer(length), "_type": "Sequence"]
      }
    }
  }
}
