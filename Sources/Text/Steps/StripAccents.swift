public import Blocks
internal import CICU

/// Removes the marks that letters carry: é becomes e.
///
/// The text is decomposed (NFD), loses its nonspacing marks (general category Mn), and is composed again: the result is
/// NFC. Spacing marks stay, and letters that have no decomposition (ø, ł) stay as they are.
public struct StripAccents: TextStep {
  public let name = "strip_accents"
  public let summary = "accents removed: decomposed, nonspacing marks dropped, composed again (NFC)"

  public init() {}

  public func append(_ text: Span<UInt8>, to output: inout [UInt8], scratch: inout TextScratch) throws(Diagnostic) {
    let decomposer = try ICUNormalizer(.nfd)
    let composer = try ICUNormalizer(.nfc)
    try unsafe text.withUnsafeBufferPointer { bytes throws(Diagnostic) in
      var stretches = unsafe Stretches(of: bytes, richFrom: 0x80)
      while let (stretch, isRich) = unsafe stretches.next() {
        guard isRich else {
          unsafe output.append(contentsOf: stretch)
          continue
        }
        let length = try unsafe scratch.decode(stretch)
        let decomposed = try unsafe decomposer.normalize(
          scratch.units.storage.baseAddress, length, into: &scratch.moreUnits)
        let kept = unsafe removeMarks(from: scratch.moreUnits.storage, Int(decomposed))
        let composed = try unsafe composer.normalize(
          scratch.moreUnits.storage.baseAddress, Int32(kept), into: &scratch.units)
        try unsafe scratch.encode(scratch.units.storage.baseAddress, composed, to: &output)
      }
    }
  }

  /// Closes the gaps that the marks leave and returns the new length.
  private func removeMarks(from units: UnsafeMutableBufferPointer<UInt16>, _ length: Int) -> Int {
    var kept = 0
    var index = 0
    while index < length {
      let unit = unsafe units[index]
      let isPair = unsafe UTF16.isLeadSurrogate(unit) && index + 1 < length && UTF16.isTrailSurrogate(units[index + 1])
      let scalar =
        isPair ? 0x10000 + (UInt32(unit) & 0x3FF) << 10 + (unsafe UInt32(units[index + 1]) & 0x3FF) : UInt32(unit)
      let unitCount = isPair ? 2 : 1
      if scalar < 0x300 || icu_general_category(scalar) != icu_nonspacing_mark {
        for offset in 0..<unitCount { unsafe units[kept + offset] = units[index + offset] }
        kept += unitCount
      }
      index += unitCount
    }
    return kept
  }
}
