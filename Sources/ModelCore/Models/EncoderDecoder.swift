/// An encoder that reads the source both ways, and a decoder that reads the target from left to right and the encoder's
/// states; one table of tokens for both and for the softmax.
public final class EncoderDecoder: Learner {
  public struct Batch: Sendable {
    public var source: SequenceBatch
    public var target: SequenceBatch
    /// [count · target length · source length]: 1 where a target's token may see a source's.
    public var sees: [Float]
    public var tokens = Questions()

    public init(source: SequenceBatch, target: SequenceBatch) {
      precondition(source.count == target.count, "a source for each target")
      self.source = source
      self.target = target
      sees = []
      sees.reserveCapacity(source.count * target.length * source.length)
      for sequence in 0..<source.count {
        let row = (0..<source.length).map { source.isReal(sequence, $0) ? Float(1) : 0 }
        for _ in 0..<target.length { sees += row }
      }
    }

    var memoryLayout: Attention.Layout {
      Attention.Layout(
        count: source.count, queries: target.length, keys: source.length, sees: sees,
        queryPositions: target.positions, keyPositions: source.positions)
    }
  }

  private let encoder: Stack
  private let decoder: Stack
  private let softmax: TiedSoftmax
  private var batch: Batch?

  public init(_ shape: ModelShape, seed: UInt64) {
    var draws = Initializer(seed: seed)
    encoder = Stack("encoder", shape, looksAhead: true, &draws)
    decoder = Stack(
      "decoder", shape, looksAhead: false, hasMemory: true, sharing: encoder.tokens.table, &draws)
    softmax = TiedSoftmax("softmax", sharing: encoder.tokens.table, &draws)
  }

  public var parameters: [Parameter] { encoder.parameters + decoder.parameters + softmax.parameters }

  /// The decoder's states.
  public func states(_ batch: Batch, noise: Noise? = nil) -> Tensor {
    let memory = encoder.forward(batch.source, noise: noise)
    return decoder.forward(batch.target, memory: (memory, batch.memoryLayout), noise: noise)
  }

  public func forward(_ batch: Batch, noise: Noise?) -> ModelLoss {
    self.batch = batch
    let states = states(batch, noise: noise)
    var loss = ModelLoss()
    loss.tokens = softmax.forward(states.gathering(batch.tokens.places), answers: batch.tokens.answers)
    return loss
  }

  public func backward() {
    guard let batch else { preconditionFailure("backward before forward") }
    let gradient = Tensor(batch.target.count * batch.target.length, encoder.shape.width)
    gradient.scatterAdd(softmax.backward(), at: batch.tokens.places)
    guard let memory = decoder.backward(gradient) else { preconditionFailure("a decoder with a memory") }
    encoder.backward(memory)
  }
}
