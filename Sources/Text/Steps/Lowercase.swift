public import Blocks
internal import CICU

/// Full Unicode lower case, the same in every locale.
///
/// A capital sigma that ends a word becomes ς, any other σ, as the Unicode Standard's default mapping says; `İ` becomes
/// `i` with U+0307. (BERT's tokenizer maps character by character, always to σ; that happens there, not here.)
///
/// - Source: Unicode Standard §3.13, SpecialCasing.txt, through ICU.
public struct Lowercase: TextStep {
  public let name = "lowercase"
  public let summary = "Unicode lower case, the same in every locale; a final sigma becomes ς"

  public init() {}

  public func append(_ text: Span<UInt8>, to output: inout [UInt8], scratch: inout TextScratch) throws(Diagnostic) {
    try unsafe text.withUnsafeBufferPointer { bytes throws(Diagnostic) in
      var stretches = unsafe Stretches(of: bytes, richFrom: 0x80)
      while let (stretch, isRich) = unsafe stretches.next() {
        if isRich {
          try unsafe appendRich(stretch, to: &output, scratch: &scratch)
        } else {
          unsafe appendPlain(stretch, to: &output)
        }
      }
    }
  }

  private func appendPlain(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    unsafe output.append(atMost: text.count) { target in
      for index in text.indices {
        let byte = unsafe text[index]
        unsafe target[index] = byte &- 0x41 < 26 ? byte | 0x20 : byte
      }
      return text.count
    }
  }

  private func appendRich(
    _ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8], scratch: inout TextScratch
  ) throws(Diagnostic) {
    try checkICULength(text.count)
    let caseMap = try unsafe scratch.openedCaseMap()
    let count = try unsafe filling(&scratch.bytes, expecting: text.count + text.count / 2, "lower a text's case") {
      buffer, capacity, status in
      unsafe icu_lowercase(caseMap, buffer, capacity, text.baseAddress, Int32(text.count), &status)
    }
    unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: scratch.bytes.storage[..<Int(count)]))
  }
}
