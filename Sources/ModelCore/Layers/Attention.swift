/// Multi-head attention, of a sequence to itself or to another one (`memory`).
///
///     Q = x · W_Q + b_Q     K = m · W_K + b_K     V = m · W_V + b_V                 m = x, or the memory
///     in each head h, on its d/H columns:
///     S = Q_h · K_hᵀ / √(d/H) + bias     P = softmax of S over what may be seen     O_h = P · V_h
///     y = O · W_O + b_O
///
///     ∂V_h = Pᵀ · ∂O_h     ∂P = ∂O_h · V_hᵀ     ∂S = P ∘ (∂P - Σ over keys of ∂P ∘ P)
///     ∂Q_h = ∂S · K_h / √(d/H)     ∂K_h = ∂Sᵀ · Q_h / √(d/H)
///
/// What may be seen is a matrix of 0 and 1 for each sequence: both ways, causal, a prefix, segments and cross attention
/// are only different matrices. A token that may see nothing gets zeros.
///
/// - Source: Vaswani et al. 2017 (arXiv:1706.03762) §3.2.
public final class Attention {
  /// Who looks at whom: `sees` is [count, queries, keys], positions are [count · queries] and [count · keys].
  public struct Layout {
    public var count: Int
    public var queries: Int
    public var keys: Int
    public var sees: [Float]
    public var queryPositions: [Int32]
    public var keyPositions: [Int32]

    public init(
      count: Int, queries: Int, keys: Int, sees: [Float], queryPositions: [Int32], keyPositions: [Int32]
    ) {
      precondition(sees.count == count * queries * keys)
      precondition(queryPositions.count == count * queries && keyPositions.count == count * keys)
      self.count = count
      self.queries = queries
      self.keys = keys
      self.sees = sees
      self.queryPositions = queryPositions
      self.keyPositions = keyPositions
    }

    /// A sequence that looks at itself.
    public init(_ batch: SequenceBatch) {
      self.init(
        count: batch.count, queries: batch.length, keys: batch.length, sees: batch.sees,
        queryPositions: batch.positions, keyPositions: batch.positions)
    }
  }

  public let query: Linear
  public let key: Linear
  public let value: Linear
  public let output: Linear
  public let bias: DistanceBias
  private let heads: Int
  private let headWidth: Int
  private var layout: Layout?
  private var (q, k, v) = (Tensor(0, 0), Tensor(0, 0), Tensor(0, 0))
  /// P of every sequence and head: [count · heads · queries, keys].
  private var weights = Tensor(0, 0)

  /// - Parameter distances: where the first heads begin to look.
  public init(
    _ name: String, width: Int, heads: Int, beginningAt distances: [Int], gain: Float, _ draws: inout Initializer
  ) {
    precondition(width % heads == 0, "the width is a multiple of the number of heads")
    self.heads = heads
    headWidth = width / heads
    query = Linear("\(name).query", from: width, to: width, &draws)
    key = Linear("\(name).key", from: width, to: width, &draws)
    value = Linear("\(name).value", from: width, to: width, &draws)
    output = Linear("\(name).output", from: width, to: width, gain: gain, &draws)
    bias = DistanceBias("\(name).distance", heads: heads, beginningAt: distances)
  }

  public var parameters: [Parameter] {
    query.parameters + key.parameters + value.parameters + output.parameters + [bias.table]
  }

  /// - Parameters:
  ///   - x: [count · queries, d]
  ///   - memory: [count · keys, d]; `x` itself for self-attention.
  public func forward(_ x: Tensor, memory: Tensor, _ layout: Layout) -> Tensor {
    self.layout = layout
    q = query.forward(x)
    k = key.forward(memory)
    v = value.forward(memory)
    weights = Tensor(layout.count * heads * layout.queries, layout.keys)
    let mixed = Tensor(x.rows, x.columns)
    let scale = 1 / Float(headWidth).squareRoot()
    let width = x.columns
    forEachHead(layout) { sequence, head in
      let column = head * headWidth
      let scores = unsafe weights.row((sequence * heads + head) * layout.queries)
      let (qs, ks) = (sequence * layout.queries, sequence * layout.keys)
      unsafe MatrixProduct.multiply(
        q.row(qs) + column, width, k.row(ks) + column, width, into: scores, layout.keys, turning: .right,
        m: layout.queries, n: layout.keys, k: headWidth, alpha: scale)
      unsafe bias.add(
        head, to: scores, queries: layout.queryPositions[qs..<qs + layout.queries],
        keys: layout.keyPositions[ks..<ks + layout.keys])
      unsafe layout.sees.withUnsafeBufferPointer { sees in
        let sees = unsafe sees.baseAddress.unsafelyUnwrapped + sequence * layout.queries * layout.keys
        for row in 0..<layout.queries {
          unsafe Self.softmax(scores + row * layout.keys, sees + row * layout.keys, layout.keys)
        }
      }
      unsafe MatrixProduct.multiply(
        scores, layout.keys, v.row(ks) + column, width, into: mixed.row(qs) + column, width, m: layout.queries,
        n: headWidth, k: layout.keys)
    }
    return output.forward(mixed)
  }

