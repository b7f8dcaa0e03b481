/// The pattern of o200k, where a word may be capitals followed by small letters:
///
///     lead   [^\r\n\p{L}\p{N}]?
///     B, C   [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}], [\p{Ll}\p{Lm}\p{Lo}\p{M}]
///     word   lead B* C+ (?i:'s|'t|'re|'ve|'m|'ll|'d)? | lead B+ C* (?i:'s|'t|'re|'ve|'m|'ll|'d)?
///     rest   \p{N}{1,3} | ?[^\s\p{L}\p{N}]+[\r\n/]* | \s*[\r\n]+ | \s+(?!\S) | \s+
///
/// Tekken has the same words without contractions, and takes digits one by one.
struct O200KScanner: PieceScanner {
  let digitsPerPiece: Int
  let endsInContraction: Bool

  func pieceEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    let (kind, byteCount) = unsafe CasedClass.at(start, of: text, end: end)
    if kind == CasedClass.number { return unsafe digitsEnd(in: text, from: start + byteCount, to: end) }
    let second = start + byteCount
    let hasLead = kind < CasedClass.upper && kind != CasedClass.newline && second < end
    let word = unsafe wordEnd(in: text, from: start, second: hasLead ? second : nil, to: end)
    if let word { return unsafe contractionEnd(in: text, from: word, to: end) }
    if Self.isSymbol(kind) { return unsafe symbolsEnd(in: text, from: second, to: end) }
    if unsafe text[start] == 0x20, second < end,
      Self.isSymbol(unsafe CasedClass.at(second, of: text, end: end).kind)
    {
      return unsafe symbolsEnd(in: text, from: second, to: end)
    }
    return unsafe CharacterClass.lineEnd(in: text, from: start, to: end)
  }

  /// In the order of the pattern: either alternative with the lead before without.
  private func wordEnd(in text: UnsafePointer<UInt8>, from start: Int, second: Int?, to end: Int) -> Int? {
    if let second, let word = unsafe smallEnd(in: text, from: second, to: end) { return word }
    if let word = unsafe smallEnd(in: text, from: start, to: end) { return word }
    if let second, let word = unsafe capitalsEnd(in: text, from: second, to: end) { return word }
    return unsafe capitalsEnd(in: text, from: start, to: end)
  }

  /// `B*C+`: where no small letter follows the run of B, its last character that is C, too, ends the word.
  private func smallEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int? {
    var offset = start
    var lastBoth: Int?
    while offset < end {
      let (kind, byteCount) = unsafe CasedClass.at(offset, of: text, end: end)
      guard CasedClass.beginsWord(kind) else {
        if kind == CasedClass.lower { return unsafe runEnd(in: text, from: offset + byteCount, to: end) }
        break
      }
      offset += byteCount
      if CasedClass.continuesWord(kind) { lastBoth = offset }
    }
    return lastBoth
  }

  /// `B+C*` where `B*C+` has no match: no C follows.
  private func capitalsEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int? {
    var offset = start
    while offset < end {
      let (kind, byteCount) = unsafe CasedClass.at(offset, of: text, end: end)
      if !CasedClass.beginsWord(kind) { break }
      offset += byteCount
    }
    return offset > start ? offset : nil
  }

  private func runEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    while offset < end {
      let (kind, byteCount) = unsafe CasedClass.at(offset, of: text, end: end)
      if !CasedClass.continuesWord(kind) { break }
      offset += byteCount
    }
    return offset
  }

  private func contractionEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    guard endsInContraction, start < end, unsafe text[start] == UInt8(ascii: "'") else { return start }
    return start + (unsafe Contraction.byteCount(in: text, at: start, end: end))
  }

  private func digitsEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    var count = 1
    while count < digitsPerPiece, offset < end {
      let (kind, byteCount) = unsafe CasedClass.at(offset, of: text, end: end)
      if kind != CasedClass.number { break }
      offset += byteCount
      count += 1
    }
    return offset
  }

  /// The rest of `[^\s\p{L}\p{N}]+[\r\n/]*`.
  private func symbolsEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    while offset < end {
      let (kind, byteCount) = unsafe CasedClass.at(offset, of: text, end: end)
      if !Self.isSymbol(kind) { break }
      offset += byteCount
    }
    while offset < end, unsafe text[offset] == 0x0A || text[offset] == 0x0D || text[offset] == UInt8(ascii: "/") {
      offset += 1
    }
    return offset
  }

  /// `[^\s\p{L}\p{N}]`
  @inline(__always)
  private static func isSymbol(_ kind: UInt8) -> Bool { kind < CasedClass.number || kind == CasedClass.mark }
}
