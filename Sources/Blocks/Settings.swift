/// Settings that have been checked against their definitions: every key known, every value of its kind, defaults filled
/// in.
public struct Settings: Sendable, Equatable {
  /// In the order of the definitions.
  public private(set) var values: [SettingValue.Entry]
  /// What the settings belong to, for messages: "objectives.mlm".
  public let path: String
  public let location: SourceLocation?

  /// Checks a map against the keys it may hold.
  ///
  /// - Parameters:
  ///   - value: a map; null stands for an empty one.
  ///   - path: what the map is, for messages.
  /// - Throws: `settings.unknown-key`, `settings.wrong-type`, `settings.missing-key`, `settings.duplicate-key`.
  public init(_ value: SettingValue, allowing definitions: [Setting], path: String) throws(Diagnostic) {
    self.path = path
    location = value.location
    var given: [SettingValue.Entry] = []
    switch value.content {
    case .null: break
    case .map(let entries): given = entries
    default:
      throw Diagnostic(
        "settings.wrong-type", "'\(path)' takes keys and values", at: value.location, expected: "a map",
        found: value.description)
    }
    for (index, entry) in given.enumerated() {
      guard definitions.contains(where: { $0.key == entry.key }) else {
        let known = definitions.map(\.key)
        throw Diagnostic(
          "settings.unknown-key", "'\(path)' has no key '\(entry.key)'", at: entry.keyLocation ?? entry.value.location,
          expected: "one of " + known.joined(separator: ", "),
          help: nearestName(to: entry.key, among: known).map { "did you mean '\($0)'?" })
      }
      guard !given[..<index].contains(where: { $0.key == entry.key }) else {
        throw Diagnostic(
          "settings.duplicate-key", "'\(path)' has the key '\(entry.key)' twice",
          at: entry.keyLocation ?? entry.value.location, help: "keep one of them")
      }
    }
    values = []
    for definition in definitions {
      if let entry = given.first(where: { $0.key == definition.key }) {
        let acceptsNull = definition.defaultValue == .null && entry.value.content == .null
        guard let value = acceptsNull ? entry.value : definition.kind.canonical(entry.value) else {
          throw Self.wrongType(
            entry.value, definition.kind, name: "\(path).\(definition.key)", at: entry.keyLocation)
        }
        values.append(SettingValue.Entry(definition.key, value, at: entry.keyLocation))
      } else if let defaultValue = definition.defaultValue {
        values.append(SettingValue.Entry(definition.key, SettingValue(defaultValue)))
      } else {
        throw Diagnostic(
          "settings.missing-key", "'\(path)' needs the key '\(definition.key)'", at: value.location,
          expected: "\(definition.key): \(definition.kind)", help: definition.summary)
      }
    }
  }

  /// What is wrong with a value, or with the first member of a list.
  private static func wrongType(
    _ value: SettingValue, _ kind: Setting.Kind, name: String, at place: SourceLocation?
  ) -> Diagnostic {
    var help: String?
    switch (kind, value.content) {
    case (.list(let member), .list(let values)):
      if let index = values.firstIndex(where: { member.canonical($0) == nil }) {
        return wrongType(values[index], member, name: "\(name)[\(index)]", at: value.location ?? place)
      }
    case (.list(let member), _) where member.canonical(value) != nil: help = "write a list: [\(value.description)]"
    case (.choice(let names), .text(let text)):
      help = nearestName(to: text, among: names).map { "did you mean '\($0)'?" }
    default: break
    }
    return Diagnostic(
      "settings.wrong-type", "'\(name)' is not \(kind)", at: value.location ?? place, expected: "\(kind)",
      found: value.description, help: help)
  }

  /// Those of the settings that are defined here, too.
  package func keeping(_ definitions: [Setting]) throws(Diagnostic) -> Settings {
    try Settings(map.keeping(definitions), allowing: definitions, path: path)
  }

  /// The settings with other values for some keys.
  package func replacing(_ entries: [SettingValue.Entry]) -> Settings {
    var settings = self
    for entry in entries {
      for index in values.indices where values[index].key == entry.key { settings.values[index] = entry }
    }
    return settings
  }

  /// The settings as a map, defaults included: what a manifest records.
  public var map: SettingValue { SettingValue(.map(values), at: location) }

  /// True where the value was written by the user, false where it is the default.
  public func isGiven(_ key: String) -> Bool { value(key).location != nil }

  public func value(_ key: String) -> SettingValue {
    guard let entry = values.first(where: { $0.key == key }) else {
      preconditionFailure("setting '\(key)' of '\(path)' is not defined")
    }
    return entry.value
  }

  public func flag(_ key: String) -> Bool {
    guard case .flag(let value) = value(key).content else { preconditionFailure("'\(key)' is no flag") }
    return value
  }

  public func integer(_ key: String) -> Int {
    guard case .integer(let value) = value(key).content else { preconditionFailure("'\(key)' is no integer") }
    return value
  }

  public func number(_ key: String) -> Double {
    switch value(key).content {
    case .number(let value): return value
    case .integer(let value): return Double(value)
    default: preconditionFailure("'\(key)' is no number")
    }
  }

  public func text(_ key: String) -> String {
    guard case .text(let value) = value(key).content else { preconditionFailure("'\(key)' is no text") }
    return value
  }

  /// Nil when the value is null.
  public func optionalText(_ key: String) -> String? {
    if case .text(let value) = value(key).content { return value }
    return nil
  }

  /// Nil when the value is null.
  public func optionalInteger(_ key: String) -> Int? {
    if case .integer(let value) = value(key).content { return value }
    return nil
  }

  /// The members of a list; one value that is no list counts as a list of one, null as an empty list.
  public func list(_ key: String) -> [SettingValue] {
    switch value(key).content {
    case .list(let values): return values
    case .null: return []
    default: return [value(key)]
    }
  }

  public func texts(_ key: String) -> [String] {
    list(key).map(\.description)
  }

  public func numbers(_ key: String) -> [Double] {
    list(key).compactMap {
      switch $0.content {
      case .number(let value): value
      case .integer(let value): Double(value)
      default: nil
      }
    }
  }

  /// An error about one of these settings, with its place.
  public func invalid(_ key: String, _ message: String, help: String? = nil) -> Diagnostic {
    Diagnostic(
      "settings.invalid", "'\(path).\(key)' \(message)", at: value(key).location ?? location,
      found: "\(key): \(value(key).description)", help: help)
  }
}
