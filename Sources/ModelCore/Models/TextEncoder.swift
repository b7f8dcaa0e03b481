/// An encoder that makes one vector of a text, trained to bring the two views of a text together.
public final class TextEncoder: Learner {
  public struct Batch: Sendable {
    /// The first views of all pairs, then their second views, then hard negatives.
    public var texts: SequenceBatch
    public var pairs: Int

    public init(_ texts: SequenceBatch, pairs: Int) {
      precondition(texts.count >= 2 * pairs, "two views of each pair")
      self.texts = texts
      self.pairs = pairs
    }

    var members: [[Int]] {
      (0..<texts.count).map { text in
        (0..<texts.length).filter { texts.isReal(text, $0) }.map { text * texts.length + $0 }
      }
    }
  }

  private let stack: Stack
  private let contrast: InfoNCE
  private var rowCount = 0

  public init(_ shape: ModelShape, temperature: Float = 0.05, seed: UInt64) {
    var draws = Initializer(seed: seed)
    stack = Stack("stack", shape, looksAhead: true, &draws)
    contrast = InfoNCE(temperature: temperature)
  }

  public var parameters: [Parameter] { stack.parameters }

  public func forward(_ batch: Batch, noise: Noise?) -> ModelLoss {
    let states = stack.forward(batch.texts, noise: noise)
    rowCount = states.rows
    var loss = ModelLoss()
    loss.tokens = contrast.forward(states, members: batch.members, pairs: batch.pairs)
    return loss
  }

  public func backward() { stack.backward(contrast.backward(rows: rowCount)) }

  /// The unit vectors of the last batch's texts, in its order.
  public var vectors: Tensor { contrast.vectors }
}
