/// A class of characters, repeated from once up to a limit, as often as it goes: `\s+`, `\p{N}{1,3}`, `[0-9]`.
struct ClassRun: Sendable {
  let set: ScalarSet
  let limit: Int
  /// By ASCII character: bit set for a member.
  private let ascii: (UInt64, UInt64)

  init(_ set: ScalarSet, limit: Int) {
    self.set = set
    self.limit = limit
    var bits: [UInt64] = [0, 0]
    for scalar in UInt32(0)..<128 where set.contains(scalar) { bits[Int(scalar >> 6)] |= 1 << UInt64(scalar & 63) }
    ascii = (bits[0], bits[1])
  }

  func firstMatch(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Range<Int>? {
    var offset = start
    while offset < end {
      let (scalar, byteCount) = unsafe decodeScalar(text, at: offset, end: end)
      if contains(scalar) { return offset..<(unsafe runEnd(in: text, from: offset + byteCount, to: end)) }
      offset += byteCount
    }
    return nil
  }

  private func runEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    var count = 1
    while count < limit, offset < end {
      let (scalar, byteCount) = unsafe decodeScalar(text, at: offset, end: end)
      if !contains(scalar) { break }
      offset += byteCount
      count += 1
    }
    return offset
  }

  @inline(__always)
  private func contains(_ scalar: UInt32) -> Bool {
    if scalar < 0x80 { return (scalar < 64 ? ascii.0 : ascii.1) >> UInt64(scalar & 63) & 1 == 1 }
    return set.contains(scalar)
  }
}
