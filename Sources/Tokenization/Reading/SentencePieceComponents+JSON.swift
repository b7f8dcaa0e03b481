internal import Blocks
internal import JSONText

extension Metaspace {
  /// Reads both spellings: `prepend_scheme` and `split`, and `add_prefix_space` of older files, whose `str_rep` says
  /// nothing.
  init(_ component: Component) throws(Diagnostic) {
    replacement = Array(String(try component.character("replacement")).utf8)
    splits = try component.flag("split", default: true)
    if component.object["prepend_scheme"] != nil {
      let name = try component.string("prepend_scheme")
      guard let scheme = PrependScheme(rawValue: name) else {
        throw component.unsupported(
          "the prepend_scheme '\(name)'", known: PrependScheme.allCases.map(\.rawValue))
      }
      prepends = scheme
    }
    guard try !component.flag("add_prefix_space", default: true) else { return }
    guard component.object["prepend_scheme"] == nil || prepends == .never else {
      throw component.wrong("add_prefix_space", expected: "true, or \"prepend_scheme\": \"never\" beside it")
    }
    prepends = .never
  }
}

extension Precompiled {
  init(_ component: Component) throws(Diagnostic) {
    let text = try component.bytes("precompiled_charsmap")
    guard let bytes = Self.decodeBase64(text), let table = Precompiled(charsmap: bytes) else {
      throw component.wrong("precompiled_charsmap", expected: "SentencePiece's table of replacements, in base64")
    }
    self = table
  }

  /// The bytes that base64 stands for; nil if a character is none of its, or the padding is wrong.
  private static func decodeBase64(_ text: [UInt8]) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding <= 2 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    for (index, character) in text.dropLast(padding).enumerated() {
      guard let value = base64Value(character) else { return nil }
      bits = bits << 6 | value
      if index % 4 != 0 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(6 - index % 4 * 2))) }
    }
    return bytes
  }

  private static func base64Value(_ character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
