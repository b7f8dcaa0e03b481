/// Reads the output of connectionist temporal classification: equal neighbours are one, padding goes, word delimiters
/// are spaces.
///
/// - Source: Graves et al. 2006, section 3.1.
struct CTCDecoder: Sendable {
  var padding: [UInt8]
  var wordDelimiter: [UInt8]
  var cleansUp: Bool

  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    for (index, token) in tokens.enumerated() where index == 0 || token != tokens[index - 1] {
      var text = token.replacing(padding, with: [])
      if cleansUp { text = WordPieceDecoder.cleanUp(text).replacing(wordDelimiter, with: [0x20]) }
      if !text.isEmpty { result.append(text) }
    }
    return result
  }
}
