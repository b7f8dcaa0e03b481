/// Tokens in, states out: embeddings, blocks, and a last norm. An encoder, a decoder, or the decoder of an encoder,
/// according to what its batches let tokens see and whether it has a memory.
///
///     x₀ = √d · E[token] + P[position] + T[type]     xₗ₊₁ = block(xₗ)     states = norm(x_L)
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
    // Small beside the tokens: a model that sees little data should begin with what a token is, not with where it
    // stands.
    positions = Embedding("\(name).positions", count: shape.longest, width: shape.width, deviation: 0.002, &draws)
    types = Embedding("\(name).types", count: shape.types, width: shape.width, deviation: 0.002, &draws)
    dropout = Dropout(shape.dropout)
    blocks = (0..<shape.layers).map {
      Block("\(name).\($0)", shape, looksAhead: looksAhead, hasMemory: hasMemory, &draws)
    }
    norm = LayerNorm("\(name).norm", width: shape.width, &draws)
  }

  private let ownsTokens: Bool

  /// √d, so that tokens are not lost beside what the blocks add (Vaswani et al. 2017, §3.4).
  private var tokenScale: Float { Float(shape.width).squareRoot() }

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
    unsafe Kernels.scale(x.base, by: tokenScale, x.count)
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
    positions.backward(dx)
    types.backward(dx)
    let byTokens = dx.copy()
    unsafe Kernels.scale(byTokens.base, by: tokenScale, byTokens.count)
    tokens.backward(byTokens)
    return memoryGradient
  }
}
