/// `<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`
///
/// White space matches nothing and is left as a gap.
enum CLIPScanner {
  private static let specials = [Array("<|startoftext|>".utf8), Array("<|endoftext|>".utf8)]

  static func firstMatch(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Range<Int>? {
    var offset = start
    while offset < end {
      let (kind, byteCount) = unsafe CharacterClass.at(offset, of: text, end: end)
      if kind < CharacterClass.space {
        return unsafe offset..<matchEnd(in: text, from: offset, to: end, kind: kind, byteCount: byteCount)
      }
      offset += byteCount
    }
    return nil
  }

  private static func matchEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, kind: UInt8, byteCount: Int
  ) -> Int {
    if kind == CharacterClass.number { return start + byteCount }
    switch unsafe text[start] {
    case UInt8(ascii: "<"):
      for special in specials where start + special.count <= end {
        if special.indices.allSatisfy({ unsafe text[start + $0] == special[$0] }) { return start + special.count }
      }
    case UInt8(ascii: "'"):
      let contraction = unsafe GPT2Scanner.contractionByteCount(in: text, at: start, end: end)
      if contraction > 0 { return start + contraction }
    default: break
    }
    return unsafe CharacterClass.runEnd(of: kind, in: text, from: start + byteCount, to: end)
  }
}
