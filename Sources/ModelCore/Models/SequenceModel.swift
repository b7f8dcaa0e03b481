/// One stack that answers in place: an encoder or a decoder, as its batches let tokens see; asked for tokens, for
/// labels, or for both.
public final class SequenceModel: Learner {
  public struct Batch: Sendable {
    public var sequences: SequenceBatch
    public var tokens = Questions()
    public var labels = Questions()

    public init(_ sequences: SequenceBatch) { self.sequences = sequences }
  }

  private let stack: Stack
  private let softmax: TiedSoftmax
  private let labelHead: Linear
  private var batch: Batch?
  private var labelEntropy: CrossEntropy?

  /// - Parameters:
  ///   - looksAhead: whether tokens mostly see what is behind them.
  ///   - labelCount: how many labels there are; 2 for the objectives that ask for any.
  public init(_ shape: ModelShape, looksAhead: Bool, labelCount: Int = 2, seed: UInt64) {
    var draws = Initializer(seed: seed)
    stack = Stack("stack", shape, looksAhead: looksAhead, &draws)
    softmax = TiedSoftmax("softmax", sharing: stack.tokens.table, &draws)
    labelHead = Linear("labels", from: shape.width, to: labelCount, gain: 0.1, &draws)
  }

  public var parameters: [Parameter] { stack.parameters + softmax.parameters + labelHead.parameters }

  public func states(_ sequences: SequenceBatch) -> Tensor { stack.forward(sequences) }

  public func forward(_ batch: Batch, noise: Noise?) -> ModelLoss {
    self.batch = batch
    let states = stack.forward(batch.sequences, noise: noise)
    var loss = ModelLoss()
    if !batch.tokens.places.isEmpty {
      loss.tokens = softmax.forward(states.gathering(batch.tokens.places), answers: batch.tokens.answers)
    }
    labelEntropy = nil
    if !batch.labels.places.isEmpty {
      let scores = labelHead.forward(states.gathering(batch.labels.places))
      let entropy = CrossEntropy(scores, answers: batch.labels.answers)
      labelEntropy = entropy
      loss.labels = entropy.tally
    }
    return loss
  }

  public func backward() {
    guard let batch else { preconditionFailure("backward before forward") }
    let gradient = Tensor(batch.sequences.count * batch.sequences.length, stack.shape.width)
    if !batch.tokens.places.isEmpty { gradient.scatterAdd(softmax.backward(), at: batch.tokens.places) }
    if let labelEntropy {
      gradient.scatterAdd(labelHead.backward(labelEntropy.slopes()), at: batch.labels.places)
    }
    labelEntropy = nil
    stack.backward(gradient)
  }
}
