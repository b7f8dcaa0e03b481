internal import CKernels

/// The classes that patterns with `\p{Lu}`, `\p{M}`, `\p{P}` or `\p{S}` tell apart; numbers, so that a loop can compare
/// them.
enum CasedClass {
  /// Controls, format characters and whatever else belongs nowhere.
  static let other: UInt8 = 0
  static let punctuation: UInt8 = 1
  static let symbol: UInt8 = 2
  static let number: UInt8 = 3
  /// This class and the next are white space.
  static let space: UInt8 = 4
  static let newline: UInt8 = 5
  static let mark: UInt8 = 6
  /// From here on, letters: upper and title case, lower case, and those without case.
  static let upper: UInt8 = 7
  static let lower: UInt8 = 8
  static let caseless: UInt8 = 9

  @inline(__always)
  static func at(_ offset: Int, of text: UnsafePointer<UInt8>, end: Int) -> (kind: UInt8, byteCount: Int) {
    let (scalar, byteCount) = unsafe decodeScalar(text, at: offset, end: end)
    // The controls that are white space have no category of their own.
    if scalar <= 0x85 {
      switch scalar {
      case 0x0A, 0x0D: return (newline, 1)
      case 0x09, 0x0B, 0x0C, 0x85: return (space, byteCount)
      default: break
      }
    }
    return (kind(ofCategory: palimpsest_category(scalar)), byteCount)
  }

  /// Whether a word may begin with it, in the pattern that tells capitals from small letters.
  @inline(__always)
  static func beginsWord(_ kind: UInt8) -> Bool { kind == mark || kind == upper || kind == caseless }

  /// Whether a word may go on with it.
  @inline(__always)
  static func continuesWord(_ kind: UInt8) -> Bool { kind == mark || kind >= lower }

  @inline(__always)
  private static func kind(ofCategory category: UInt8) -> UInt8 {
    switch UInt32(category) {
    case PALIMPSEST_CATEGORY_LU.rawValue, PALIMPSEST_CATEGORY_LT.rawValue: upper
    case PALIMPSEST_CATEGORY_LL.rawValue: lower
    case PALIMPSEST_CATEGORY_LM.rawValue, PALIMPSEST_CATEGORY_LO.rawValue: caseless
    case PALIMPSEST_CATEGORY_MN.rawValue...PALIMPSEST_CATEGORY_ME.rawValue: mark
    case PALIMPSEST_CATEGORY_ND.rawValue...PALIMPSEST_CATEGORY_NO.rawValue: number
    case PALIMPSEST_CATEGORY_PC.rawValue...PALIMPSEST_CATEGORY_PO.rawValue: punctuation
    case PALIMPSEST_CATEGORY_SM.rawValue...PALIMPSEST_CATEGORY_SO.rawValue: symbol
    case PALIMPSEST_CATEGORY_ZS.rawValue...PALIMPSEST_CATEGORY_ZP.rawValue: space
    default: other
    }
  }
}
