import JSONText
import Testing

@Suite struct JSONStringTests {
  /// All strings of up to five pieces over an alphabet of everything a string may or may not hold, each behind every
  /// alignment to the words that the kernel reads, against a decoder that goes scalar by scalar.
  @Test func `The kernel agrees with a plain decoder on all short strings`() {
    let pieces: [[UInt8]] = [
      Array("a".utf8), Array("\"".utf8), Array("\\n".utf8), Array("\\".utf8), Array("\\u0041".utf8),
      Array("\\uD83D\\uDE00".utf8), Array("\\uDE00".utf8), Array("é".utf8), Array("😀".utf8), [0x1F], [0xE2], [0x7F],
    ]
    var strings: [[UInt8]] = [[]]
    for _ in 0..<3 { strings += strings.flatMap { string in pieces.map { string + $0 } } }
    for string in Set(strings) {
      for lead in [0, 1, 7, 8] {
        let bytes = Array(repeating: UInt8(ascii: "x"), count: lead) + string
        var text: [UInt8] = []
        let outcome = JSONString.unescape(bytes.span, from: 0, into: &text)
        let (plainText, plainOutcome) = plain(bytes)
        guard outcome == plainOutcome, text == plainText, JSONString.skip(bytes.span, from: 0) == outcome else {
          Issue.record("\(bytes): \(outcome), plainly \(plainOutcome)")
          return
        }
      }
    }
  }

  private func plain(_ bytes: [UInt8]) -> ([UInt8], JSONString.Outcome) {
    var text: [UInt8] = []
    var position = 0
    func unit(at position: Int) -> UInt16? {
      guard position + 6 <= bytes.count, bytes[position] == 0x5C, bytes[position + 1] == UInt8(ascii: "u") else {
        return nil
      }
      return UInt16(String(decoding: bytes[position + 2..<position + 6], as: UTF8.self), radix: 16)
    }
    while position < bytes.count {
      switch bytes[position] {
      case 0x22: return (text, .end(position + 1))
      case 0x5C:
        if position + 1 == bytes.count { return (text, .fault(.unterminated, at: position)) }
        if bytes[position + 1] == UInt8(ascii: "n") {
          text.append(0x0A)
          position += 2
        } else if bytes[position + 1] == 0x22 || bytes[position + 1] == 0x5C {
          text.append(bytes[position + 1])
          position += 2
        } else if let first = unit(at: position) {
          var units = [first]
          if UTF16.isLeadSurrogate(first), let second = unit(at: position + 6) { units.append(second) }
          guard let scalar = String(validating: units, as: UTF16.self) else {
            return (text, .fault(.loneSurrogate, at: position))
          }
          text += Array(scalar.utf8)
          position += 6 * units.count
        } else {
          return (text, .fault(.invalidEscape, at: position))
        }
      case 0..<0x20: return (text, .fault(.controlCharacter, at: position))
      default:
        let length = (1...4).first {
          position + $0 <= bytes.count
            && String(validating: bytes[position..<position + $0], as: UTF8.self) != nil
        }
        guard let length else { return (text, .fault(.invalidUTF8, at: position)) }
        text += bytes[position..<position + length]
        position += length
      }
    }
    return (text, .fault(.unterminated, at: position))
  }
}
