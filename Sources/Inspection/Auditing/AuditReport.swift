public import JSONText

/// What an audit looked at and what it found.
public struct AuditReport: Sendable, Equatable {
  /// One split of one objective.
  public struct Section: Sendable, Equatable {
    public var objective: String
    public var split: String
    public var shards: Int
    /// Rows by the manifest.
    public var rows: Int
    /// Rows that were proved one by one.
    public var rowsChecked = 0
    /// Bytes whose checksum was compared.
    public var bytes = 0

    public init(objective: String, split: String, shards: Int, rows: Int) {
      self.objective = objective
      self.split = split
      self.shards = shards
      self.rows = rows
    }
  }

  /// How often one kind of finding was met.
  public struct Count: Sendable, Equatable {
    public var code: String
    public var severity: Finding.Severity
    public var count: Int
  }

  /// The folder that holds `dataset.json`.
  public var path: String
  public var sections: [Section] = []
  /// The first few of each kind in each split, in the order in which they were met.
  public private(set) var findings: [Finding] = []
  /// All of them, by kind, in the order of first meeting.
  public private(set) var counts: [Count] = []
  private var kept: [String: Int] = [:]
  private let keptLimit: Int

  /// - Parameter keptLimit: findings of one kind in one split that are kept whole.
  init(path: String, keptLimit: Int) {
    self.path = path
    self.keptLimit = keptLimit
  }

  /// True when nothing is wrong; notes are no faults.
  public var isClean: Bool { !counts.contains { $0.severity == .error } }

  public var errorCount: Int { counts.reduce(0) { $0 + ($1.severity == .error ? $1.count : 0) } }

  /// Counts a finding, and keeps it while few of its kind are known.
  mutating func add(_ finding: Finding, times: Int = 1) {
    if let index = counts.firstIndex(where: { $0.code == finding.code && $0.severity == finding.severity }) {
      counts[index].count += times
    } else {
      counts.append(Count(code: finding.code, severity: finding.severity, count: times))
    }
    let kind = [finding.code, finding.place.objective ?? "", finding.place.split ?? ""].joined(separator: " ")
    guard kept[kind, default: 0] < keptLimit else { return }
    kept[kind, default: 0] += 1
    findings.append(finding)
  }
}

extension AuditReport {
  /// `{"ok": true, "path": …, "sections": […], "counts": {…}, "findings": […]}`
  public var json: JSONValue {
    [
      "ok": .bool(isClean),
      "path": .string(path),
      "sections": .array(
        sections.map {
          [
            "objective": .string($0.objective), "split": .string($0.split), "shards": .integer($0.shards),
            "rows": .integer($0.rows), "rows_checked": .integer($0.rowsChecked), "bytes": .integer($0.bytes),
          ]
        }),
      "counts": .object(JSONObject(counts.map { (key: $0.code, value: .integer($0.count)) })),
      "findings": .array(findings.map(\.json)),
    ]
  }
}
