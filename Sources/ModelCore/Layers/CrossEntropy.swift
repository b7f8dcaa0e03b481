/// Cross-entropy of answers under a softmax of scores.
///
///     loss = mean of (ln Σ e^s - s[answer])     ∂s = (softmax s - onehot answer) / N
public struct CrossEntropy {
  /// e^(s - largest) / Σ: a softmax of each row.
  private let shares: Tensor
  private let answers: [Int32]
  public let tally: LossTally

  /// - Parameter scores: [N, V]; taken over and overwritten.
  public init(_ scores: Tensor, answers: [Int32]) {
    precondition(scores.rows == answers.count, "one answer for each row of scores")
    var tally = LossTally()
    for (row, answer) in answers.enumerated() {
      let s = unsafe scores.row(row)
      let asked = unsafe s[Int(answer)]
      let largest = unsafe Kernels.maximum(s, scores.columns)
      let sum = unsafe Kernels.exponentials(s, shift: largest, scores.columns)
      unsafe Kernels.scale(s, by: 1 / sum, scores.columns)
      let loss = naturalLogarithm(Double(sum)) + Double(largest - asked)
      tally.add(loss, isRight: asked == largest)
    }
    shares = scores
    self.answers = answers
    self.tally = tally
  }

  /// ∂loss/∂scores; the scores are gone afterwards.
  public func slopes() -> Tensor {
    for (row, answer) in answers.enumerated() { shares[row, Int(answer)] -= 1 }
    unsafe Kernels.scale(shares.base, by: 1 / Float(max(1, answers.count)), shares.count)
    return shares
  }
}

/// Losses of many questions.
public struct LossTally: Sendable, Equatable {
  /// Nats, one for each question, in order.
  public private(set) var losses: [Double] = []
  /// Questions whose answer had the highest score.
  public private(set) var rightCount = 0

  public init() {}

  public var count: Int { losses.count }
  public var sum: Double { losses.reduce(0, +) }
  /// Nats a question.
  public var mean: Double { count == 0 ? 0 : sum / Double(count) }
  public var accuracy: Double { count == 0 ? 0 : Double(rightCount) / Double(count) }

  public mutating func add(_ loss: Double, isRight: Bool) {
    losses.append(loss)
    if isRight { rightCount += 1 }
  }

  public mutating func add(_ other: LossTally) {
    losses += other.losses
    rightCount += other.rightCount
  }
}
