/// GPT-2's pre-tokenizer: a space before each piece if asked, the GPT-2 pattern if asked, and bytes spelled as letters.
struct ByteLevel: Sendable, Equatable {
  var addsPrefixSpace = true
  var splits = true

  func apply(to pieces: inout PieceList) {
    if addsPrefixSpace {
      pieces.rewritePieces { text, range, output in
        if text.bytes[range.lowerBound] != 0x20 {
          output.append(byte: 0x20, sourceEnd: text.sourceEnd(at: range.lowerBound))
        }
        output.append(text, range)
      }
    }
    if splits { Split(pattern: .gpt2, behavior: .isolated).apply(to: &pieces) }
    pieces.rewritePieces { ByteLevelAlphabet.spell($0, $1, into: &$2) }
  }
}
