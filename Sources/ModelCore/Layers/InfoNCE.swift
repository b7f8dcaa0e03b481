/// The contrastive loss: of all texts in the batch, which one belongs to this one?
///
///     u = mean of the states of a text's tokens     z = u / |u|     s[i, j] = z_i · z_j / τ
///     loss = mean over pairs (i, i') of (ln Σ over candidates j of e^s[i, j] - s[i, i'])       τ = 0.05
///
///     ∂s = (softmax s - onehot i') / N     ∂z_i = Σ_j ∂s[i, j] z_j / τ, and the same turned round for the candidates
///     ∂u = (∂z - z (z · ∂z)) / |u|         each token's state gets ∂u / n
///
/// Candidates of an anchor are the second views of all pairs, and all hard negatives.
///
/// - Source: Gao, Yao, Chen 2021, SimCSE (arXiv:2104.08821), eq. 1 and 5; means instead of `[CLS]`, because an
///   untrained model's `[CLS]` has not read the text yet.
public final class InfoNCE {
  public let temperature: Float
  private var units = Tensor(0, 0)
  private var norms: [Float] = []
  private var members: [[Int]] = []
  private var pairs = 0
  private var head: CrossEntropy?

  public init(temperature: Float = 0.05) { self.temperature = temperature }

  /// - Parameters:
  ///   - states: the rows of all tokens of all texts.
  ///   - members: the rows of each text's tokens: `pairs` anchors, as many second views, then negatives.
  public func forward(_ states: Tensor, members: [[Int]], pairs: Int) -> LossTally {
    self.members = members
    self.pairs = pairs
    units = Tensor(members.count, states.columns)
    norms = []
    for (text, rows) in members.enumerated() {
      let unit = unsafe units.row(text)
      for row in rows { unsafe Kernels.add(states.row(row), to: unit, states.columns) }
      unsafe Kernels.scale(unit, by: 1 / Float(max(1, rows.count)), states.columns)
      let norm = unsafe max(1e-6, Kernels.dot(unit, unit, states.columns).squareRoot())
      norms.append(norm)
      unsafe Kernels.scale(unit, by: 1 / norm, states.columns)
    }
    let scores = product(anchors, candidates, turning: .right)
    unsafe Kernels.scale(scores.base, by: 1 / temperature, scores.count)
    let head = CrossEntropy(scores, answers: (0..<Int32(pairs)).map { $0 })
    self.head = head
    return head.tally
  }

  /// - Returns: the gradient by the states, of which there are `rows`.
  public func backward(rows: Int) -> Tensor {
    guard let slopes = head?.slopes() else { preconditionFailure("backward before forward") }
    head = nil
    unsafe Kernels.scale(slopes.base, by: 1 / temperature, slopes.count)
    let byAnchors = product(slopes, candidates)
    let byCandidates = product(slopes, anchors, turning: .left)
    let result = Tensor(rows, units.columns)
    let width = units.columns
    for (text, members) in members.enumerated() {
      let dz = unsafe text < pairs ? byAnchors.row(text) : byCandidates.row(text - pairs)
      let z = unsafe units.row(text)
      unsafe Kernels.add(z, times: -Kernels.dot(z, dz, width), to: dz, width)
      let share = 1 / (norms[text] * Float(max(1, members.count)))
      for row in members { unsafe Kernels.add(dz, times: share, to: result.row(row), width) }
    }
    return result
  }

  /// The unit vectors of the last forward pass, one for each text.
  public var vectors: Tensor { units }

  private var anchors: Tensor { units.gathering(Array(0..<pairs)) }
  private var candidates: Tensor { units.gathering(Array(pairs..<units.rows)) }
}
