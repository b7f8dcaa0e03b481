/// Two neighbouring symbols in one number: the left one in the upper half, so that numbers order pairs by (left,
/// right).
struct SymbolPair: Hashable, Sendable {
  let key: UInt64

  init(_ left: UInt32, _ right: UInt32) { key = UInt64(left) << 32 | UInt64(right) }
  init(key: UInt64) { self.key = key }

  var left: UInt32 { UInt32(truncatingIfNeeded: key >> 32) }
  var right: UInt32 { UInt32(truncatingIfNeeded: key) }
}

/// For each pair of symbols how often it occurs, and in which words: open addressing, at most half full.
///
/// The words of a pair are a slice of one arena of word numbers. A slice may name words that hold the pair no longer.
struct PairTable {
  struct Slot {
    var key: UInt64
    var count: Int64
    var start: Int
    var length: Int
  }

  /// No pair has this key: ids stay below 2^30.
  private static let free = UInt64.max

  private(set) var slots: [Slot]
  private var used = 0

  init() {
    slots = Array(repeating: Slot(key: Self.free, count: 0, start: 0, length: 0), count: 1 << 12)
  }

  /// The slot of a pair, or nil.
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
    get { slots[index] }
    _modify { yield &slots[index] }
  }

  /// The slots in use, in no useful order.
  var occupied: some Sequence<Int> {
    slots.indices.lazy.filter { [slots] in slots[$0].key != Self.free }
  }

  private func home(of key: UInt64) -> Int {
    let product = key.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return Int(truncatingIfNeeded: product.high ^ product.low) & (slots.count - 1)
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(key: Self.free, count: 0, start: 0, length: 0), count: old.count * 2)
    for slot in old where slot.key != Self.free {
      var index = home(of: slot.key)
      while slots[index].key != Self.free { index = (index + 1) & (slots.count - 1) }
      slots[index] = slot
    }
  }
}
