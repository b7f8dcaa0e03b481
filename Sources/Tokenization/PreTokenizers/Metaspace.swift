/// SentencePiece's marks: each U+0020 becomes the replacement (`▁`), one is put before a piece if asked, and pieces are
/// cut before each.
///
///     always, split     "a  b"  ->  ▁a  ▁  ▁b
struct Metaspace: Sendable, Equatable {
  /// Which pieces get a mark before them, unless they begin with one.
  enum PrependScheme: String, Sendable, CaseIterable {
    case always
    /// Only what the text begins with: not what follows an added token.
    case first
    case never
  }

  /// The UTF-8 of one character.
  var replacement: [UInt8] = Self.mark
  var prepends = PrependScheme.always
  var splits = true

  /// U+2581.
  static let mark: [UInt8] = [0xE2, 0x96, 0x81]

  func apply(to pieces: inout PieceList) {
    let startsText = pieces.startsText
    let replacement = self.replacement
    pieces.rewritePieces { text, range, output in
      let isFirst = startsText && range.lowerBound == 0
      if prepends == .always || prepends == .first && isFirst, text.bytes[range.lowerBound] != 0x20,
        !text.bytes[range].starts(with: replacement)
      {
        output.append(contentsOf: replacement, sourceEnd: text.sourceEnd(at: range.lowerBound))
      }
      var copied = range.lowerBound
      for index in range where text.bytes[index] == 0x20 {
        output.append(text, copied..<index)
        output.append(contentsOf: replacement, sourceEnd: text.sourceEnd(at: index))
        copied = index + 1
      }
      output.append(text, copied..<range.upperBound)
    }
    guard splits, let lead = replacement.first else { return }
    unsafe pieces.split(.removed) { text, range, cuts in
      var start = range.lowerBound
      unsafe Self.forEachMark(replacement, lead, in: text, range) { place in
        if start < place { cuts.append(PieceList.Cut(range: start..<place, isMatch: false)) }
        start = place
      }
      cuts.append(PieceList.Cut(range: start..<range.upperBound, isMatch: false))
    }
  }

  /// Calls `body` with the place of every mark; those of one character never overlap.
  @inline(__always)
  private static func forEachMark(
    _ mark: [UInt8], _ lead: UInt8, in text: UnsafePointer<UInt8>, _ range: Range<Int>, _ body: (Int) -> Void
  ) {
    for index in range where unsafe text[index] == lead && index + mark.count <= range.upperBound {
      var length = 1
      while length < mark.count, unsafe text[index + length] == mark[length] { length += 1 }
      if length == mark.count { body(index) }
    }
  }
}
