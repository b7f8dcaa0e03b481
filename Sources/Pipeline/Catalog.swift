public import Blocks
public import Objectives

/// The lists of parts that a recipe may name. A value, passed in: users add their own without a global registry.
public struct Catalog: Sendable {
  public var objectives: NamedList<any Objective.Type>

  public static let standard = Catalog(objectives: AllObjectives.standard)

  /// The catalog with one more objective.
  public func adding(_ objective: any Objective.Type) -> Catalog {
    var catalog = self
    catalog.objectives = objectives.adding(objective.name, objective)
    return catalog
  }
}
