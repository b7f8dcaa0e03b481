/// One layer of the stack: attention to itself, attention to a memory where there is one, feed-forward; each adds to
/// what goes through, and reads it normalized.
///
///     x ← x + dropout(attention(norm x))
///     x ← x + dropout(attention(norm x, memory))         decoders of an encoder only
///     x ← x + dropout(feedForward(norm x))
///
///     backward: each sum passes its gradient on along both ways
///
/// - Source: Vaswani et al. 2017, with the norms inside the branches as in GPT-2: such stacks train without a long
///   warm-up (Xiong et al. 2020, arXiv:2002.04745).
public final class Block {
  private let attentionNorm: LayerNorm
  private let attention: Attention
  private let attentionDropout: Dropout
  private let memoryNorm: LayerNorm?
  private let memoryAttention: Attention?
  private let memoryDropout: Dropout
  private let forwardNorm: LayerNorm
  private let feedForward: FeedForward
  private let forwardDropout: Dropout

  init(_ name: String, _ shape: ModelShape, looksAhead: Bool, hasMemory: Bool, _ draws: inout Initializer) {
    // So that the sum of all branches has the variance of one (GPT-2).
    let gain = 1 / Float(2 * shape.layers).squareRoot()
    attentionNorm = LayerNorm("\(name).attention_norm", width: shape.width, &draws)
    attention = Attention(
      "\(name).attention", width: shape.width, heads: shape.heads,
      beginningAt: looksAhead ? [-1, 1] : [-1, -2], gain: gain, &draws)
    attentionDropout = Dropout(shape.dropout)
    memoryNorm = hasMemory ? LayerNorm("\(name).memory_norm", width: shape.width, &draws) : nil
    memoryAttention =
      hasMemory
      ? Attention(
        "\(name).memory", width: shape.width, heads: shape.heads, beginningAt: [0, 1], gain: gain, &draws) : nil
    memoryDropout = Dropout(shape.dropout)
    forwardNorm = LayerNorm("\(name).forward_norm", width: shape.width, &draws)
    feedForward = FeedForward(
      "\(name).forward", width: shape.width, hidden: shape.hidden, gain: gain, &draws)
    forwardDropout = Dropout(shape.dropout)
  }

  var parameters: [Parameter] {
    attentionNorm.parameters + attention.parameters + (memoryNorm?.parameters ?? [])
      + (memoryAttention?.parameters ?? []) + forwardNorm.parameters + feedForward.parameters
  }

  func forward(
    _ input: Tensor, _ layout: Attention.Layout, memory: Tensor?, _ memoryLayout: Attention.Layout?, _ noise: Noise?
  ) -> Tensor {
    let x = input.copy()
    let normalized = attentionNorm.forward(x)
    x.add(attentionDropout.forward(attention.forward(normalized, memory: normalized, layout), noise))
    if let memoryNorm, let memoryAttention, let memory, let memoryLayout {
      let seen = memoryAttention.forward(memoryNorm.forward(x), memory: memory, memoryLayout)
      x.add(memoryDropout.forward(seen, noise))
    }
    x.add(forwardDropout.forward(feedForward.forward(forwardNorm.forward(x)), noise))
    return x
  }

  /// - Returns: the gradient by the input; that by the memory is added to `memory`.
  func backward(_ gradient: Tensor, memory: Tensor?) -> Tensor {
    let dx = gradient.copy()
    dx.add(forwardNorm.backward(feedForward.backward(forwardDropout.backward(dx))))
    if let memoryNorm, let memoryAttention, let memory {
      let (query, keys) = memoryAttention.backward(memoryDropout.backward(dx))
      memory.add(keys)
      dx.add(memoryNorm.backward(query))
    }
    let (query, keys) = attention.backward(attentionDropout.backward(dx))
    query.add(keys)
    dx.add(attentionNorm.backward(query))
    return dx
  }
}
