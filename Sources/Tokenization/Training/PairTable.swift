/// Two neighbouring symbols in one number: the left one in the upper half, so that numbers order pairs by (left,
/// right).
struct SymbolPair: Hashable, Sendable, BitwiseCopyable {
  let key: UInt64

  @inline(__always)
  init(_ left: UInt32, _ right: UInt32) { key = UInt64(left) << 32 | UInt64(right) }
  init(key: UInt64) { self.key = key }

  var left: UInt32 { UInt32(truncatingIfNeeded: key >> 32) }
  var right: UInt32 { UInt32(truncatingIfNeeded: key) }
}

/// For each pair of symbols how often it occurs, and in which words: open addressing, at most half full.
///
/// The words of a pair are a slice of one arena of segment numbers, ascending. A slice may name segments that hold the
/// pair no longer.
struct PairTable: ~Copyable {
  struct Slot: BitwiseCopyable, Sendable {
    var key: UInt64
    var count: Int64
    var start: Int
    var length: Int

    var slice: Range<Int> { start..<start + length }
  }

  /// No pair has this key: ids stay below 2^30.
  private static let free = UInt64.max
  private static let freeSlot = Slot(key: free, count: 0, start: 0, length: 0)

  private var slots = PlainBuffer<Slot>(repeating: freeSlot, count: 1 << 12)
  private var used = 0

  /// Slots, free ones included.
  var slotCount: Int { slots.count }

  func isOccupied(_ slot: Int) -> Bool { slots[slot].key != Self.free }

  /// The slot of a pair, or nil.
  @inline(__always)
  func find(_ pair: SymbolPair) -> Int? {
    var index = home(of: pair.key)
    while slots[index].key != pair.key {
      if slots[index].key == Self.free { return nil }
      index = (index + 1) & (slots.count - 1)
    }
    return index
  }

  /// The slot of a pair, which gets one with nothing in it if it has none. Slots found earlier may have moved.
  mutating func findOrInsert(_ pair: SymbolPair) -> Int {
    var index = home(of: pair.key)
    while slots[index].key != pair.key {
      if slots[index].key == Self.free {
        if 2 * (used + 1) > slots.count {
          grow()
          return findOrInsert(pair)
        }
        slots[index].key = pair.key
        used += 1
        return index
      }
      index = (index + 1) & (slots.count - 1)
    }
    return index
  }

  subscript(index: Int) -> Slot {
    @inline(__always) get { slots[index] }
    @inline(__always) set { slots[index] = newValue }
  }

  @inline(__always)
  private func home(of key: UInt64) -> Int {
    let product = key.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return Int(truncatingIfNeeded: product.high ^ product.low) & (slots.count - 1)
  }

  private mutating func grow() {
    var old = PlainBuffer<Slot>(repeating: Self.freeSlot, count: slots.count * 2)
    swap(&old, &slots)
    for number in 0..<old.count where old[number].key != Self.free {
      var index = home(of: old[number].key)
      while slots[index].key != Self.free { index = (index + 1) & (slots.count - 1) }
      slots[index] = old[number]
    }
  }
}
