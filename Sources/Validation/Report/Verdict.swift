/// One question about a dataset, answered.
public struct Verdict: Sendable, Equatable {
  public enum Outcome: String, Sendable {
    case passed, failed
    /// The question does not arise, or cannot be answered from so few rows; the reason is in `found`.
    case skipped
  }

  /// The question: a name of `Verdict.questions`.
  public var check: String
  public var outcome: Outcome
  /// What was measured.
  public var found: String
  /// What would have been right.
  public var expected: String

  public init(_ check: String, _ outcome: Outcome, found: String, expected: String = "") {
    self.check = check
    self.outcome = outcome
    self.found = found
    self.expected = expected
  }

  init(_ check: String, isRight: Bool, found: String, expected: String) {
    self.init(check, isRight ? .passed : .failed, found: found, expected: expected)
  }
}
