/// A table of vectors, one for each id: tokens, positions, or kinds of text.
///
///     y[i] = E[id i]                     E [V, d]
///
///     ∂E[id i] += ∂y[i]
public final class Embedding {
  public let table: Parameter
  private var ids: [Int32] = []

  /// - Parameter deviation: of the first values; 0.02 as in BERT and GPT-2, so that scores of a tied softmax begin near
  ///   0 and the loss near ln V.
  public init(_ name: String, count: Int, width: Int, deviation: Float = 0.02, _ draws: inout Initializer) {
    table = draws.draw(name, count, width, deviation: deviation)
  }

  /// Another reader of the same table: the decoder's, beside the encoder's.
  public init(sharing table: Parameter) { self.table = table }

  /// - Precondition: ids lie in 0 ..< V.
  public func forward(_ ids: [Int32], addedTo sum: Tensor? = nil) -> Tensor {
    self.ids = ids
    let width = table.value.columns
    let y = sum ?? Tensor(ids.count, width)
    for (row, id) in ids.enumerated() {
      precondition(id >= 0 && Int(id) < table.value.rows, "id \(id) of a table of \(table.value.rows)")
      unsafe Kernels.add(table.value.row(Int(id)), to: y.row(row), width)
    }
    return y
  }

  public func backward(_ gradient: Tensor) {
    for (row, id) in ids.enumerated() {
      unsafe Kernels.add(gradient.row(row), to: table.gradient.row(Int(id)), gradient.columns)
    }
  }
}
