/// Hands that do pieces of work, lent by whoever has them: modules without threads use those of the caller.
///
/// A piece is a pure function of its number, and results are taken in the order of the numbers, so that nothing depends
/// on how many hands there are.
public protocol Workers: Sendable {
  /// Does the pieces 0 ..< `count`, several at a time, and hands over each result in order.
  ///
  /// No more pieces are begun than a few for each hand beyond the one taken last, so that memory stays bounded.
  ///
  /// - Parameter take: called in the calling thread, one result after the other. After a throw no piece is begun.
  /// - Throws: what `take` throws.
  func inOrder<Piece: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (_ number: Int) -> Piece, take: (Piece) throws(Diagnostic) -> Void
  ) throws(Diagnostic)
}

/// The calling thread alone, one piece after the other.
public struct CallingThread: Workers {
  public init() {}

  public func inOrder<Piece: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (_ number: Int) -> Piece, take: (Piece) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    for number in 0..<count { try take(work(number)) }
  }
}
