/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
/// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
///
/// cl100k and Llama 3 take digits in threes, Qwen 2 and 3 one by one; to Qwen 3.5 a mark (`\p{M}`) is as good as a
/// letter.
struct CL100KScanner: PieceScanner {
  let digitsPerPiece: Int
  var joinsMarks = false

  @inline(__always)
  func pieceEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    let (kind, byteCount) = unsafe character(start, of: text, end: end)
    if kind == CharacterClass.letter {
      return unsafe runEnd(of: CharacterClass.letter, in: text, from: start + byteCount, to: end)
    }
    if kind == CharacterClass.number { return unsafe digitsEnd(in: text, from: start + byteCount, to: end) }
    if unsafe text[start] == UInt8(ascii: "'") {
      let contraction = unsafe Contraction.byteCount(in: text, at: start, end: end)
      if contraction > 0 { return start + contraction }
    }
    let second = start + byteCount
    if second < end {
      let next = unsafe character(second, of: text, end: end)
      if next.kind == CharacterClass.letter, kind != CharacterClass.newline {
        return unsafe runEnd(
          of: CharacterClass.letter, in: text, from: second + next.byteCount, to: end)
      }
      if kind == CharacterClass.other || (unsafe text[start] == 0x20 && next.kind == CharacterClass.other) {
        return unsafe symbolsEnd(in: text, from: second, to: end)
      }
    }
    if kind == CharacterClass.other { return second }
    return unsafe CharacterClass.lineEnd(in: text, from: start, to: end)
  }

  @inline(__always)
  private func digitsEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    var count = 1
    while count < digitsPerPiece, offset < end {
      let next = unsafe character(offset, of: text, end: end)
      if next.kind != CharacterClass.number { break }
      offset += next.byteCount
      count += 1
    }
    return offset
  }

  /// The rest of `[^\s\p{L}\p{N}]+[\r\n]*`.
  @inline(__always)
  private func symbolsEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    let symbols = unsafe runEnd(of: CharacterClass.other, in: text, from: start, to: end)
    return unsafe runEnd(of: CharacterClass.newline, in: text, from: symbols, to: end)
  }

  @inline(__always)
  private func character(_ offset: Int, of text: UnsafePointer<UInt8>, end: Int) -> (kind: UInt8, byteCount: Int) {
    let (kind, byteCount) = unsafe CharacterClass.at(offset, of: text, end: end)
    if joinsMarks, kind == CharacterClass.other, unsafe text[offset] >= 0x80 {
      let scalar = unsafe decodeScalar(text, at: offset, end: end).scalar
      if ScalarFlags(of: scalar).contains(.regexMark) { return (CharacterClass.letter, byteCount) }
    }
    return (kind, byteCount)
  }

  @inline(__always)
  private func runEnd(of kind: UInt8, in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    guard joinsMarks else { return unsafe CharacterClass.runEnd(of: kind, in: text, from: start, to: end) }
    var offset = start
    while offset < end {
      let next = unsafe character(offset, of: text, end: end)
      if next.kind != kind { break }
      offset += next.byteCount
    }
    return offset
  }
}
