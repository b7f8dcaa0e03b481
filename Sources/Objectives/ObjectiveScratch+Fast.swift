internal import Blocks

extension [Bool] {
  /// `count` times the same flag, in place.
  @inline(__always)
  mutating func reset(to flag: Bool, count: Int) {
    if self.count != count {
      removeAll(keepingCapacity: true)
      append(contentsOf: repeatElement(flag, count: count))
      return
    }
    unsafe withUnsafeMutableBufferPointer { unsafe $0.update(repeating: flag) }
  }
}

extension [Int32] {
  /// Makes room for `count` values, whatever they are.
  @inline(__always)
  mutating func stretch(to count: Int) {
    if self.count < count { append(contentsOf: repeatElement(0, count: count - self.count)) }
    if self.count > count { removeLast(self.count - count) }
  }
}

extension IDTable {
  /// Positions of the ids that may be chosen: all but special ones.
  func findOrdinary(in ids: [UInt32], into positions: inout [Int32]) {
    positions.stretch(to: ids.count)
    let found = unsafe positions.withUnsafeMutableBufferPointer { positions in
      unsafe ids.withUnsafeBufferPointer { ids in
        // Each position is written, and kept by counting it: no branch to guess. `found` never passes `position`.
        var found = 0
        for position in 0..<ids.count {
          unsafe positions[found] = Int32(truncatingIfNeeded: position)
          found += unsafe isSpecial(ids[position]) ? 0 : 1
        }
        return found
      }
    }
    positions.removeLast(positions.count - found)
  }
}
