#if BLAS
  internal import CBLAS
#endif

/// Which side of a product is turned (transposed) first.
public enum Turned: Sendable { case none, left, right }

/// The matrix product: by OpenBLAS where it is there (trait `BLAS`), else in plain Swift. One thread, always: so sums
/// have one order, and the same seed gives the same numbers whatever the machine does besides.
enum MatrixProduct {
  #if BLAS
    /// Pins the library to one thread, once: threads of ours run whole models side by side.
    private static let pinned: Void = openblas_set_num_threads(1)
  #endif

  /// c ← α · op(a) · op(b) + β · c, where op(a) is m × k, op(b) is k × n, and op turns a matrix if asked to.
  ///
  /// Strides are the distance between rows as they are stored; so a head's slice of a wider matrix will do.
  static func multiply(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, turning turned: Turned = .none, m: Int, n: Int, k: Int,
    alpha: Float = 1, beta: Float = 0
  ) {
    guard m > 0, n > 0 else { return }
    #if BLAS
      pinned
      unsafe palimpsest_product(
        turned == .left ? 1 : 0, turned == .right ? 1 : 0, Int32(m), Int32(n), Int32(k), alpha, a, Int32(aStride), b,
        Int32(bStride), beta, c, Int32(cStride))
    #else
      unsafe plain(
        a, aStride, b, bStride, into: c, cStride, turning: turned, m: m, n: n, k: k, alpha: alpha, beta: beta)
    #endif
  }

  /// The same in plain Swift. Rows of b are added to rows of c, so that the inner loop runs along memory and needs no
  /// other order of sums to be fast; a turned b is copied first.
  static func plain(
    _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>, _ bStride: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, turning side: Turned, m: Int, n: Int, k: Int, alpha: Float,
    beta: Float
  ) {
    let turned = side == .right ? Tensor(k, n) : nil
    if let turned {
      for column in 0..<n { for row in 0..<k { unsafe turned.base[row * n + column] = b[column * bStride + row] } }
    }
    let right = unsafe turned.map { unsafe UnsafePointer($0.base) } ?? b
    let rightStride = turned == nil ? bStride : n
    for row in 0..<m {
      let sums = unsafe c + row * cStride
      if beta == 0 { unsafe sums.update(repeating: 0, count: n) } else { unsafe Kernels.scale(sums, by: beta, n) }
      for inner in 0..<k {
        let factor = unsafe alpha * (side == .left ? a[inner * aStride + row] : a[row * aStride + inner])
        unsafe Kernels.add(right + inner * rightStride, times: factor, to: sums, n)
      }
    }
  }
}

/// a · b, one of them turned if asked to; added to `sum`, or in a new matrix.
@discardableResult
public func product(_ a: Tensor, _ b: Tensor, turning turned: Turned = .none, addedTo sum: Tensor? = nil) -> Tensor {
  let (m, k) = turned == .left ? (a.columns, a.rows) : (a.rows, a.columns)
  let (inner, n) = turned == .right ? (b.columns, b.rows) : (b.rows, b.columns)
  precondition(k == inner, "the inner sides of a product differ: \(k) and \(inner)")
  let result = sum ?? Tensor(m, n)
  precondition(result.rows == m && result.columns == n)
  unsafe MatrixProduct.multiply(
    a.base, a.columns, b.base, b.columns, into: result.base, n, turning: turned, m: m, n: n, k: k,
    beta: sum == nil ? 0 : 1)
  return result
}

/// The same product in plain Swift, whatever libraries are there.
package func plainProduct(_ a: Tensor, _ b: Tensor, turning turned: Turned = .none) -> Tensor {
  let (m, k) = turned == .left ? (a.columns, a.rows) : (a.rows, a.columns)
  let n = turned == .right ? b.rows : b.columns
  let result = Tensor(m, n)
  unsafe MatrixProduct.plain(
    a.base, a.columns, b.base, b.columns, into: result.base, n, turning: turned, m: m, n: n, k: k, alpha: 1, beta: 0)
  return result
}

extension Tensor {
  /// Whether products come from OpenBLAS.
  public static var usesBLAS: Bool {
    #if BLAS
      true
    #else
      false
    #endif
  }
}