  /// - Returns: the gradients by x and by the memory; for self-attention their sum counts.
  public func backward(_ gradient: Tensor) -> (x: Tensor, memory: Tensor) {
    guard let layout else { preconditionFailure("backward before forward") }
    let mixed = output.backward(gradient)
    let (dq, dk, dv) = (Tensor(q.rows, q.columns), Tensor(k.rows, k.columns), Tensor(v.rows, v.columns))
    let scale = 1 / Float(headWidth).squareRoot()
    let width = q.columns
    let slopes = Tensor(layout.queries, layout.keys)
    forEachHead(layout) { sequence, head in
      let column = head * headWidth
      let p = unsafe weights.row((sequence * heads + head) * layout.queries)
      let (qs, ks) = (sequence * layout.queries, sequence * layout.keys)
      unsafe MatrixProduct.multiply(
        p, layout.keys, mixed.row(qs) + column, width, into: dv.row(ks) + column, width, turning: .left, m: layout.keys,
        n: headWidth, k: layout.queries)
      unsafe MatrixProduct.multiply(
        mixed.row(qs) + column, width, v.row(ks) + column, width, into: slopes.base, layout.keys, turning: .right,
        m: layout.queries,
        n: layout.keys, k: headWidth)
      for row in 0..<layout.queries {
        let (ds, weights) = unsafe (slopes.row(row), p + row * layout.keys)
        unsafe Self.softmaxBackward(ds, weights, layout.keys)
      }
      unsafe bias.backward(
        head, slopes.base, queries: layout.queryPositions[qs..<qs + layout.queries],
        keys: layout.keyPositions[ks..<ks + layout.keys])
      unsafe MatrixProduct.multiply(
        slopes.base, layout.keys, k.row(ks) + column, width, into: dq.row(qs) + column, width, m: layout.queries,
        n: headWidth, k: layout.keys, alpha: scale)
      unsafe MatrixProduct.multiply(
        slopes.base, layout.keys, q.row(qs) + column, width, into: dk.row(ks) + column, width, turning: .left,
        m: layout.keys, n: headWidth, k: layout.queries, alpha: scale)
    }
    let dm = key.backward(dk)
    dm.add(value.backward(dv))
    return (query.backward(dq), dm)
  }

  private func forEachHead(_ layout: Layout, _ body: (_ sequence: Int, _ head: Int) -> Void) {
    for sequence in 0..<layout.count { for head in 0..<heads { body(sequence, head) } }
  }

  /// Scores to weights, in place: unseen keys get exactly 0, so that nothing of theirs reaches the sum.
  private static func softmax(_ scores: Kernels.Target, _ sees: Kernels.Numbers, _ count: Int) {
    var i = 0
    while i < count {
      unsafe scores[i] += (sees[i] - 1) * 1e30
      i &+= 1
    }
    let largest = unsafe Kernels.maximum(scores, count)
    _ = unsafe Kernels.exponentials(scores, shift: largest, count)
    unsafe Kernels.multiply(scores, by: sees, count)
    let sum = unsafe Kernels.sum(scores, count)
    unsafe Kernels.scale(scores, by: sum > 0 ? 1 / sum : 0, count)
  }

  /// ∂P to ∂S, in place.
  private static func softmaxBackward(_ slopes: Kernels.Target, _ weights: Kernels.Numbers, _ count: Int) {
    let mean = unsafe Kernels.dot(slopes, weights, count)
    var i = 0
    while i < count {
      unsafe slopes[i] = weights[i] * (slopes[i] - mean)
      i &+= 1
    }
  }
}
