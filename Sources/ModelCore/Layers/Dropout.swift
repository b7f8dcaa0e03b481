internal import Blocks

/// Dropout: while training, each number is put to zero with probability p, and the others grow so that sums stay.
///
///     y = m ∘ x / (1 - p)     m is 0 with probability p, else 1                     ∂x = m ∘ ∂y / (1 - p)
///
/// - Source: Srivastava et al. 2014. Two passes of one text with other draws are SimCSE's two views.
public final class Dropout {
  public let rate: Float
  private var factors: Tensor?

  public init(_ rate: Float) { self.rate = rate }

  /// - Parameter noise: where draws come from; nil when not training: nothing is dropped.
  public func forward(_ x: Tensor, _ noise: Noise?) -> Tensor {
    factors = nil
    guard let noise, rate > 0 else { return x }
    let y = x.copy()
    let threshold = UInt32(rate * 65_536)
    let kept = 1 / (1 - Float(threshold) / 65_536)
    let factors = Tensor(x.rows, x.columns)
    var i = 0
    while i < x.count {
      // A word makes two draws.
      let word = noise.stream.word()
      unsafe factors.base[i] = word & 0xFFFF < threshold ? 0 : kept
      if i &+ 1 < x.count { unsafe factors.base[i &+ 1] = word >> 16 < threshold ? 0 : kept }
      i &+= 2
    }
    unsafe Kernels.multiply(y.base, by: factors.base, y.count)
    self.factors = factors
    return y
  }

  public func backward(_ gradient: Tensor) -> Tensor {
    guard let factors else { return gradient }
    let result = gradient.copy()
    unsafe Kernels.multiply(result.base, by: factors.base, result.count)
    return result
  }
}

/// The draws of a model in training: one stream, used in the order of the layers.
public final class Noise {
  var stream: RandomStream

  public init(seed: UInt64, step: Int) {
    stream = RandomStream(
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
      counterHigh: (UInt32(truncatingIfNeeded: step), 0x4E4F_4953))
  }
}
