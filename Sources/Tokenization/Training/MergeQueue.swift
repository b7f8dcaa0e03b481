/// Pairs by count, the most frequent first, among equals the smallest pair: a heap with four children a node.
///
/// Counts in it may be out of date: counts of known pairs only fall, so whoever takes the first entry compares it with
/// the true count and puts it back when it was too high.
struct MergeQueue: ~Copyable {
  struct Entry: BitwiseCopyable, Sendable {
    var count: Int64
    var pair: SymbolPair

    @inline(__always)
    func precedes(_ other: Entry) -> Bool {
      count != other.count ? count > other.count : pair.key < other.pair.key
    }
  }

  private var heap = PlainBuffer<Entry>()

  mutating func insert(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 4
      guard entry.precedes(heap[parent]) else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = entry
  }

  mutating func popFirst() -> Entry? {
    guard let last = heap.popLast() else { return nil }
    if heap.isEmpty { return last }
    let first = heap[0]
    sink(last)
    return first
  }

  /// Puts `entry` in the place of the root and lets it sink to where it belongs.
  private mutating func sink(_ entry: Entry) {
    var parent = 0
    while true {
      let firstChild = 4 * parent + 1
      guard firstChild < heap.count else { break }
      var best = firstChild
      var child = firstChild + 1
      while child < min(firstChild + 4, heap.count) {
        if heap[child].precedes(heap[best]) { best = child }
        child += 1
      }
      guard heap[best].precedes(entry) else { break }
      heap[parent] = heap[best]
      parent = best
    }
    heap[parent] = entry
  }
}
