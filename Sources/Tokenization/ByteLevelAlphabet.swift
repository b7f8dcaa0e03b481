/// The 256 letters that stand for bytes in byte-level vocabularies.
///
/// Printable Latin-1 (33–126, 161–172, 174–255) stands for itself; the other 68 bytes become U+0100 … U+0143 in order.
/// A space is `Ġ`, a newline `Ċ`.
enum ByteLevelAlphabet {
  static let letters: [UInt32] = {
    var extra: UInt32 = 0x100
    return (UInt32(0)..<256).map { byte in
      switch byte {
      case 33...126, 161...172, 174...255: return byte
      default:
        defer { extra += 1 }
        return extra
      }
    }
  }()

  /// The letter of each byte as UTF-8.
  static let spellings: [[UInt8]] = letters.map { letter in
    var bytes: [UInt8] = []
    encodeScalar(letter) { bytes.append($0) }
    return bytes
  }

  /// The byte of each letter below U+0144; 256 where there is none.
  private static let bytesByLetter: [UInt16] = {
    var table = [UInt16](repeating: 256, count: 0x144)
    for (byte, letter) in letters.enumerated() { table[Int(letter)] = UInt16(byte) }
    return table
  }()

  static func byte(of letter: UInt32) -> UInt8? {
    guard letter < 0x144 else { return nil }
    return UInt8(exactly: bytesByLetter[Int(letter)])
  }

  /// The bytes that a token stands for; nil if a character of it stands for none.
  static func bytes(of token: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(token.count)
    for scalar in String(decoding: token, as: UTF8.self).unicodeScalars {
      guard let byte = byte(of: scalar.value) else { return nil }
      result.append(byte)
    }
    return result
  }

  /// Writes the letters of a stretch of text.
  static func spell(_ text: borrowing AlignedText, _ range: Range<Int>, into output: inout AlignedText) {
    let spellings = Self.spellings
    for index in range {
      output.append(contentsOf: spellings[Int(text.bytes[index])], sourceEnd: text.sourceEnd(at: index))
    }
  }
}
