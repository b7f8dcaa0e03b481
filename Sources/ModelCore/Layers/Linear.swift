/// A linear map.
///
///     y = x · W + b                     x [N, in], W [in, out], b [out]
///
///     ∂W = xᵀ · ∂y     ∂b = Σ rows of ∂y     ∂x = ∂y · Wᵀ
public final class Linear {
  public let weight: Parameter
  public let bias: Parameter
  private var input: Tensor?

  /// - Parameter gain: 1 keeps the variance of what goes through.
  public init(_ name: String, from width: Int, to outputWidth: Int, gain: Float = 1, _ draws: inout Initializer) {
    weight = draws.draw("\(name).weight", width, outputWidth, deviation: gain / Float(width).squareRoot())
    bias = draws.constant("\(name).bias", outputWidth, 0)
  }

  public var parameters: [Parameter] { [weight, bias] }

  public func forward(_ x: Tensor) -> Tensor {
    input = x
    let y = Tensor(x.rows, bias.value.columns)
    for row in 0..<x.rows { unsafe y.row(row).update(from: bias.value.base, count: y.columns) }
    return product(x, weight.value, addedTo: y)
  }

  public func backward(_ gradient: Tensor) -> Tensor {
    guard let x = input else { preconditionFailure("backward before forward") }
    product(x, gradient, turning: .left, addedTo: weight.gradient)
    for row in 0..<gradient.rows {
      unsafe Kernels.add(gradient.row(row), to: bias.gradient.base, gradient.columns)
    }
    return product(gradient, weight.value, turning: .right)
  }
}
