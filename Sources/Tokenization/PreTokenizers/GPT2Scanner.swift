/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
struct GPT2Scanner: PieceScanner {
  @inline(__always)
  func pieceEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    let first = unsafe text[start]
    var offset = start
    if first == 0x20, start + 1 < end {
      offset = start + 1
    } else if first == UInt8(ascii: "'") {
      let contraction = unsafe Self.contractionByteCount(in: text, at: start, end: end)
      if contraction > 0 { return start + contraction }
    }
    let (kind, byteCount) = unsafe CharacterClass.at(offset, of: text, end: end)
    if kind >= CharacterClass.space { return unsafe CharacterClass.whiteSpaceEnd(in: text, from: start, to: end) }
    return unsafe CharacterClass.runEnd(of: kind, in: text, from: offset + byteCount, to: end)
  }

  /// Length of the contraction that the apostrophe at `start` begins, 0 if none.
  @inline(__always)
  static func contractionByteCount(in text: UnsafePointer<UInt8>, at start: Int, end: Int) -> Int {
    guard start + 1 < end else { return 0 }
    let second = unsafe text[start + 1]
    switch second {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
      guard start + 2 < end else { return 0 }
      let expected = second == UInt8(ascii: "l") ? UInt8(ascii: "l") : UInt8(ascii: "e")
      return unsafe text[start + 2] == expected ? 3 : 0
    default: return 0
    }
  }
}
