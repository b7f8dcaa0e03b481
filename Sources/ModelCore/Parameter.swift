internal import Blocks

/// Numbers that are learned: their value, the gradient of the loss by them, and what AdamW remembers.
public final class Parameter {
  public let name: String
  public let value: Tensor
  /// ∂loss/∂value, summed up by the layers' backward passes; the optimizer empties it.
  public let gradient: Tensor
  let firstMoment: Tensor
  let secondMoment: Tensor
  /// Matrices shrink by weight decay; biases, norms and tables of distances do not.
  let decays: Bool
  /// How many times the learning rate it moves by. AdamW moves a number by about the rate in each step; some have far
  /// to go.
  let pace: Float

  public init(_ name: String, _ value: Tensor, decays: Bool = true, pace: Float = 1) {
    self.pace = pace
    self.name = name
    self.value = value
    self.decays = decays
    gradient = Tensor(value.rows, value.columns)
    firstMoment = Tensor(value.rows, value.columns)
    secondMoment = Tensor(value.rows, value.columns)
  }
}

/// Where first values come from: one stream of draws for each parameter, keyed by the seed and the parameter's number.
public struct Initializer {
  let seed: UInt64
  var number: UInt32 = 0

  public init(seed: UInt64) { self.seed = seed }

  /// Even draws of mean 0 and standard deviation `deviation`.
  ///
  /// Even, not normal: at this size no model can tell, and no logarithm or cosine is needed.
  mutating func draw(_ name: String, _ rows: Int, _ columns: Int, deviation: Float) -> Parameter {
    number += 1
    var stream = RandomStream(
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
      counterHigh: (number, 0x494E_4954))
    // An even law on ±√3 has deviation 1.
    let scale = deviation * 1.732_050_8
    let tensor = Tensor(rows, columns)
    tensor.values = (0..<rows * columns).map { _ in scale * (Float(stream.word() >> 8) * 0x1p-23 - 1) }
    return Parameter(name, tensor)
  }

  func constant(_ name: String, _ columns: Int, _ value: Float, pace: Float = 1) -> Parameter {
    Parameter(name, Tensor(1, columns, Array(repeating: value, count: columns)), decays: false, pace: pace)
  }
}
