/// The optimizer: Adam with decoupled weight decay, gradients clipped by their common norm, and a learning rate that
/// rises at first and then falls.
///
///     g ← g · min(1, clip / |g|)                          |g| over all parameters
///     m ← β₁ m + (1 - β₁) g     v ← β₂ v + (1 - β₂) g²
///     θ ← θ - η_t (m̂ / (√v̂ + ε) + λ θ)                    m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ)
///     η_t = η · min(t / warm-up, (steps - t) / (steps - warm-up))
///
/// - Source: Kingma, Ba 2015 (arXiv:1412.6980); Loshchilov, Hutter 2019 (arXiv:1711.05101).
public final class AdamW {
  public struct Settings: Sendable, Equatable {
    public var rate: Float = 3e-3
    public var warmUp = 20
    public var steps: Int
    public var clip: Float = 1
    public var decay: Float = 0.01
    public var beta1: Float = 0.9
    public var beta2: Float = 0.98
    public var epsilon: Float = 1e-8

    public init(steps: Int) { self.steps = steps }
  }

  private let parameters: [Parameter]
  private let settings: Settings
  private var step = 0
  private var powers: (Float, Float) = (1, 1)

  public init(_ parameters: [Parameter], _ settings: Settings) {
    self.parameters = parameters
    self.settings = settings
  }

  /// Changes the parameters by their gradients, and empties these.
  ///
  /// - Returns: the norm of the gradients before clipping.
  @discardableResult
  public func update() -> Float {
    step += 1
    powers = (powers.0 * settings.beta1, powers.1 * settings.beta2)
    var square = 0.0
    for parameter in parameters {
      let g = parameter.gradient
      square += unsafe Double(Kernels.dot(g.base, g.base, g.count))
    }
    let norm = Float(square.squareRoot())
    let factor = norm > settings.clip ? settings.clip / norm : 1
    for parameter in parameters { update(parameter, gradientFactor: factor) }
    return norm
  }

  var rate: Float {
    let rising = Float(step) / Float(max(1, settings.warmUp))
    let falling = Float(settings.steps - step + 1) / Float(max(1, settings.steps - settings.warmUp))
    return settings.rate * max(0, min(1, min(rising, falling)))
  }

  private func update(_ parameter: Parameter, gradientFactor: Float) {
    let (x, g) = unsafe (parameter.value.base, parameter.gradient.base)
    let (m, v) = unsafe (parameter.firstMoment.base, parameter.secondMoment.base)
    let (beta1, beta2, epsilon, rate) = (settings.beta1, settings.beta2, settings.epsilon, rate * parameter.pace)
    let (scale1, scale2) = (1 / (1 - powers.0), 1 / (1 - powers.1))
    let kept = 1 - rate * (parameter.decays ? settings.decay : 0)
    var i = 0
    while i < parameter.value.count {
      let slope = unsafe g[i] * gradientFactor
      unsafe m[i] = beta1 * m[i] + (1 - beta1) * slope
      unsafe v[i] = beta2 * v[i] + (1 - beta2) * slope * slope
      unsafe x[i] = x[i] * kept - rate * (m[i] * scale1) / ((v[i] * scale2).squareRoot() + epsilon)
      unsafe g[i] = 0
      i &+= 1
    }
  }
}
