/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)`: English contractions in any case; the long s (U+017F) counts as s.
enum Contraction {
  /// Length of the contraction that the apostrophe at `start` begins, 0 if none.
  @inline(__always)
  static func byteCount(in text: UnsafePointer<UInt8>, at start: Int, end: Int) -> Int {
    guard start + 1 < end else { return 0 }
    switch unsafe text[start + 1] | 0x20 {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return start + 2 < end && (unsafe text[start + 2] | 0x20) == UInt8(ascii: "e") ? 3 : 0
    case UInt8(ascii: "l"):
      return start + 2 < end && (unsafe text[start + 2] | 0x20) == UInt8(ascii: "l") ? 3 : 0
    default:
      let isLongS = start + 2 < end && (unsafe text[start + 1] == 0xC5 && text[start + 2] == 0xBF)
      return isLongS ? 3 : 0
    }
  }
}
