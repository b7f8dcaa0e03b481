/// The merges of a byte-pair encoding: which two symbols become which, and in what order of preference.
///
/// Open addressing over 16-byte slots, at most half full; of a pair listed twice the later rank counts.
struct MergeTable: Sendable {
  struct Merge: BitwiseCopyable, Sendable {
    var left: UInt32
    var right: UInt32
    var rank: UInt32
    var merged: UInt32

    /// The rank of a pair that does not merge.
    static let noRank = UInt32.max
    fileprivate static let none = Merge(left: .max, right: .max, rank: noRank, merged: 0)
  }

  /// In the order of their ranks.
  let list: [(left: UInt32, right: UInt32, merged: UInt32)]
  /// The same in less room, where the numbers are not too large.
  let ranks: PairRanks?
  private let slots: ConstantTable<Merge>
  private let shift: UInt64

  /// - Parameter merges: in the order of their ranks.
  init(_ merges: [(left: UInt32, right: UInt32, merged: UInt32)]) {
    var bits = 4
    while 1 << bits < merges.count * 2 { bits += 1 }
    let shift = UInt64(64 - bits)
    let mask = 1 << bits - 1
    var slots = [Merge](repeating: .none, count: 1 << bits)
    for (rank, merge) in merges.enumerated() {
      var slot = Self.slot(merge.left, merge.right, shift: shift)
      while slots[slot].rank != Merge.noRank, slots[slot].left != merge.left || slots[slot].right != merge.right {
        slot = (slot + 1) & mask
      }
      slots[slot] = Merge(
        left: merge.left, right: merge.right, rank: UInt32(truncatingIfNeeded: rank), merged: merge.merged)
    }
    self.slots = ConstantTable(slots)
    self.shift = shift
    ranks = PairRanks(merges)
    list = merges
  }

