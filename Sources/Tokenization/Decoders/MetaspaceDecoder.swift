/// Makes marks spaces again; those of the first token go, unless none was ever put before a text.
enum MetaspaceDecoder {
  static func decode(_ tokens: [[UInt8]], _ metaspace: Metaspace) -> [[UInt8]] {
    tokens.enumerated().map { index, token in
      token.replacing(metaspace.replacement, with: index == 0 && metaspace.prepends != .never ? [] : [0x20])
    }
  }
}
