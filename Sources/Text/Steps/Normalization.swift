public import Blocks
internal import CICU

/// Brings a text into one of the Unicode normalization forms.
///
/// - Source: UAX #15, through ICU; the Unicode version is the library's (15.0 in ICU 72).
public struct Normalization: TextStep {
  public enum Form: String, Sendable, CaseIterable {
    case nfc, nfd, nfkc, nfkd
  }

  public let form: Form

  public init(_ form: Form) {
    self.form = form
  }

  public var name: String { form.rawValue }

  public var summary: String {
    switch form {
    case .nfc: "Unicode NFC: letters and their marks composed"
    case .nfd: "Unicode NFD: letters and their marks apart"
    case .nfkc: "Unicode NFKC: compatibility forms (ligatures, full width) replaced, then composed"
    case .nfkd: "Unicode NFKD: compatibility forms replaced, letters and marks apart"
    }
  }

  public func append(_ text: Span<UInt8>, to output: inout [UInt8], scratch: inout TextScratch) throws(Diagnostic) {
    let normalizer = try ICUNormalizer(form)
    try unsafe text.withUnsafeBufferPointer { bytes throws(Diagnostic) in
      var stretches = unsafe Stretches(of: bytes, richFrom: form.firstRichByte)
      while let (stretch, isRich) = unsafe stretches.next() {
        guard isRich else {
          unsafe output.append(contentsOf: stretch)
          continue
        }
        let length = try unsafe scratch.decode(stretch)
        if try unsafe normalizer.isNormalized(scratch.units.storage.baseAddress, length) {
          unsafe output.append(contentsOf: stretch)
        } else {
          let normalized = try unsafe normalizer.normalize(
            scratch.units.storage.baseAddress, length, into: &scratch.moreUnits)
          try unsafe scratch.encode(scratch.moreUnits.storage.baseAddress, normalized, to: &output)
        }
      }
    }
  }
}

extension Normalization.Form {
  /// Below this lead byte every character is in the form already, whatever follows: for NFC all below U+0300, where the
  /// combining marks begin.
  fileprivate var firstRichByte: UInt8 { self == .nfc ? 0xCC : 0x80 }
}
