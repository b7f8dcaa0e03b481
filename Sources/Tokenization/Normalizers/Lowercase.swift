internal import CKernels

/// Lower case, character by character, without context: Σ becomes σ everywhere, İ becomes i and U+0307.
enum Lowercase {
  static func apply(to text: borrowing AlignedText, into output: inout AlignedText) {
    text.forEachScalar { scalar, range in
      var byteCount: UInt32 = 0
      if let lower = unsafe palimpsest_lowercase(scalar, &byteCount) {
        unsafe output.append(lower, count: Int(byteCount), sourceEnd: text.sourceEnd(at: range.lowerBound))
      } else {
        output.append(text, range)
      }
    }
  }
}
