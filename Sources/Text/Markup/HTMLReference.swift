/// A character reference of HTML: `&amp;`, `&#233;`, `&#xE9;`.
///
/// - Source: WHATWG HTML, 13.2.5.72 to 13.2.5.80, and 13.5, "Named character references".
package struct HTMLReference {
  /// What it stands for, in UTF-8.
  package let text: [UInt8]
  /// Bytes of the reference.
  package let byteCount: Int

  /// Reads the reference whose `&` stands at `index`; nil when there is none.
  package init?(_ bytes: [UInt8], at index: Int) {
    guard index + 1 < bytes.count else { return nil }
    let isNumber = bytes[index + 1] == UInt8(ascii: "#")
    guard let found = isNumber ? Self.number(bytes, at: index) : Self.name(bytes, at: index) else { return nil }
    (text, byteCount) = found
  }

  private static func name(_ bytes: [UInt8], at index: Int) -> ([UInt8], Int)? {
    let name = index + 1
    // Some names end without a semicolon; the longest known one counts.
    let isWord: (UInt8) -> Bool = { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (0x30...0x39).contains(byte)
    }
    var end = name
    while end < bytes.count, end - name < longestName, isWord(bytes[end]) { end += 1 }
    if end < bytes.count, bytes[end] == UInt8(ascii: ";") { end += 1 }
    while end - name >= 2 {
      if let text = names[Array(bytes[name..<end])] { return (text, end - index) }
      end -= 1
    }
    return nil
  }

  private static func number(_ bytes: [UInt8], at index: Int) -> ([UInt8], Int)? {
    var place = index + 2
    let isHex = place < bytes.count && bytes[place] | 0x20 == UInt8(ascii: "x")
    if isHex { place += 1 }
    let first = place
    var value: UInt32 = 0
    while place < bytes.count, let digit = digit(bytes[place], isHex: isHex) {
      value = min(value * (isHex ? 16 : 10) + digit, 0x11_0000)
      place += 1
    }
    guard place > first else { return nil }
    if place < bytes.count, bytes[place] == UInt8(ascii: ";") { place += 1 }
    // The numbers of C1 controls were always meant as those of Windows.
    if (0x80...0x9F).contains(value) { value = windows[Int(value) - 0x80] }
    let scalar = value == 0 ? nil : Unicode.Scalar(value)
    return (Array(String(Character(scalar ?? "\u{FFFD}")).utf8), place - index)
  }

  private static func digit(_ byte: UInt8, isHex: Bool) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte) - 0x30
    case 0x41...0x46 where isHex, 0x61...0x66 where isHex: UInt32(byte | 0x20) - 0x61 + 10
    default: nil
    }
  }

  private static let windows: [UInt32] = [
    0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F,
    0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E,
    0x178,
  ]

  private static let longestName = 32

  /// Made of the table once.
  private static let names: [[UInt8]: [UInt8]] = {
    var names: [[UInt8]: [UInt8]] = [:]
    for entry in htmlReferenceTable.split(whereSeparator: \.isWhitespace) {
      let parts = entry.split(separator: "=")
      var text = ""
      for number in parts[1].split(separator: "+") {
        if let value = UInt32(number, radix: 16), let scalar = Unicode.Scalar(value) {
          text.unicodeScalars.append(scalar)
        }
      }
      names[Array(parts[0].utf8)] = Array(text.utf8)
    }
    return names
  }()
}