  @inline(__always)
  private static func slot(_ left: UInt32, _ right: UInt32, shift: UInt64) -> Int {
    Int(truncatingIfNeeded: ((UInt64(left) << 32 | UInt64(right)) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  /// The merge of a pair; its rank is `noRank` if there is none.
  @inline(__always)
  func merge(_ left: UInt32, _ right: UInt32) -> Merge {
    let slots = unsafe self.slots.base
    let mask = self.slots.count - 1
    var slot = Self.slot(left, right, shift: shift)
    while true {
      let merge = unsafe slots[slot]
      if merge.left == left && merge.right == right || merge.rank == Merge.noRank { return merge }
      slot = (slot + 1) & mask
    }
  }

  /// Merges a piece's symbols in place until no pair merges.
  func apply(to symbols: inout IDBuffer, scratch: inout MergeScratch) {
    guard symbols.count > 1 else { return }
    if symbols.count <= MergeScratch.shortCount {
      unsafe symbols.count = applyShort(symbols.base, symbols.count, &scratch)
    } else {
      unsafe symbols.count = applyLong(symbols.base, symbols.count, &scratch)
    }
  }

  /// The same as `apply`, faster where `ranks` is there for it.
  @inline(__always)
  func applyFast(to symbols: inout IDBuffer, scratch: inout MergeScratch) {
    if let ranks, 2...PairRanks.longestCount ~= symbols.count {
      unsafe symbols.count = ranks.apply(to: symbols.base, count: symbols.count, links: scratch.links)
    } else {
      apply(to: &symbols, scratch: &scratch)
    }
  }

  /// For short pieces: looks for the lowest rank by going through all.
  private func applyShort(_ symbols: UnsafeMutablePointer<UInt32>, _ count: Int, _ scratch: inout MergeScratch) -> Int {
    let merges = unsafe scratch.merges
    var last = count - 1
    for index in 0..<last { unsafe merges[index] = merge(symbols[index], symbols[index + 1]) }
    while last > 0 {
      var best = 0
      var bestRank = unsafe merges[0].rank
      var index = 1
      while index < last {
        let rank = unsafe merges[index].rank
        if rank < bestRank {
          bestRank = rank
          best = index
        }
        index += 1
      }
      if bestRank == Merge.noRank { break }
      unsafe symbols[best] = merges[best].merged
      index = best + 1
      while index < last {
        unsafe symbols[index] = symbols[index + 1]
        unsafe merges[index - 1] = merges[index]
        index += 1
      }
      last -= 1
      if best > 0 { unsafe merges[best - 1] = merge(symbols[best - 1], symbols[best]) }
      if best < last { unsafe merges[best] = merge(symbols[best], symbols[best + 1]) }
    }
    return last + 1
  }

  /// For long pieces: a heap of (rank, position) over a linked list, O(n log n).
  private func applyLong(_ symbols: UnsafeMutablePointer<UInt32>, _ count: Int, _ scratch: inout MergeScratch) -> Int {
    scratch.link(count)
    for index in 0..<count - 1 {
      let rank = unsafe merge(symbols[index], symbols[index + 1]).rank
      if rank != Merge.noRank { scratch.push(rank: rank, position: index) }
    }
    while let (rank, position) = scratch.pop() {
      let next = scratch.next[position]
      guard next < count, scratch.previous[position] != MergeScratch.removed else { continue }
      let found = unsafe merge(symbols[position], symbols[next])
      guard found.rank == rank else { continue }
      unsafe symbols[position] = found.merged
      let after = scratch.next[next]
      scratch.next[position] = after
      scratch.previous[next] = MergeScratch.removed
      if after < count {
        scratch.previous[after] = position
        let rank = unsafe merge(found.merged, symbols[after]).rank
        if rank != Merge.noRank { scratch.push(rank: rank, position: position) }
      }
      let before = scratch.previous[position]
      if before >= 0 {
        let rank = unsafe merge(symbols[before], found.merged).rank
        if rank != Merge.noRank { scratch.push(rank: rank, position: before) }
      }
    }
    var kept = 0
    var position = 0
    while position < count {
      unsafe symbols[kept] = symbols[position]
      kept += 1
      position = scratch.next[position]
    }
    return kept
  }
}

/// Buffers of the merge loops.
@safe struct MergeScratch: ~Copyable {
  /// Up to this many symbols the quadratic loop is used.
  static let shortCount = 64
  /// In `previous`: the symbol was merged into the one before it.
  static let removed = -2

  let links: MergeLinks
  fileprivate let merges: UnsafeMutablePointer<MergeTable.Merge>
  fileprivate var next: [Int] = []
  /// -1 for the first symbol.
  fileprivate var previous: [Int] = []
  /// A binary heap of rank << 32 | position, the smallest first.
  private var heap: [UInt64] = []

  init(usesKernels: Bool = true) {
    links = MergeLinks(usesKernel: usesKernels)
    unsafe merges = .allocate(capacity: Self.shortCount)
  }

  deinit { unsafe merges.deallocate() }

  fileprivate mutating func link(_ count: Int) {
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    heap.removeAll(keepingCapacity: true)
    next.append(contentsOf: 1...count)
    previous.append(contentsOf: -1..<count - 1)
  }

  fileprivate mutating func push(rank: UInt32, position: Int) {
    var child = heap.count
    let item = UInt64(rank) << 32 | UInt64(position)
    heap.append(item)
    while child > 0 {
      let parent = (child - 1) / 2
      if heap[parent] <= item { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = item
  }

  fileprivate mutating func pop() -> (rank: UInt32, position: Int)? {
    guard let top = heap.first, let item = heap.popLast() else { return nil }
    if !heap.isEmpty {
      var parent = 0
      while true {
        var child = parent * 2 + 1
        if child >= heap.count { break }
        if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
        if heap[child] >= item { break }
        heap[parent] = heap[child]
        parent = child
      }
      heap[parent] = item
    }
    return (UInt32(truncatingIfNeeded: top >> 32), Int(top & 0xFFFF_FFFF))
  }
}
