/// Layer normalization: each vector gets mean 0 and variance 1, then a learned scale and shift.
///
///     x̂ = (x - mean x) / √(var x + ε)     y = g ∘ x̂ + b                     ε = 10⁻⁵
///
///     ∂g = Σ ∂y ∘ x̂     ∂b = Σ ∂y
///     ∂x = (∂x̂ - mean ∂x̂ - x̂ · mean(∂x̂ ∘ x̂)) / √(var x + ε)     with ∂x̂ = g ∘ ∂y
///
/// - Source: Ba, Kiros, Hinton 2016 (arXiv:1607.06450).
public final class LayerNorm {
  public let scale: Parameter
  public let shift: Parameter
  private var normalized = Tensor(0, 0)
  private var inverseDeviations: [Float] = []

  public init(_ name: String, width: Int, _ draws: inout Initializer) {
    scale = draws.constant("\(name).weight", width, 1)
    shift = draws.constant("\(name).bias", width, 0)
  }

  public var parameters: [Parameter] { [scale, shift] }

  public func forward(_ x: Tensor) -> Tensor {
    let width = x.columns
    normalized = x.copy()
    inverseDeviations = Array(repeating: 0, count: x.rows)
    let y = Tensor(x.rows, width)
    for row in 0..<x.rows {
      let unit = unsafe normalized.row(row)
      let mean = unsafe Kernels.sum(unit, width) / Float(width)
      unsafe Self.shift(unit, by: -mean, width)
      let variance = unsafe Kernels.dot(unit, unit, width) / Float(width)
      let inverse = 1 / (variance + 1e-5).squareRoot()
      inverseDeviations[row] = inverse
      unsafe Kernels.scale(unit, by: inverse, width)
      unsafe y.row(row).update(from: unit, count: width)
      unsafe Kernels.multiply(y.row(row), by: scale.value.base, width)
      unsafe Kernels.add(shift.value.base, to: y.row(row), width)
    }
    return y
  }

  public func backward(_ gradient: Tensor) -> Tensor {
    let width = gradient.columns
    let result = gradient.copy()
    let scaled = Tensor(1, width)
    for row in 0..<gradient.rows {
      let (unit, dx) = unsafe (normalized.row(row), result.row(row))
      unsafe Kernels.add(dx, to: shift.gradient.base, width)
      unsafe scaled.base.update(from: dx, count: width)
      unsafe Kernels.multiply(scaled.base, by: unit, width)
      unsafe Kernels.add(scaled.base, to: scale.gradient.base, width)

      unsafe Kernels.multiply(dx, by: scale.value.base, width)
      let mean = unsafe Kernels.sum(dx, width) / Float(width)
      let slope = unsafe Kernels.dot(dx, unit, width) / Float(width)
      unsafe Self.shift(dx, by: -mean, width)
      unsafe Kernels.add(unit, times: -slope, to: dx, width)
      unsafe Kernels.scale(dx, by: inverseDeviations[row], width)
    }
    return result
  }

  private static func shift(_ x: Kernels.Target, by amount: Float, _ count: Int) {
    var i = 0
    while i < count {
      unsafe x[i] += amount
      i &+= 1
    }
  }
}
