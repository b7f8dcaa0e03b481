import Corpus
import Testing

@Suite struct UTF8CheckTests {
  /// Leads and continuations of every kind, each at the edge of its range.
  static let nastyBytes: [UInt8] = [
    0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
    0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
  ]

  @Test func `All strings of three nasty bytes are judged and repaired as the standard library does`() {
    for a in Self.nastyBytes {
      for b in Self.nastyBytes {
        for c in Self.nastyBytes { expectAgreement([a, b, c, 0x41]) }
      }
    }
  }

  @Test func `Four-byte sequences are judged and repaired as the standard library does`() {
    for a: UInt8 in [0xEF, 0xF0, 0xF1, 0xF4] {
      for b in Self.nastyBytes {
        for c: UInt8 in [0x41, 0x80, 0xBF, 0xC2] {
          for d: UInt8 in [0x41, 0x7F, 0x80, 0xBF, 0xC0] { expectAgreement([a, b, c, d]) }
        }
      }
    }
  }

  @Test func `A bad byte is found at every place around the strides of the kernel`() {
    for length in 0...70 {
      for place in 0..<length {
        for bad: [UInt8] in [[0xFF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80]] {
          var bytes = [UInt8](repeating: 0x61, count: length)
          bytes.replaceSubrange(place..<(place + 1), with: bad)
          #expect(firstInvalid(bytes) == place)
        }
      }
    }
  }

  @Test func `Characters of every length pass at every place`() {
    for length in 0...40 {
      for character in [
        "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}",
      ] {
        let text = String(repeating: "a", count: length) + String(repeating: character, count: 3) + "b"
        #expect(firstInvalid(Array(text.utf8)) == nil)
      }
    }
  }

  private func expectAgreement(_ bytes: [UInt8]) {
    let valid = String(validating: bytes, as: UTF8.self) != nil
    let found = firstInvalid(bytes)
    let plain = unsafe bytes.withUnsafeBytes { unsafe UTF8Check.firstInvalidOffsetPlain(in: $0) }
    var repaired: [UInt8] = []
    unsafe bytes.withUnsafeBytes { unsafe UTF8Check.appendRepaired($0, to: &repaired) }
    // One comparison with a message built only when it fails: this runs ten thousand times.
    if valid != (found == nil) || found != plain || repaired != Array(String(decoding: bytes, as: UTF8.self).utf8) {
      Issue.record("\(bytes): found \(found ?? -1), plain \(plain ?? -1), repaired \(repaired)")
    }
  }

  private func firstInvalid(_ bytes: [UInt8]) -> Int? {
    unsafe bytes.withUnsafeBytes { unsafe UTF8Check.firstInvalidOffset(in: $0) }
  }
}
