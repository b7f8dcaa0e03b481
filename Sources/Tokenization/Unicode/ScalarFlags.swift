internal import CKernels

/// What Hugging Face tokenizers 0.23.3 knows of a code point, as generated into `CKernels`.
///
/// The library mixes four versions of Unicode; each flag says which one it speaks for. Nothing here may be asked of
/// ICU or of the standard library instead.
struct ScalarFlags: OptionSet, Sendable {
  let rawValue: UInt32

  init(rawValue: UInt32) { self.rawValue = rawValue }

  private init(_ flag: PalimpsestUnicodeFlag) { rawValue = UInt32(flag.rawValue) }

  /// The flags of a code point; none for what is no code point.
  @inline(__always)
  init(of scalar: UInt32) { rawValue = palimpsest_unicode_flags(scalar) }

  static let cleanRemoved = ScalarFlags(PALIMPSEST_CLEAN_REMOVED)
  static let cleanSpace = ScalarFlags(PALIMPSEST_CLEAN_SPACE)
  static let cjk = ScalarFlags(PALIMPSEST_CJK)
  static let punctuation = ScalarFlags(PALIMPSEST_PUNCTUATION)
  static let nonspacingMark = ScalarFlags(PALIMPSEST_NONSPACING_MARK)
  static let mark = ScalarFlags(PALIMPSEST_MARK)
  static let whiteSpace = ScalarFlags(PALIMPSEST_WHITE_SPACE)
  static let letter = ScalarFlags(PALIMPSEST_LETTER)
  static let number = ScalarFlags(PALIMPSEST_NUMBER)
  static let word = ScalarFlags(PALIMPSEST_WORD)
  static let numeric = ScalarFlags(PALIMPSEST_NUMERIC)
  static let regexMark = ScalarFlags(PALIMPSEST_REGEX_MARK)
  static let nfcInert = ScalarFlags(PALIMPSEST_NFC_INERT)
  static let nfdInert = ScalarFlags(PALIMPSEST_NFD_INERT)
  static let nfkcInert = ScalarFlags(PALIMPSEST_NFKC_INERT)
  static let nfkdInert = ScalarFlags(PALIMPSEST_NFKD_INERT)
}
