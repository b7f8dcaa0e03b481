/// Tokens in, states out: embeddings, blocks, and a last norm. An encoder, a decoder, or the decoder of an encoder,
/// according to what its batches let tokens see and whether it has a memory.
///
///     x₀ = E[token] + P[position] + T[type]     xₗ₊₁ = block(xₗ)     states = norm(x_L)
public final class Stack {
  public let shape: ModelShape
  public let tokens: Embedding
  private let positions: Embedding
  private let types: Embedding
  private let dropout: Dropout
  private let blocks: [Block]
  private let norm: LayerNorm
  private var memoryGradient: Tensor?

  /// - Parameters:
  ///   - looksAhead: whether tokens mostly see what is behind them; where the heads begin to look, nothing else.
  ///   - table: the table of tokens of another stack, to be shared.
  public init(
    _ name: String, _ shape: ModelShape, looksAhead: Bool, hasMemory: Bool = false, sharing table: Parameter? = nil,
    _ draws: inout Initializer
  ) {
    self.shape = shape
    tokens =
      table.map { Embedding(sharing: $0) }
      ?? Embedding("\(name).tokens", count: shape.vocabularySize, width: shape.width, &draws)
    ownsTokens = table == nil
    positions = Embedding("\(name).positions", count: shape.longest, width: shape.width, &draws)
    types = Embedding("\(name).types", count: shape.types, width: shape.width, &draws)
    dropout = Dropout(shape.dropout)
    blocks = (0..<shape.layers).map {
      Block("\(name).\($0)", shape, looksAhead: looksAhead, hasMemory: hasMemory, &draws)
    }
    norm = LayerNorm("\(name).norm", width: shape.width, &draws)
  }

  private let ownsTokens: Bool

  public var parameters: [Parameter] {
    (ownsTokens ? [tokens.table] : []) + [positions.table, types.table] + blocks.flatMap(\.parameters)
      + norm.parameters
  }

  /// - Parameters:
  ///   - memory: the encoder's states, with who may see what of them.
  ///   - noise: draws for dropout; nil when not training.
  /// - Returns: [count · length, width]
  public func forward(
    _ batch: SequenceBatch, memory: (states: Tensor, layout: Attention.Layout)? = nil, noise: Noise? = nil
  ) -> Tensor {
    var x = tokens.forward(batch.tokens)
    _ = positions.forward(batch.positions.map { min($0, Int32(shape.longest - 1)) }, addedTo: x)
    _ = types.forward(batch.types.map { min($0, Int32(shape.types - 1)) }, addedTo: x)
    x = dropout.forward(x, noise)
    let layout = Attention.Layout(batch)
    for block in blocks { x = block.forward(x, layout, memory: memory?.states, memory?.layout, noise) }
    memoryGradient = memory.map { Tensor($0.states.rows, $0.states.columns) }
    return norm.forward(x)
  }

  /// - Returns: the gradient by the memory, if there is one.
  @discardableResult
  public func backward(_ gradient: Tensor) -> Tensor? {
    var dx = norm.backward(gradient)
    for block in blocks.reversed() { dx = block.backward(dx, memory: memoryGradient) }
    dx = dropout.backward(dx)
    tokens.backward(dx)
    positions.backward(dx)
    types.backward(dx)
    return memoryGradient
  }
}
