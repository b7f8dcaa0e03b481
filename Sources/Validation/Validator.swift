public import Blocks
internal import Files
public import Inspection
internal import Shards

/// The last question before much is spent on training: can this be learned from, and from the right thing?
///
/// Takes a sample of each objective's rows, looks whether labels stand where they belong and answers are not in sight,
/// and trains two small models: one on the labels as they are, a control on shuffled ones. Rows are read as any user of
/// the shards reads them; how they were made is not asked.
///
///     let report = try Validator(of: Dataset(opening: "out")).run()
///     report.isSound
///
/// The same dataset, settings and seed give the same report, whatever runs side by side.
public struct Validator: Sendable {
  /// How far it is.
  public struct Progress: Sendable {
    public var objective: String
    /// Of this objective's longer training, 0 to 1.
    public var fraction: Double
  }

  public let dataset: Dataset
  /// Only this objective; nil for all.
  public var objective: String?
  public var settings = LearningSettings()
  /// What the sample, first values and shuffles depend on.
  public var seed: UInt64 = 17
  /// A fault to plant in what is read, to see whether it is caught.
  public var fault: Fault?

  public init(of dataset: Dataset) {
    self.dataset = dataset
    objective = dataset.selection.objective
  }

  /// - Parameters:
  ///   - sideBySide: runs independent pieces of work and returns when all have ended; by default one after the other.
  ///   - width: how many pieces it can run at once.
  ///   - progress: is told now and then, from any of the pieces.
  ///   - finished: is told each objective's report as it is there.
  public func run(
    width: Int = 1, sideBySide: ([@Sendable () -> Void]) throws(Diagnostic) -> Void = { for piece in $0 { piece() } },
    progress: @escaping @Sendable (Progress) -> Void = { _ in }, finished: (ObjectiveReport) -> Void = { _ in }
  ) throws(Diagnostic) -> ValidationReport {
    var chosen = dataset.objectives
    if let objective { chosen = [try dataset.objective(named: objective)] }
    var reports: [ObjectiveReport] = []
    // Two models an objective: so many objectives are in memory at once as keep everybody busy.
    let waveCount = max(1, width / 2)
    for start in stride(from: 0, to: chosen.count, by: waveCount) {
      var trials: [Trial] = []
      for objective in chosen[start..<min(chosen.count, start + waveCount)] {
        var sample = try SampleReader(dataset: dataset, settings: settings, seed: seed).sample(objective)
        fault?.plant(in: &sample, seed: seed)
        trials.append(Trial(sample, settings, seed: seed))
      }
      try sideBySide(trials.flatMap { $0.pieces(progress) })
      for trial in trials {
        let report = trial.report
        finished(report)
        reports.append(report)
      }
    }
    return ValidationReport(objectives: reports)
  }
}
