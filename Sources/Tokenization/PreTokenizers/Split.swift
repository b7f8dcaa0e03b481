/// Cuts at the matches of a pattern.
struct Split: Sendable {
  var pattern: SplitPattern
  var behavior: SplitBehavior
  /// Makes gaps of the matches and matches of the gaps.
  var inverts = false

  func apply(to pieces: inout PieceList) {
    unsafe pieces.split(behavior) { text, range, cuts in
      var last = range.lowerBound
      unsafe pattern.forEachMatch(in: text, from: last, to: range.upperBound) { match in
        if last < match.lowerBound { cuts.append(PieceList.Cut(range: last..<match.lowerBound, isMatch: inverts)) }
        cuts.append(PieceList.Cut(range: match, isMatch: !inverts))
        last = match.upperBound
      }
      if last < range.upperBound { cuts.append(PieceList.Cut(range: last..<range.upperBound, isMatch: inverts)) }
    }
  }
}
