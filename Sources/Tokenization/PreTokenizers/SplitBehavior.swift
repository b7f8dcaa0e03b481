/// What becomes of a match and of the gaps around it.
enum SplitBehavior: String, Sendable, CaseIterable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"

  /// Turns matches and gaps into pieces, appended in order.
  func join(_ cuts: [PieceList.Cut], into ranges: inout [Range<Int>]) {
    let first = ranges.count
    var previousIsMatch = false
    switch self {
    case .removed:
      for cut in cuts where !cut.isMatch && !cut.range.isEmpty { ranges.append(cut.range) }
    case .isolated:
      for cut in cuts where !cut.range.isEmpty { ranges.append(cut.range) }
    case .contiguous:
      for cut in cuts {
        if cut.isMatch == previousIsMatch, ranges.count > first {
          ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<cut.range.upperBound
        } else {
          ranges.append(cut.range)
        }
        previousIsMatch = cut.isMatch
      }
    case .mergedWithPrevious:
      for cut in cuts {
        if cut.isMatch, !previousIsMatch, ranges.count > first {
          ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<cut.range.upperBound
        } else {
          ranges.append(cut.range)
        }
        previousIsMatch = cut.isMatch
      }
    case .mergedWithNext:
      for cut in cuts.reversed() {
        if cut.isMatch, !previousIsMatch, ranges.count > first {
          ranges[ranges.count - 1] = cut.range.lowerBound..<ranges[ranges.count - 1].upperBound
        } else {
          ranges.append(cut.range)
        }
        previousIsMatch = cut.isMatch
      }
      ranges[first...].reverse()
    }
    // A match of nothing ends what it stands behind, and is no piece itself.
    if cuts.contains(where: \.range.isEmpty) {
      let pieces = ranges[first...].filter { !$0.isEmpty }
      ranges.replaceSubrange(first..., with: pieces)
    }
  }
}
