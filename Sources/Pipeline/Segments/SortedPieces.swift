import Blocks
import Files

/// The rows of one slice in the order of their keys, a piece at a time, each within a budget of memory.
///
/// A piece is a range of keys: the whole slice while that fits, else as much of what is left as does. What was
/// expected to fit and does not is halved, and the upper half read again later. Rows of one key cannot be parted by it;
/// they stand in corpus order, which is that of the segments, and go segment by segment.
///
/// - Memory: the budget and one read. Not bounded by it: a single row.
struct SortedPieces {
  private let segments: [Segment.Index]
  private let fileSystem: any FileSystem
  private let budget: Int
  private let isSorted: Bool
  /// What is left of each segment's part of the slice, in the file.
  private var rest: [Range<Int>]
  /// Keys of the next piece start here.
  private var low: UInt64
  /// The slice's last key.
  private let high: UInt64
  /// The segment with which to go on among rows of the key `low`.
  private var nextSegment = 0
  private var isDone = false

  /// - Parameters:
  ///   - rest: where the slice's rows lie in each segment, ascending by key.
  ///   - keys: the keys that a slice may hold; nil where rows are taken as they stand, segment by segment.
  ///   - budget: bytes of memory.
  init(
    of rest: [Range<Int>], in segments: [Segment.Index], keys: ClosedRange<UInt64>?, budget: Int,
    _ fileSystem: any FileSystem
  ) {
    self.segments = segments
    self.fileSystem = fileSystem
    self.budget = max(1, budget)
    isSorted = keys != nil
    self.rest = rest
    low = keys?.lowerBound ?? .max
    high = keys?.upperBound ?? .max
  }

  /// Puts the next piece in place of the rows of `slice`; false, without rows, when there is none.
  mutating func next(into slice: inout LoadedSlice) throws(Diagnostic) -> Bool {
    slice.removeAll()
    if isDone { return false }
    let left = rest.reduce(0) { $0 + $1.count }
    // Headers go, and a row's place in memory comes, which is twice as large; a quarter more because keys are random.
    let share = left < budget / 2 ? 1 : 1 + left / budget * 5 / 2
    var bound = nextSegment > 0 ? low : low + (high - low) / UInt64(share)
    for segment in nextSegment..<segments.count where !rest[segment].isEmpty {
      let file = try fileSystem.openForReading(segments[segment].path)
      while !rest[segment].isEmpty {
        let longestRead = share == 1 ? rest[segment].count : max(1 << 16, rest[segment].count / share * 2)
        let (byteCount, isBeyond) = try slice.load(
          from: file, rest[segment], segment: segment, keysUpTo: bound, longestRead: min(longestRead, 1 << 22))
        rest[segment] = rest[segment].dropFirst(byteCount)
        while slice.byteCount > budget, bound > low {
          bound = low + (bound - low) / 2
          slice.drop(keysAbove: bound) { segment, byteCount in
            rest[segment] = rest[segment].lowerBound - byteCount..<rest[segment].upperBound
          }
        }
        if slice.byteCount > budget {
          // All are of one key: in order already.
          nextSegment = segment
          return true
        }
        if isBeyond { break }
      }
    }
    if isSorted { slice.sort() }
    nextSegment = 0
    if bound == high { isDone = true } else { low = bound + 1 }
    return true
  }
}
