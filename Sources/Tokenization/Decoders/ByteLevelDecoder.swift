/// Reads the letters of tokens as bytes. A token with a character that is no such letter stands for its own UTF-8.
enum ByteLevelDecoder {
  static func decode(_ tokens: [[UInt8]]) -> [UInt8] {
    Array(tokens.map { ByteLevelAlphabet.bytes(of: $0) ?? $0 }.joined())
  }
}
