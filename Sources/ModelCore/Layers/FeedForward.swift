/// The feed-forward layer: each token by itself through a wider space.
///
///     h = x · W₁ + b₁     a = gelu(h)     y = a · W₂ + b₂                     W₁ [d, 4d], W₂ [4d, d]
///
///     gelu(h) = h/2 · (1 + tanh u)     u = √(2/π) (h + 0.044715 h³)
///     gelu'(h) = (1 + tanh u)/2 + h/2 · (1 - tanh² u) · √(2/π) (1 + 0.134145 h²)
///
/// - Source: Vaswani et al. 2017 (arXiv:1706.03762); Hendrycks, Gimpel 2016 (arXiv:1606.08415), with tanh as in GPT-2.
public final class FeedForward {
  public let expand: Linear
  public let contract: Linear
  private var hidden = Tensor(0, 0)

  public init(_ name: String, width: Int, hidden: Int, gain: Float, _ draws: inout Initializer) {
    expand = Linear("\(name).expand", from: width, to: hidden, &draws)
    contract = Linear("\(name).contract", from: hidden, to: width, gain: gain, &draws)
  }

  public var parameters: [Parameter] { expand.parameters + contract.parameters }

  public func forward(_ x: Tensor) -> Tensor {
    hidden = expand.forward(x)
    let active = Tensor(hidden.rows, hidden.columns)
    var i = 0
    while i < hidden.count {
      let h = unsafe hidden.base[i]
      unsafe active.base[i] = 0.5 * h * (1 + Self.tanh(Self.slope * (h + 0.044715 * h * h * h)))
      i &+= 1
    }
    return contract.forward(active)
  }

  public func backward(_ gradient: Tensor) -> Tensor {
    let result = contract.backward(gradient)
    var i = 0
    while i < hidden.count {
      let h = unsafe hidden.base[i]
      let t = Self.tanh(Self.slope * (h + 0.044715 * h * h * h))
      unsafe result.base[i] *= 0.5 * (1 + t) + 0.5 * h * (1 - t * t) * Self.slope * (1 + 0.134145 * h * h)
      i &+= 1
    }
    return expand.backward(result)
  }

  /// √(2/π)
  private static let slope: Float = 0.797_884_56

  @inline(__always)
  private static func tanh(_ x: Float) -> Float { 1 - 2 / (Kernels.exponential(2 * x) + 1) }
}
