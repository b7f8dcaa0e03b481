/// Where the project's own test data lies, and the bigger data that may lie beside the project.
public enum Fixtures {
  /// The project's folder.
  public static let root = folder(of: #filePath, up: 3)
  /// Its `fixtures`.
  public static let path = root + "/fixtures"
  /// `../shared`: real corpora and conformance data; tests that need it are skipped without it.
  public static let shared = folder(of: root, up: 1) + "/shared"

  private static func folder(of path: String, up levels: Int) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).dropLast(levels).joined(separator: "/")
  }
}
