/// Joins tokens with spaces and continuations without, then takes English spacing back if asked.
struct WordPieceDecoder: Sendable {
  var prefix: [UInt8]
  var cleansUp: Bool

  private static let cleanups: [(from: [UInt8], to: [UInt8])] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
    (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    tokens.enumerated().map { index, token in
      var text = token
      if index != 0 {
        text = token.starts(with: prefix) ? Array(token.dropFirst(prefix.count)) : [0x20] + token
      }
      guard cleansUp else { return text }
      return Self.cleanUp(text)
    }
  }

  /// Takes back the space before English punctuation and endings.
  static func cleanUp(_ text: [UInt8]) -> [UInt8] {
    cleanups.reduce(text) { $0.replacing($1.from, with: $1.to) }
  }
}
