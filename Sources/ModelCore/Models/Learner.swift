/// A model with a loss: what a training loop needs.
public protocol Learner: AnyObject {
  associatedtype Batch

  var parameters: [Parameter] { get }

  /// The losses of a batch.
  ///
  /// - Parameter noise: draws for dropout; nil when not training.
  func forward(_ batch: Batch, noise: Noise?) -> ModelLoss

  /// Adds the gradients of the last forward pass's total loss to the parameters'.
  func backward()
}

/// Losses by what is asked. What is trained on is the sum of their means.
public struct ModelLoss: Sendable, Equatable {
  /// Which token?
  public var tokens = LossTally()
  /// Which label? (Replaced or not; next sentence or not.)
  public var labels = LossTally()

  public init() {}

  public var total: Double { tokens.mean + labels.mean }

  public mutating func add(_ other: ModelLoss) {
    tokens.add(other.tokens)
    labels.add(other.labels)
  }
}

/// Trains for a number of steps.
///
/// The same seed and batches give the same numbers on one machine, however many threads train other models meanwhile.
///
/// - Parameters:
///   - batch: the batch of a step, from 0.
///   - report: is told each step's loss, before the step changed the model.
public func train<L: Learner>(
  _ model: L, _ settings: AdamW.Settings, seed: UInt64, batch: (_ step: Int) -> L.Batch,
  report: (_ step: Int, _ loss: ModelLoss) -> Void = { _, _ in }
) {
  let optimizer = AdamW(model.parameters, settings)
  for step in 0..<settings.steps {
    let loss = model.forward(batch(step), noise: Noise(seed: seed, step: step))
    report(step, loss)
    model.backward()
    optimizer.update()
  }
}
