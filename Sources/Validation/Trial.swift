internal import Blocks

/// One objective's way to its verdicts: what rows tell by themselves, then what two models learn of them.
package final class Trial: Sendable {
  private let set: TaskSet?
  private let sample: (name: String, kind: String)
  private let rowVerdicts: [Verdict]
  private let learning: Learning?
  private let real = Slot()
  private let control = Slot()

  /// Where a piece of work leaves its outcome. `@unchecked Sendable`: one piece writes it, and it is read when all
  /// pieces have ended.
  private final class Slot: @unchecked Sendable {
    var outcome: LearningOutcome?
  }

  package init(_ sample: ObjectiveSample, _ settings: LearningSettings, seed: UInt64) {
    self.sample = (sample.name, sample.kind)
    set = TaskSet(sample)
    var verdicts = set.map { RowChecks(set: $0).verdicts + [PairCheck(set: $0).verdict].compactMap(\.self) } ?? []
    guard let set, !set.training.isEmpty else {
      rowVerdicts = verdicts + [Verdict("rows", .failed, found: "no rows", expected: "some")]
      learning = nil
      return
    }
    // Ids of no vocabulary have no vector: nothing to train.
    let refused = verdicts.contains { $0.outcome == .failed && ["rows", "ids"].contains($0.check) }
    let learning = refused ? nil : Learning(set, settings, seed: seed)
    if let obstacle = learning?.obstacle {
      verdicts.append(Verdict("learned", .skipped, found: obstacle))
      self.learning = nil
    } else {
      self.learning = learning
    }
    rowVerdicts = verdicts
  }

  /// Independent pieces of work; `report` is there when all have ended.
  package func pieces(_ progress: @escaping @Sendable (Validator.Progress) -> Void) -> [@Sendable () -> Void] {
    guard let learning else { return [] }
    let name = sample.name
    var pieces: [@Sendable () -> Void] = [
      { [real] in
        real.outcome = learning.run(shuffled: false) {
          progress(Validator.Progress(objective: name, fraction: $0))
        }
      }
    ]
    // Chance is known for pairs: one among so many.
    if learning.set.family != .pairs {
      pieces.append { [control] in control.outcome = learning.run(shuffled: true) { _ in } }
    }
    return pieces
  }

  package var report: ObjectiveReport {
    var report = ObjectiveReport(
      name: sample.name, kind: sample.kind, family: set?.family ?? .inPlace,
      rows: (set?.training.count ?? 0) + (set?.heldOut.count ?? 0), verdicts: rowVerdicts)
    if let learning, let outcome = real.outcome {
      let verdicts = LearningVerdicts(learning: learning, real: outcome, control: control.outcome)
      report.verdicts += verdicts.verdicts
      report.losses = verdicts.report
    }
    return report
  }
}
