/// The main pattern of DeepSeek V3 and R1. Controls and lone digits match nothing and are left as gaps.
///
///     [!-/:-~][A-Za-z]+ | [^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+ | ?[\p{P}\p{S}]+[\r\n]* |
///     \s*[\r\n]+ | \s+(?!\S) | \s+
///
/// The first class is ASCII punctuation; the file lists its characters.
enum DeepSeekV3Scanner {
  static func firstMatch(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Range<Int>? {
    var offset = start
    while offset < end {
      let (kind, byteCount) = unsafe CasedClass.at(offset, of: text, end: end)
      if let matchEnd = unsafe matchEnd(in: text, from: offset, to: end, kind: kind, second: offset + byteCount) {
        return offset..<matchEnd
      }
      offset += byteCount
    }
    return nil
  }

  private static func matchEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, kind: UInt8, second: Int
  ) -> Int? {
    if kind >= CasedClass.mark { return unsafe lettersEnd(in: text, from: second, to: end) }
    let next = second < end ? unsafe CasedClass.at(second, of: text, end: end).kind : CasedClass.other
    if isSymbol(kind) {
      if unsafe text[start] < 0x80 {
        let word = unsafe asciiLettersEnd(in: text, from: second, to: end)
        if word > second { return word }
      }
      return unsafe symbolsEnd(in: text, from: second, to: end)
    }
    if kind != CasedClass.newline, second < end, next >= CasedClass.mark {
      return unsafe lettersEnd(in: text, from: second, to: end)
    }
    if unsafe text[start] == 0x20, isSymbol(next) { return unsafe symbolsEnd(in: text, from: second, to: end) }
    if kind == CasedClass.space || kind == CasedClass.newline {
      return unsafe CharacterClass.lineEnd(in: text, from: start, to: end)
    }
    return nil
  }

  private static func isSymbol(_ kind: UInt8) -> Bool {
    kind == CasedClass.punctuation || kind == CasedClass.symbol
  }

  /// The rest of `[\p{L}\p{M}]+`.
  private static func lettersEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    while offset < end {
      let (kind, byteCount) = unsafe CasedClass.at(offset, of: text, end: end)
      if kind < CasedClass.mark { break }
      offset += byteCount
    }
    return offset
  }

  private static func asciiLettersEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    while offset < end, unsafe (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[offset] | 0x20) { offset += 1 }
    return offset
  }

  /// The rest of `[\p{P}\p{S}]+[\r\n]*`.
  private static func symbolsEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    while offset < end {
      let (kind, byteCount) = unsafe CasedClass.at(offset, of: text, end: end)
      if !isSymbol(kind) { break }
      offset += byteCount
    }
    while offset < end, unsafe text[offset] == 0x0A || text[offset] == 0x0D { offset += 1 }
    return offset
  }
}
