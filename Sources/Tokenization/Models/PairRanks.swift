internal import CKernels

/// The merges of a byte-pair encoding in slots of eight bytes, for pieces of up to 255 symbols.
///
/// `CKernels/PairMerges.h` draws the slots. Pairs of ids below 256, which in byte-level vocabularies are the bytes,
/// have a table of their own without a search. Same result as `MergeTable.apply`. The symbols stay where they are,
/// linked; each has a key (rank of the pair that it begins, then its place), so that the smallest key is the merge to
/// do: the lowest rank, leftmost first. Short pieces go to a kernel; of longer ones, the keys are searched in blocks of
/// eight, of which only those that change are searched again.
@safe final class PairRanks: Sendable {
  private let slots: ConstantTable<UInt64>
  private let bytePairs: ConstantTable<UInt32>
  /// By rank: what the pair becomes. Nil if that is the rank and a constant, as it is as a rule.
  private let merged: ConstantTable<UInt32>?
  /// The same for the kernel, which reads the memory of the tables.
  private nonisolated(unsafe) let ranks: palimpsest_pair_ranks
  private let kernel: palimpsest_merge_kernel?

  static let longestCount = 255
  /// Symbols of the longest piece that merges with others.
  static let shortCount = Int(PALIMPSEST_SHORT_PIECE)
  private static let idBits: UInt64 = 20
  private static let rankBits: UInt64 = 24
  private static let noKey = UInt32(PALIMPSEST_NO_MERGE)

  /// Nil where an id or a rank does not fit.
  init?(_ merges: [(left: UInt32, right: UInt32, merged: UInt32)]) {
    guard merges.count < 1 << Self.rankBits - 2, merges.allSatisfy({ max($0.left, $0.right) < PALIMPSEST_NO_SYMBOL })
    else { return nil }
    // More than one bucket, and at most half of the slots taken.
    var bits: UInt64 = 1
    while 2 << bits < merges.count { bits += 1 }
    let shift = 64 - bits
    var slots = [UInt64](repeating: 0, count: 4 << Int(bits))
    for (rank, merge) in merges.enumerated() {
      let pair = Self.pair(merge.left, merge.right)
      var slot = Self.bucket(pair, shift: shift) * 4
      while slots[slot] != 0, slots[slot] >> Self.rankBits != pair { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = pair << Self.rankBits | UInt64(rank + 1)
    }
    self.slots = ConstantTable(slots)
    let offset = merges.first?.merged ?? 0
    let isRegular = merges.indices.allSatisfy { merges[$0].merged == offset &+ UInt32($0) }
    merged = isRegular ? nil : ConstantTable(merges.map(\.merged))
    var bytePairs = [UInt32](repeating: Self.noKey, count: 1 << 16)
    for (rank, merge) in merges.enumerated() where merge.left | merge.right < 256 {
      bytePairs[Int(merge.left << 8 | merge.right)] = UInt32(rank) << 8
    }
    self.bytePairs = ConstantTable(bytePairs)
    unsafe ranks = palimpsest_pair_ranks(
      slots: self.slots.base, shift: shift, byte_pairs: self.bytePairs.base, merged: merged?.base, merged_offset: offset
    )
    unsafe kernel = palimpsest_short_merges()
  }

  @inline(__always)
  private static func pair(_ left: UInt32, _ right: UInt32) -> UInt64 { UInt64(left) << idBits | UInt64(right) }

  @inline(__always)
  private static func bucket(_ pair: UInt64, shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (pair &* PALIMPSEST_PAIR_HASH) >> shift)
  }

  /// The key of the symbol at `place`, which is followed by `right`.
  @inline(__always)
  private func key(_ left: UInt32, _ right: UInt32, at place: Int) -> UInt32 {
    let place = UInt32(truncatingIfNeeded: place)
    if left | right < 256 {
      let key = unsafe bytePairs.base[Int(left << 8 | right)]
      return key == Self.noKey ? key : key | place
    }
    let pair = Self.pair(left, right)
    var slot = unsafe Self.bucket(pair, shift: ranks.shift) &* 4
    let slots = unsafe self.slots.base
    while true {
      let content = unsafe slots[slot]
      if content == 0 { return Self.noKey }
      if content >> Self.rankBits == pair {
        return (UInt32(truncatingIfNeeded: content) & 0xFF_FFFF &- 1) << 8 | place
      }
      slot = (slot &+ 1) & (self.slots.count &- 1)
    }
  }

  /// Merges `count` symbols in place, 2 to `longestCount` of them, until no pair merges; returns how many are left.
  ///
  /// There is memory for `shortCount` symbols at least.
  func apply(to symbols: UnsafeMutablePointer<UInt32>, count: Int, links: borrowing MergeLinks) -> Int {
    if let kernel = unsafe kernel, links.usesKernel, count <= Self.shortCount {
      var piece = unsafe palimpsest_piece(symbols: symbols, count: Int64(count))
      unsafe withUnsafePointer(to: ranks) { unsafe kernel($0, &piece, 1) }
      return unsafe Int(piece.count)
    }
    return unsafe applyLinked(to: symbols, count: count, links: links)
  }

