/// BERT's normalizer: clean, put spaces around ideographs, strip accents, lower the case, in this order.
///
/// Cleaning drops control and format characters (VT, FF and U+0085 among them: they join their neighbours) and turns
/// white space into U+0020. Stripping accents is NFD without non-spacing marks, so Hangul falls apart into Jamo.
struct BertNormalizer: Sendable, Equatable {
  var cleansText = true
  var padsIdeographs = true
  /// Nil follows `lowercases`.
  var stripsAccents: Bool?
  var lowercases = true

  var effectivelyStripsAccents: Bool { stripsAccents ?? lowercases }

  func apply(to text: inout AlignedText, spare: inout AlignedText) {
    if cleansText { text.rewrite(using: &spare) { Self.clean($0, into: &$1) } }
    if padsIdeographs { text.rewrite(using: &spare) { Self.padIdeographs($0, into: &$1) } }
    if effectivelyStripsAccents {
      text.rewrite(using: &spare) { NormalizationForm.nfd.apply(to: $0, into: &$1) }
      text.rewrite(using: &spare) { StripAccents.drop(.nonspacingMark, of: $0, into: &$1) }
    }
    if lowercases { text.rewrite(using: &spare) { Lowercase.apply(to: $0, into: &$1) } }
  }

  private static func clean(_ text: borrowing AlignedText, into output: inout AlignedText) {
    text.forEachScalar { scalar, range in
      let flags = ScalarFlags(of: scalar)
      if flags.contains(.cleanRemoved) { return }
      if flags.contains(.cleanSpace) {
        output.append(byte: 0x20, sourceEnd: text.sourceEnd(at: range.lowerBound))
      } else {
        output.append(text, range)
      }
    }
  }

  private static func padIdeographs(_ text: borrowing AlignedText, into output: inout AlignedText) {
    text.forEachScalar { scalar, range in
      guard ScalarFlags(of: scalar).contains(.cjk) else { return output.append(text, range) }
      let sourceEnd = text.sourceEnd(at: range.lowerBound)
      output.append(byte: 0x20, sourceEnd: sourceEnd)
      output.append(text, range)
      output.append(byte: 0x20, sourceEnd: sourceEnd)
    }
  }
}
