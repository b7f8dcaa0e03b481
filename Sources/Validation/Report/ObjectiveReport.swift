public import JSONText

/// What was found about one objective.
public struct ObjectiveReport: Sendable, Equatable {
  /// The losses of its models, in nats a question.
  public struct Losses: Sendable, Equatable {
    /// Numbers of the compact vocabulary, and ids that the sample holds.
    public var vocabulary = 0
    public var seen = 0
    public var steps = 0
    /// Questions it was measured by.
    public var questions = 0
    public var before = 0.0
    public var after = 0.0
    /// After training on shuffled labels.
    public var control: Double?
    /// What single tokens tell, and the token beside.
    public var singles: Double?
    public var pairs: Double?
    /// The loss of each step.
    public var curve: [Double] = []
    public var controlCurve: [Double] = []

    public init() {}
  }

  public var name: String
  public var kind: String
  public var family: Family
  public var rows: Int
  public var verdicts: [Verdict]
  /// Nil where nothing was trained: the rows were refused before.
  public var losses: Losses?

  public init(
    name: String, kind: String, family: Family, rows: Int, verdicts: [Verdict], losses: Losses? = nil
  ) {
    self.name = name
    self.kind = kind
    self.family = family
    self.rows = rows
    self.verdicts = verdicts
    self.losses = losses
  }

  public var isSound: Bool { !verdicts.contains { $0.outcome == .failed } }

  /// Stable keys: `objective`, `kind`, `family`, `passed`, `rows`, `verdicts`, `losses`.
  public var json: JSONValue {
    var object: JSONObject = [
      "objective": .string(name), "kind": .string(kind), "family": .string(family.rawValue), "passed": .bool(isSound),
      "rows": .integer(rows),
      "verdicts": .array(
        verdicts.map { verdict in
          .object([
            "check": .string(verdict.check), "outcome": .string(verdict.outcome.rawValue),
            "found": .string(verdict.found), "expected": .string(verdict.expected),
          ])
        }),
    ]
    if let losses { object["losses"] = losses.json }
    return .object(object)
  }
}

extension ObjectiveReport.Losses {
  var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { .number(($0 * 1e6).rounded() / 1e6) } ?? .null }
    return .object([
      "vocabulary": .integer(vocabulary), "ids_seen": .integer(seen), "steps": .integer(steps),
      "questions": .integer(questions), "before": number(before), "after": number(after), "control": number(control),
      "single_tokens": number(singles), "neighbour": number(pairs), "curve": .array(curve.map(number)),
      "control_curve": .array(controlCurve.map(number)),
    ])
  }
}

/// What was found about a dataset.
public struct ValidationReport: Sendable, Equatable {
  public var objectives: [ObjectiveReport]

  public init(objectives: [ObjectiveReport]) { self.objectives = objectives }

  public var isSound: Bool { objectives.allSatisfy(\.isSound) }
}