  /// The same for several short pieces at once. Only where `mergesTogether`.
  func apply(to pieces: UnsafeMutablePointer<palimpsest_piece>, count: Int) {
    if count == 0 { return }
    unsafe withUnsafePointer(to: ranks) { unsafe kernel?($0, pieces, Int32(truncatingIfNeeded: count)) }
  }

  /// Whether short pieces can be merged several at a time.
  var mergesTogether: Bool { unsafe kernel != nil }

  /// The same for any number of symbols, and without a kernel.
  private func applyLinked(to symbols: UnsafeMutablePointer<UInt32>, count: Int, links: borrowing MergeLinks) -> Int {
    let keys = unsafe links.keys
    let next = unsafe links.next
    let previous = unsafe links.previous
    let last = count &- 1
    for index in 0..<last { unsafe keys[index] = key(symbols[index], symbols[index &+ 1], at: index) }
    for index in 0..<count {
      unsafe next[index] = UInt8(truncatingIfNeeded: index &+ 1)
      unsafe previous[index] = UInt8(truncatingIfNeeded: index &- 1)
    }
    let blockCount = (last &+ 7) >> 3
    for index in last..<blockCount << 3 { unsafe keys[index] = Self.noKey }
    var left = count
    if blockCount == 1 {
      while true {
        let best = unsafe Self.smallest(keys)
        if best == Self.noKey { break }
        _ = unsafe merge(best, symbols, count: count, links: links)
        left &-= 1
      }
    } else {
      let blocks = unsafe links.blocks
      for block in 0..<blockCount { unsafe blocks[block] = Self.smallest(keys + block << 3) }
      while true {
        var best = unsafe blocks[0]
        for block in 1..<blockCount { unsafe best = min(best, blocks[block]) }
        if best == Self.noKey { break }
        let (first, second) = unsafe merge(best, symbols, count: count, links: links)
        left &-= 1
        let place = Int(best & 0xFF)
        unsafe blocks[place >> 3] = Self.smallest(keys + (place & ~7))
        if first >> 3 != place >> 3 { unsafe blocks[first >> 3] = Self.smallest(keys + (first & ~7)) }
        if second >> 3 != place >> 3 { unsafe blocks[second >> 3] = Self.smallest(keys + (second & ~7)) }
      }
    }
    var kept = 1
    var place = unsafe Int(next[0])
    while place < count {
      unsafe symbols[kept] = symbols[place]
      kept &+= 1
      place = unsafe Int(next[place])
    }
    return left
  }

  /// Merges the symbol that a key names with the next; returns the places before and behind it, whose keys changed.
  @inline(__always)
  private func merge(
    _ key: UInt32, _ symbols: UnsafeMutablePointer<UInt32>, count: Int, links: borrowing MergeLinks
  ) -> (before: Int, behind: Int) {
    let keys = unsafe links.keys
    let next = unsafe links.next
    let previous = unsafe links.previous
    let place = Int(key & 0xFF)
    let rank = key >> 8
    let symbol: UInt32
    if let merged { unsafe symbol = merged.base[Int(rank)] } else { unsafe symbol = rank &+ ranks.merged_offset }
    let behind = unsafe Int(next[place])
    let after = unsafe Int(next[behind])
    unsafe symbols[place] = symbol
    unsafe next[place] = UInt8(truncatingIfNeeded: after)
    unsafe keys[behind] = Self.noKey
    if after < count {
      unsafe previous[after] = UInt8(truncatingIfNeeded: place)
      unsafe keys[place] = self.key(symbol, symbols[after], at: place)
    } else {
      unsafe keys[place] = Self.noKey
    }
    if place == 0 { return (place, behind) }
    let before = unsafe Int(previous[place])
    unsafe keys[before] = self.key(symbols[before], symbol, at: before)
    return (before, behind)
  }

  /// The smallest of eight keys.
  @inline(__always)
  private static func smallest(_ keys: UnsafeMutablePointer<UInt32>) -> UInt32 {
    let first = unsafe min(min(keys[0], keys[1]), min(keys[2], keys[3]))
    let second = unsafe min(min(keys[4], keys[5]), min(keys[6], keys[7]))
    return min(first, second)
  }
}

/// Buffers of `PairRanks`.
@safe struct MergeLinks: ~Copyable {
  fileprivate let keys: UnsafeMutablePointer<UInt32>
  fileprivate let blocks: UnsafeMutablePointer<UInt32>
  fileprivate let next: UnsafeMutablePointer<UInt8>
  /// Means nothing for the first symbol.
  fileprivate let previous: UnsafeMutablePointer<UInt8>

  /// Whether pieces may go to a kernel instead, where this processor has one.
  let usesKernel: Bool

  init(usesKernel: Bool = true) {
    self.usesKernel = usesKernel
    unsafe keys = .allocate(capacity: 256)
    unsafe blocks = .allocate(capacity: 32)
    unsafe next = .allocate(capacity: 256)
    unsafe previous = .allocate(capacity: 256)
  }

  deinit {
    unsafe keys.deallocate()
    unsafe blocks.deallocate()
    unsafe next.deallocate()
    unsafe previous.deallocate()
  }
}
