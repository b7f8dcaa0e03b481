public import Blocks

extension SettingValue {
  /// The same value out of JSON; locations are not known.
  public init(json: JSONValue) {
    switch json {
    case .null: self.init(.null)
    case .bool(let flag): self.init(.flag(flag))
    case .integer(let value): self.init(.integer(value))
    case .number(let value): self.init(.number(value))
    case .string(let text): self.init(.text(text))
    case .array(let values): self.init(.list(values.map { SettingValue(json: $0) }))
    case .object(let object): self.init(.map(object.map { Entry($0.key, SettingValue(json: $0.value)) }))
    }
  }

  /// The value as JSON, without locations.
  public var json: JSONValue {
    switch content {
    case .null: .null
    case .flag(let flag): .bool(flag)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let text): .string(text)
    case .list(let values): .array(values.map(\.json))
    case .map(let entries): .object(JSONObject(entries.map { (key: $0.key, value: $0.value.json) }))
    }
  }
}
