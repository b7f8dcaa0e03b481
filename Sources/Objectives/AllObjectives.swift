public import Blocks

/// The one list of objectives. A new objective is one file and one line here.
public enum AllObjectives {
  public static let standard = NamedList<any Objective.Type>(kind: "objective", [])
}
