/// Scores of all tokens for a state, by the table that embeds them, and their cross-entropy.
///
///     s = h · Eᵀ + b     loss = mean over questions of (ln Σ e^s - s[answer])                 h [N, d], E [V, d]
///
///     ∂s = (softmax s - onehot answer) / N     ∂h = ∂s · E     ∂E += ∂sᵀ · h     ∂b += Σ ∂s
///
/// - Source: Press, Wolf 2017 (arXiv:1608.05859).
public final class TiedSoftmax {
  private let table: Parameter
  public let bias: Parameter
  private var head: CrossEntropy?
  private var states = Tensor(0, 0)

  public init(_ name: String, sharing table: Parameter, _ draws: inout Initializer) {
    self.table = table
    // From 0 to the logarithm of a token's frequency: that way is long, and what is beyond frequencies is learned after
    // it.
    bias = draws.constant("\(name).bias", table.value.rows, 0, pace: 20)
  }

  public var parameters: [Parameter] { [bias] }

  /// Scores [N, V].
  public func scores(_ states: Tensor) -> Tensor {
    let scores = Tensor(states.rows, table.value.rows)
    for row in 0..<states.rows { unsafe scores.row(row).update(from: bias.value.base, count: scores.columns) }
    return product(states, table.value, turning: .right, addedTo: scores)
  }

  public func forward(_ states: Tensor, answers: [Int32]) -> LossTally {
    self.states = states
    let head = CrossEntropy(scores(states), answers: answers)
    self.head = head
    return head.tally
  }

  /// - Returns: the gradient by the states.
  public func backward() -> Tensor {
    guard let slopes = head?.slopes() else { preconditionFailure("backward before forward") }
    head = nil
    for row in 0..<slopes.rows { unsafe Kernels.add(slopes.row(row), to: bias.gradient.base, slopes.columns) }
    product(slopes, states, turning: .left, addedTo: table.gradient)
    return product(slopes, table.value)
  }
}
