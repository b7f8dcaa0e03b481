/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
/// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
///
/// cl100k and Llama 3 take digits in threes, Qwen 2 one by one. Under `(?i:…)` the long s (U+017F) counts as s.
struct CL100KScanner: PieceScanner {
  let digitsPerPiece: Int

  @inline(__always)
  func pieceEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    let (kind, byteCount) = unsafe CharacterClass.at(start, of: text, end: end)
    if kind == CharacterClass.letter {
      return unsafe CharacterClass.runEnd(of: CharacterClass.letter, in: text, from: start + byteCount, to: end)
    }
    if kind == CharacterClass.number { return unsafe digitsEnd(in: text, from: start + byteCount, to: end) }
    if unsafe text[start] == UInt8(ascii: "'") {
      let contraction = unsafe Self.contractionByteCount(in: text, at: start, end: end)
      if contraction > 0 { return start + contraction }
    }
    let second = start + byteCount
    if second < end {
      let next = unsafe CharacterClass.at(second, of: text, end: end)
      if next.kind == CharacterClass.letter, kind != CharacterClass.newline {
        return unsafe CharacterClass.runEnd(
          of: CharacterClass.letter, in: text, from: second + next.byteCount, to: end)
      }
      if kind == CharacterClass.other || (unsafe text[start] == 0x20 && next.kind == CharacterClass.other) {
        return unsafe symbolsEnd(in: text, from: second, to: end)
      }
    }
    if kind == CharacterClass.other { return second }
    return unsafe whiteSpaceEnd(in: text, from: start, to: end)
  }

  @inline(__always)
  private func digitsEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    var count = 1
    while count < digitsPerPiece, offset < end {
      let next = unsafe CharacterClass.at(offset, of: text, end: end)
      if next.kind != CharacterClass.number { break }
      offset += next.byteCount
      count += 1
    }
    return offset
  }

  /// The rest of `[^\s\p{L}\p{N}]+[\r\n]*`.
  @inline(__always)
  private func symbolsEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    let symbols = unsafe CharacterClass.runEnd(of: CharacterClass.other, in: text, from: start, to: end)
    return unsafe CharacterClass.runEnd(of: CharacterClass.newline, in: text, from: symbols, to: end)
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`: through the last newline of the run if it has one.
  @inline(__always)
  private func whiteSpaceEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    var last = start
    var behindNewline = start
    while offset < end {
      let next = unsafe CharacterClass.at(offset, of: text, end: end)
      if next.kind < CharacterClass.space { break }
      last = offset
      offset += next.byteCount
      if next.kind == CharacterClass.newline { behindNewline = offset }
    }
    if behindNewline > start { return behindNewline }
    return offset == end || last == start ? offset : last
  }

  @inline(__always)
  static func contractionByteCount(in text: UnsafePointer<UInt8>, at start: Int, end: Int) -> Int {
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
