/// Turns places where sentences start in the text into places where they start in the ids.
///
/// A sentence starts at the first token of the first piece that ends behind the sentence's first byte.
struct SentenceTracker: Sendable {
  /// Raw offset of the next sentence start that has no token yet; `Int.max` when there is none.
  private(set) var next = Int.max
  /// Positions in the document's ids, strictly ascending.
  private(set) var positions: [Int] = []

  private var starts: [Int] = []
  private var index = 0
  private var limit = 0

  init() {}

  /// Whether pieces must know where they come from.
  var isWaiting: Bool { next != Int.max }

  /// Takes the starts of a whole block, ascending.
  mutating func assign(_ starts: [Int]) {
    self.starts = starts
    index = 0
    limit = 0
    next = Int.max
    positions.removeAll(keepingCapacity: true)
  }

  /// Begins a document that covers a range of the block's bytes.
  mutating func begin(_ range: Range<Int>) {
    positions.removeAll(keepingCapacity: true)
    while index < starts.count, starts[index] < range.lowerBound { index += 1 }
    limit = index
    while limit < starts.count, starts[limit] < range.upperBound { limit += 1 }
    next = index < limit ? starts[index] : Int.max
  }

  /// Whether a sentence starts strictly inside of a range that begins at a piece.
  @inline(__always)
  func startsInside(_ start: Int, _ end: Int) -> Bool {
    guard next < end else { return false }
    var index = self.index
    while index < limit, starts[index] < end {
      if starts[index] > start { return true }
      index += 1
    }
    return false
  }

  /// A piece whose first token has this position ends at this raw offset.
  @inline(__always)
  mutating func pieceEnds(at sourceEnd: Int, firstToken position: Int) {
    if sourceEnd > next { place(sourceEnd, position) }
  }

  private mutating func place(_ sourceEnd: Int, _ position: Int) {
    if positions.last != position { positions.append(position) }
    while index < limit, starts[index] < sourceEnd { index += 1 }
    next = index < limit ? starts[index] : Int.max
  }

  /// Ends the document: a start behind the last token is none.
  mutating func end(tokenCount: Int) {
    while let last = positions.last, last >= tokenCount { positions.removeLast() }
    index = limit
    next = Int.max
  }
}
