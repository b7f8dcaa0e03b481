/// A row-major matrix of float32 in one flat buffer: `rows` vectors of `columns` numbers.
///
/// Everything in the model is such a matrix: states are tokens × width, a batch of B sequences of T tokens has B · T
/// rows. A reference, because layers keep what they need for the way back; owned by one thread.
@safe
public final class Tensor {
  public let rows: Int
  public let columns: Int
  public let base: UnsafeMutablePointer<Float>

  /// All zeros.
  public init(_ rows: Int, _ columns: Int) {
    self.rows = rows
    self.columns = columns
    unsafe base = .allocate(capacity: max(1, rows * columns))
    unsafe base.initialize(repeating: 0, count: max(1, rows * columns))
  }

  public convenience init(_ rows: Int, _ columns: Int, _ values: [Float]) {
    precondition(values.count == rows * columns, "a matrix of \(rows) × \(columns) from \(values.count) numbers")
    self.init(rows, columns)
    self.values = values
  }

  deinit { unsafe base.deallocate() }

  public var count: Int { rows * columns }

  /// The first number of a row.
  public func row(_ index: Int) -> UnsafeMutablePointer<Float> { unsafe base + index * columns }

  public subscript(row: Int, column: Int) -> Float {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      return unsafe base[row * columns + column]
    }
    set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      unsafe base[row * columns + column] = newValue
    }
  }

  /// All numbers, row by row.
  public var values: [Float] {
    get { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }
    set {
      precondition(newValue.count == count)
      unsafe newValue.withUnsafeBufferPointer { source in
        if let start = source.baseAddress { unsafe base.update(from: start, count: count) }
      }
    }
  }

  public func fill(_ value: Float) { unsafe base.update(repeating: value, count: count) }

  public func copy() -> Tensor {
    let copy = Tensor(rows, columns)
    unsafe copy.base.update(from: base, count: count)
    return copy
  }

  /// this ← this + `other`
  public func add(_ other: Tensor) {
    precondition(other.count == count)
    unsafe Kernels.add(other.base, to: base, count)
  }

  /// A matrix of chosen rows.
  public func gathering(_ places: [Int]) -> Tensor {
    let chosen = Tensor(places.count, columns)
    for (index, place) in places.enumerated() { unsafe chosen.row(index).update(from: row(place), count: columns) }
    return chosen
  }

  /// The counterpart of `gathering`: adds each row of `chosen` at its place.
  public func scatterAdd(_ chosen: Tensor, at places: [Int]) {
    for (index, place) in places.enumerated() { unsafe Kernels.add(chosen.row(index), to: row(place), columns) }
  }
}
