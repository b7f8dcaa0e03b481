import CKernels
import Testing

@testable import Corpus

/// Every kernel that this processor knows, beside the plain twin.
@Suite struct TextScanTests {
  static let kernels: [palimpsest_text_scan] = {
    var all = [palimpsest_text_scan](
      repeating: palimpsest_text_scan_kernels(), count: 4)
    let count = unsafe palimpsest_text_scan_all(&all)
    return Array(all[..<Int(count)])
  }()

  /// Good and bad pieces: the edges of every length, halves, overlong forms, surrogates, what is too large.
  static let pieces: [[UInt8]] =
    ["a", "\"", "\\", "\u{1F}", " ", "é", "\u{800}", "€", "\u{D7FF}", "\u{10000}", "\u{10FFFF}"].map {
      Array($0.utf8)
    }
    + [
      [0x80], [0xC1], [0xE0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90], [0xF8], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xFF],
    ]

  @Test func `A plain run ends where it does byte by byte, at every length and place`() {
    for end in [UInt8(ascii: "\""), UInt8(ascii: "\\"), 0, 0x1F] {
      for length in 0...140 {
        for place in stride(from: 0, through: length, by: 3) {
          var bytes = [UInt8](repeating: 0x7A, count: length) + [0xFF, 0x20]
          if place < length { bytes[place] = end }
          expectEqualRuns(bytes)
        }
      }
    }
  }

  @Test func `Kernels never pass over a bad sequence, and pass over good text`() {
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for round in 0..<6000 {
      let length = next(180)
      var bytes: [UInt8] = []
      while bytes.count < length {
        switch round % 4 {
        case 0: bytes += Self.pieces[next(11)]
        case 1: bytes += next(30) == 0 ? Self.pieces[next(Self.pieces.count)] : Self.pieces[5 + next(6)]
        case 2: bytes += next(40) == 0 ? Self.pieces[next(Self.pieces.count)] : Self.pieces[0]
        default: bytes += Self.pieces[next(Self.pieces.count)]
        }
      }
      expectSound(bytes)
      expectEqualRuns(bytes)
    }
  }

  private func expectEqualRuns(_ bytes: [UInt8]) {
    let plain = unsafe bytes.withUnsafeBytes { unsafe JSONLineField.plainRunEndPlain(in: $0, from: 0) }
    for (number, kernel) in Self.kernels.enumerated() {
      let found = unsafe bytes.withUnsafeBufferPointer { unsafe kernel.plain_run($0.baseAddress, $0.count) }
      if found != plain { Issue.record("kernel \(number): \(found) instead of \(plain) in \(bytes)") }
    }
  }

  private func expectSound(_ bytes: [UInt8]) {
    let bad = unsafe bytes.withUnsafeBytes { unsafe UTF8Check.firstInvalidOffsetPlain(in: $0) }
    for (number, kernel) in Self.kernels.enumerated() {
      let found = unsafe bytes.withUnsafeBufferPointer { unsafe kernel.utf8($0.baseAddress, $0.count) }
      let isBoundary = found >= bytes.count || bytes[found] & 0xC0 != 0x80 || found == bad
      if found > bad ?? bytes.count || !isBoundary {
        Issue.record("kernel \(number): \(found), bad \(bad ?? -1), \(bytes)")
      }
    }
    let exact = unsafe bytes.withUnsafeBytes { unsafe UTF8Check.firstInvalidOffset(in: $0) }
    if exact != bad { Issue.record("\(exact ?? -1) instead of \(bad ?? -1) in \(bytes)") }
  }
}
