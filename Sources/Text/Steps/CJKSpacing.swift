/// Puts a space on both sides of every CJK ideograph, so that each is a word.
///
/// Kana and Hangul are left alone, as are the ideographs of Unicode 8 and later outside BERT's eight ranges.
///
/// - Source: `_is_chinese_char` of google-research/bert, `tokenization.py`.
public struct CJKSpacing: TextStep {
  public let name = "cjk_spacing"
  public let summary = "a space on both sides of each CJK ideograph (BERT's ranges)"

  public init() {}

  public func append(_ text: Span<UInt8>, to output: inout [UInt8], scratch: inout TextScratch) {
    unsafe text.withUnsafeBufferPointer { bytes in
      // The first byte that an ideograph may start with is the lead of U+3400.
      let plain = unsafe firstByte(from: 0, in: bytes, atLeast: 0xE3)
      unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[..<plain]))
      let rest = unsafe UnsafeBufferPointer(rebasing: bytes[plain...])
      // Three bytes become five at most.
      unsafe output.append(atMost: rest.count + (rest.count + 2) / 3 * 2) { target in
        unsafe Self.space(rest, into: target)
      }
    }
  }

  private static func space(_ text: UnsafeBufferPointer<UInt8>, into target: UnsafeMutablePointer<UInt8>) -> Int {
    var written = 0
    var index = 0
    while index < text.count {
      let (scalar, length) = unsafe decodeScalar(text, at: index)
      let isIdeograph = isIdeograph(scalar)
      if isIdeograph {
        unsafe target[written] = 0x20
        written += 1
      }
      for offset in 0..<length { unsafe target[written + offset] = text[index + offset] }
      written += length
      if isIdeograph {
        unsafe target[written] = 0x20
        written += 1
      }
      index += length
    }
    return written
  }

  private static func isIdeograph(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
      0x2B820...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}
