internal import CICU

/// BERT's cleaning: invisible characters go, white space becomes spaces.
///
/// NUL, U+FFFD and the control, format and private-use characters (Cc, Cf, Co) are dropped, but for tab, line feed and
/// carriage return; then each White_Space character becomes one U+0020. So vertical tab, form feed and U+0085 vanish
/// and do not separate words; zero-width joiners and soft hyphens vanish, too.
///
/// - Source: `_clean_text` of google-research/bert, `tokenization.py`; categories of ICU's Unicode version.
public struct BERTClean: TextStep {
  public let name = "bert_clean"
  public let summary = "BERT's cleaning: control, format and private-use characters dropped, white space to spaces"

  public init() {}

  public func append(_ text: Span<UInt8>, to output: inout [UInt8], scratch: inout TextScratch) {
    unsafe text.withUnsafeBufferPointer { bytes in
      unsafe output.append(atMost: bytes.count) { target in unsafe Self.clean(bytes, into: target) }
    }
  }

  /// Writes the cleaned text, which is never longer, and returns its length.
  private static func clean(_ text: UnsafeBufferPointer<UInt8>, into target: UnsafeMutablePointer<UInt8>) -> Int {
    var written = 0
    var index = 0
    while index < text.count {
      let byte = unsafe text[index]
      if byte < 0x80 {
        let isBlank = byte == 0x09 || byte == 0x0A || byte == 0x0D
        unsafe target[written] = isBlank ? 0x20 : byte
        written += isBlank || byte &- 0x20 < 0x5F ? 1 : 0
        index += 1
        continue
      }
      let (scalar, length) = unsafe decodeScalar(text, at: index)
      switch fate(of: scalar) {
      case .kept:
        for offset in 0..<length { unsafe target[written + offset] = text[index + offset] }
        written += length
      case .space:
        unsafe target[written] = 0x20
        written += 1
      case .dropped: break
      }
      index += length
    }
    return written
  }

  private enum Fate { case kept, space, dropped }

  private static func fate(of scalar: UInt32) -> Fate {
    if scalar == 0xFFFD { return .dropped }
    switch Int(icu_general_category(scalar)) {
    case icu_control, icu_format, icu_private_use: return .dropped
    default: return isWhiteSpace(scalar) ? .space : .kept
    }
  }
}
