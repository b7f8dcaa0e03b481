/// A value out of a recipe or a manifest, before anyone has said what it should be.
public struct SettingValue: Sendable, Equatable {
  public indirect enum Content: Sendable, Equatable {
    case null
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([SettingValue])
    case map([Entry])
  }

  /// A key of a map with its value; maps keep the order in which they were written.
  public struct Entry: Sendable, Equatable {
    public var key: String
    public var keyLocation: SourceLocation?
    public var value: SettingValue

    public init(_ key: String, _ value: SettingValue, at keyLocation: SourceLocation? = nil) {
      self.key = key
      self.value = value
      self.keyLocation = keyLocation
    }
  }

  public var content: Content
  /// Where it was written; nil for defaults and values made by the program.
  public var location: SourceLocation?

  public init(_ content: Content, at location: SourceLocation? = nil) {
    self.content = content
    self.location = location
  }

  /// Two values are equal when their contents are; where they were written does not matter.
  public static func == (left: SettingValue, right: SettingValue) -> Bool { left.content == right.content }
}

extension SettingValue {
  /// What kind of thing this is, for messages.
  public var kindName: String {
    switch content {
    case .null: "nothing"
    case .flag: "true or false"
    case .integer: "an integer"
    case .number: "a number"
    case .text: "text"
    case .list: "a list"
    case .map: "a map"
    }
  }

  /// The value of a map's key, or nil.
  public subscript(key: String) -> SettingValue? {
    guard case .map(let entries) = content else { return nil }
    return entries.last { $0.key == key }?.value
  }

  /// The map with only those keys that are defined.
  package func keeping(_ definitions: [Setting]) -> SettingValue {
    guard case .map(let entries) = content else { return self }
    let known = Set(definitions.map(\.key))
    return SettingValue(.map(entries.filter { known.contains($0.key) }), at: location)
  }

  /// The value as it would be written on one line of YAML.
  public var description: String {
    switch content {
    case .null: "null"
    case .flag(let flag): flag ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let text): text
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .map(let entries): "{" + entries.map { "\($0.key): \($0.value.description)" }.joined(separator: ", ") + "}"
    }
  }
}

extension SettingValue.Entry {
  public static func == (left: SettingValue.Entry, right: SettingValue.Entry) -> Bool {
    left.key == right.key && left.value == right.value
  }
}
