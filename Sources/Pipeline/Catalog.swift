public import Blocks
public import Objectives

/// The lists of parts that a recipe may name. A value, passed in: users add their own without a global registry.
public struct Catalog: Sendable {
  public var objectives: NamedList<any Objective.Type>
  public var presets: NamedList<Preset>

  public static let standard = Catalog(objectives: AllObjectives.standard, presets: AllPresets.standard)

  /// The catalog with one more objective.
  public func adding(_ objective: any Objective.Type) -> Catalog {
    var catalog = self
    catalog.objectives = objectives.adding(objective.name, objective)
    return catalog
  }

  /// An objective by its name; where that is a preset's, the message says so.
  func objective(named name: String, at location: SourceLocation?) throws(Diagnostic) -> any Objective.Type {
    if !objectives.names.contains(name), presets.names.contains(name) {
      throw Diagnostic(
        "list.unknown-name", "there is no objective called '\(name)'", at: location,
        expected: "one of " + objectives.names.joined(separator: ", "),
        help: "'\(name)' is a preset: write {preset: \(name)} under a name of your choice")
    }
    return try objectives.member(named: name, at: location)
  }

  /// The catalog with one more preset.
  public func adding(_ preset: Preset) -> Catalog {
    var catalog = self
    catalog.presets = presets.adding(preset.name, preset)
    return catalog
  }
}
