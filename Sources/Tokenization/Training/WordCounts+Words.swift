public import Blocks

extension WordCounts: CountedWords {
  /// Calls `body` with every word and its count, in no useful order.
  public func forEachWord(_ body: (Span<UInt8>, UInt64) throws(Diagnostic) -> Void) throws(Diagnostic) {
    for index in 0..<slots.count where !slots[index].isFree {
      let slot = slots[index]
      try unsafe withWord(of: slot) { (word) throws(Diagnostic) in try unsafe body(word.span, slot.count) }
    }
  }

  /// Calls `body` with every word and its count, in the order of the words' bytes.
  public func forEachSorted(_ body: (Span<UInt8>, UInt64) throws(Diagnostic) -> Void) throws(Diagnostic) {
    var sorted: [(start: UInt64, index: Int)] = []
    sorted.reserveCapacity(count)
    for index in 0..<slots.count where !slots[index].isFree { sorted.append((start(of: slots[index]), index)) }
    sorted.sort { left, right in
      left.start != right.start ? left.start < right.start : precedes(slots[left.index], slots[right.index])
    }
    for (_, index) in sorted {
      let slot = slots[index]
      try unsafe withWord(of: slot) { (word) throws(Diagnostic) in try unsafe body(word.span, slot.count) }
    }
  }

  /// The first eight bytes of a word as a number that orders as they do, zeros behind a shorter one.
  private func start(of slot: Slot) -> UInt64 {
    guard slot.key.isLong else { return slot.key.low.byteSwapped }
    return unsafe withWord(of: slot) { word in
      var start: UInt64 = 0
      for index in 0..<8 { start = unsafe start << 8 | UInt64(word[index]) }
      return start
    }
  }

  private func precedes(_ left: Slot, _ right: Slot) -> Bool {
    unsafe withWord(of: left) { left in
      unsafe withWord(of: right) { right in unsafe left.lexicographicallyPrecedes(right) }
    }
  }
}
