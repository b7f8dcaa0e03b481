import Blocks

/// One entry of a tar archive as its 512-byte header tells it.
///
/// - Source: POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar's base-256 numbers and long names.
struct TarHeader: Equatable {
  enum Kind: Equatable {
    case file
    /// Records about the next entry: pax's `x`.
    case records
    /// The name of the next entry: GNU's `L`.
    case longName
    /// Folders, links, devices, and what only other programs understand: nothing to read.
    case other
  }

  var name: String
  var byteCount: Int
  var kind: Kind

  static let byteCount = 512

  /// Whether content that starts with these bytes is an archive: the header says so in its middle.
  static func isArchive(startingWith bytes: [UInt8]) -> Bool {
    bytes.count >= 262 && Array(bytes[257..<262]) == Array("ustar".utf8)
  }

  init(name: String, byteCount: Int, kind: Kind) {
    self.name = name
    self.byteCount = byteCount
    self.kind = kind
  }

  /// - Returns: nil for bytes that are no header: the checksum, a number or the size is wrong.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount, Self.isArchive(startingWith: bytes),
      let checksum = Self.number(bytes[148..<156]), checksum == Self.checksum(of: bytes),
      let size = Self.number(bytes[124..<136]), size >= 0
    else { return nil }
    let name = Self.text(bytes[0..<100])
    // Only POSIX has a prefix there; GNU keeps times in its place.
    let prefix = bytes[262] == 0 ? Self.text(bytes[345..<500]) : ""
    self.name = prefix.isEmpty ? name : prefix + "/" + name
    switch bytes[156] {
    case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = self.name.hasSuffix("/") ? .other : .file
    case UInt8(ascii: "x"): kind = .records
    case UInt8(ascii: "L"): kind = .longName
    default: kind = .other
    }
    byteCount = Self.hasData(bytes[156]) ? size : 0
  }

  /// Links, devices and folders have no data, whatever their size field says.
  private static func hasData(_ type: UInt8) -> Bool { !(UInt8(ascii: "1")...UInt8(ascii: "6")).contains(type) }

  /// What pax records say about the name and the size of the next entry.
  ///
  /// - Returns: nil for bytes that are no records.
  static func records(_ bytes: [UInt8]) -> (name: String?, byteCount: Int?)? {
    var result: (name: String?, byteCount: Int?) = (nil, nil)
    var rest = bytes[...]
    while let first = rest.first, first != 0 {
      // "LENGTH KEY=VALUE\n", the length that of the whole record.
      guard let space = rest.firstIndex(of: 0x20), let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
        length > space - rest.startIndex + 1, length <= rest.count
      else { return nil }
      let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
      switch String(decoding: record[..<equals], as: UTF8.self) {
      case "path": result.name = value
      case "size":
        guard let size = Int(value), size >= 0 else { return nil }
        result.byteCount = size
      default: break
      }
      rest = rest.dropFirst(length)
    }
    return result
  }

  /// The bytes as they are summed up: the checksum itself counts as spaces.
  private static func checksum(of bytes: [UInt8]) -> Int {
    bytes.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int(bytes[$1])) }
  }

  /// Octal digits amid spaces and zeros, or GNU's base 256 with the highest bit set.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    if first & 0x80 != 0 {
      // A negative number has the next bit set, too: no size has it.
      guard first == 0x80, field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
      return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    let digits = field.drop { $0 == 0x20 || $0 == 0 }.prefix { $0 != 0x20 && $0 != 0 }
    return digits.isEmpty ? 0 : Int(String(decoding: digits, as: UTF8.self), radix: 8)
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }
}
