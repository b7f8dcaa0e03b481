/// The `decoder` of a `tokenizer.json`: how tokens become text again.
indirect enum Decoder: Sendable {
  case wordPiece(WordPieceDecoder)
  case byteLevel
  /// Takes `suffix` for the end of a word.
  case bytePair(suffix: [UInt8])
  case fuse
  case byteFallback
  case metaspace(Metaspace)
  case strip(StripDecoder)
  /// In every token alone.
  case replace(Replace)
  case ctc(CTCDecoder)
  case sequence([Decoder])

  static let knownNames = [
    "WordPiece", "ByteLevel", "BPEDecoder", "Metaspace", "ByteFallback", "Fuse", "Strip", "Replace", "CTC", "Sequence",
  ]

  /// The tokens changed; their concatenation is the text.
  func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    switch self {
    case .wordPiece(let decoder): return decoder.decode(tokens)
    case .byteLevel: return [ByteLevelDecoder.decode(tokens)]
    case .bytePair(let suffix):
      return tokens.enumerated().map { index, token in
        token.replacing(suffix, with: index == tokens.count - 1 ? [] : [0x20])
      }
    case .fuse: return [Array(tokens.joined())]
    case .byteFallback: return ByteFallbackDecoder.decode(tokens)
    case .metaspace(let metaspace): return MetaspaceDecoder.decode(tokens, metaspace)
    case .strip(let strip): return tokens.map { strip.decode($0) }
    case .replace(let replace): return tokens.map { replace.applied(to: $0) }
    case .ctc(let ctc): return ctc.decode(tokens)
    case .sequence(let members): return members.reduce(tokens) { $1.decode($0) }
    }
  }
}

extension [UInt8] {
  /// Every occurrence of `target`, from left to right, replaced; an empty target is none.
  func replacing(_ target: [UInt8], with replacement: [UInt8], maxReplacements: Int = .max) -> [UInt8] {
    guard !target.isEmpty else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    var index = 0
    var replaced = 0
    while index < count {
      if replaced < maxReplacements, self[index...].starts(with: target) {
        result.append(contentsOf: replacement)
        index += target.count
        replaced += 1
      } else {
        result.append(self[index])
        index += 1
      }
    }
    return result
  }
}
