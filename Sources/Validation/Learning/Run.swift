internal import Blocks
internal import ModelCore

/// What became of one model: losses before and after on rows it has not seen, and on the way.
struct Run: Sendable {
  var before = ModelLoss()
  var after = ModelLoss()
  /// The loss of each step's batch.
  var curve: [Double] = []

  /// Trains a model and measures it before and after.
  ///
  /// - Parameters:
  ///   - batch: makes a batch of a group of rows; made when needed, for who sees whom takes memory.
  ///   - prepare: changes a batch of a step; the control shuffles its answers there.
  static func of<L: Learner>(
    _ model: L, _ learning: Learning, _ batch: ([TaskRow]) -> L.Batch, measuresWithNoise: Bool = false,
    prepare: (L.Batch, _ step: Int) -> L.Batch = { batch, _ in batch }, progress: (Double) -> Void
  ) -> Run {
    var run = Run()
    func measure() -> ModelLoss {
      var loss = ModelLoss()
      for (index, group) in learning.heldOut.enumerated() {
        let noise = measuresWithNoise ? Noise(seed: learning.seed &+ 1, step: index) : nil
        loss.add(model.forward(batch(group), noise: noise))
      }
      return loss
    }
    run.before = measure()
    train(
      model, learning.settings.optimizer(steps: learning.steps), seed: learning.seed,
      batch: { step in prepare(batch(learning.training[step % learning.training.count]), step) },
      report: { step, loss in
        run.curve.append(loss.total)
        if step % 10 == 0 { progress(Double(step) / Double(learning.steps)) }
      })
    run.after = measure()
    return run
  }
}

extension Questions {
  /// The same questions with their answers in a random order: what a model can still learn is how often each occurs.
  func shuffled(seed: UInt64, step: Int) -> Questions {
    var stream = RandomStream(
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
      counterHigh: (UInt32(truncatingIfNeeded: step), 0x5348_5546))
    var shuffled = self
    stream.partialShuffle(&shuffled.answers, count: answers.count)
    return shuffled
  }
}
