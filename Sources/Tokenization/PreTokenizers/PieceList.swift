/// The pieces of a normalized text: ranges of one buffer, in order, none of them empty.
struct PieceList: Sendable {
  var text = AlignedText()
  private(set) var ranges: [Range<Int>] = []
  /// Whether the first piece begins where the text as a whole does.
  var startsText = false

  private var spareText = AlignedText()
  private var spareRanges: [Range<Int>] = []
  private var cuts: [Cut] = []

  /// A part of a piece that matched, or the gap before it.
  struct Cut: Sendable {
    var range: Range<Int>
    var isMatch: Bool
  }

  init() {}

  /// Becomes one piece: a stretch of a normalized text.
  mutating func assign(_ source: borrowing AlignedText, _ range: Range<Int>) {
    text.removeAll(aligned: source.isAligned)
    text.append(source, range)
    ranges.removeAll(keepingCapacity: true)
    if !range.isEmpty { ranges.append(0..<range.count) }
    startsText = false
  }

  /// Cuts at the scalars whose flags `isMatch` says yes to, each a match of its own.
  mutating func split(_ behavior: SplitBehavior, where isMatch: (ScalarFlags) -> Bool) {
    splitScalars(behavior) { isMatch(ScalarFlags(of: $0)) }
  }

  mutating func splitScalars(_ behavior: SplitBehavior, where isMatch: (UInt32) -> Bool) {
    unsafe split(behavior) { text, range, cuts in
      var last = range.lowerBound
      var offset = last
      while offset < range.upperBound {
        let (scalar, byteCount) = unsafe decodeScalar(text, at: offset, end: range.upperBound)
        if isMatch(scalar) {
          if last < offset { cuts.append(Cut(range: last..<offset, isMatch: false)) }
          cuts.append(Cut(range: offset..<offset + byteCount, isMatch: true))
          last = offset + byteCount
        }
        offset += byteCount
      }
      if last < range.upperBound { cuts.append(Cut(range: last..<range.upperBound, isMatch: false)) }
    }
  }

  /// Cuts every piece where `findCuts` says, and joins matches and gaps as `behavior` asks.
  ///
  /// `findCuts` covers the whole piece with matches and the gaps between them.
  mutating func split(
    _ behavior: SplitBehavior,
    findCuts: (_ text: UnsafePointer<UInt8>, _ range: Range<Int>, _ cuts: inout [Cut]) -> Void
  ) {
    spareRanges.removeAll(keepingCapacity: true)
    let bytes = text.bytes
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for range in ranges {
        cuts.removeAll(keepingCapacity: true)
        unsafe findCuts(base, range, &cuts)
        behavior.join(cuts, into: &spareRanges)
      }
    }
    swap(&ranges, &spareRanges)
  }

  /// Rewrites every piece on its own, in order.
  mutating func rewritePieces(_ write: (borrowing AlignedText, Range<Int>, inout AlignedText) -> Void) {
    spareText.removeAll(aligned: text.isAligned)
    for index in ranges.indices {
      let start = spareText.count
      write(text, ranges[index], &spareText)
      ranges[index] = start..<spareText.count
    }
    swap(&text, &spareText)
  }
}
