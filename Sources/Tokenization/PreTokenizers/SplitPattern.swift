/// What `Split` and `Replace` look for: a literal, or one of the regular expressions that tokenizers are published
/// with.
///
/// Each expression has a scanner written by hand, with the classes of Unicode 16; an expression that is not here is
/// refused when the file is read.
enum SplitPattern: Sendable, Equatable {
  case literal([UInt8])
  case gpt2
  /// cl100k and Llama 3 (digits in threes), Qwen 2 (one by one).
  case cl100k(digitsPerPiece: Int)
  case clip
  case whiteSpaceRun
  /// `\w+|[^\w\s]+`, the pattern of `Whitespace`.
  case wordOrSymbols

  /// The expressions as files spell them.
  static let expressions: [(expression: String, pattern: SplitPattern)] = [
    (#"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .gpt2),
    (#"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .gpt2),
    (cl100kExpression(digits: #"\p{N}{1,3}"#), .cl100k(digitsPerPiece: 3)),
    (cl100kExpression(digits: #"\p{N}"#), .cl100k(digitsPerPiece: 1)),
    (
      #"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#, .clip
    ),
    (#"\s+"#, .whiteSpaceRun),
  ]

  private static func cl100kExpression(digits: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// The first match that starts at `start` or behind; never empty.
  func firstMatch(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Range<Int>? {
    guard start < end else { return nil }
    switch self {
    case .literal(let literal): return unsafe Self.firstLiteral(literal, in: text, from: start, to: end)
    case .gpt2: return start..<(unsafe GPT2Scanner().pieceEnd(in: text, from: start, to: end))
    case .cl100k(let digits):
      let scanner = CL100KScanner(digitsPerPiece: digits)
      return start..<(unsafe scanner.pieceEnd(in: text, from: start, to: end))
    case .clip: return unsafe CLIPScanner.firstMatch(in: text, from: start, to: end)
    case .whiteSpaceRun: return unsafe Self.firstRun(in: text, from: start, to: end) { $0.contains(.whiteSpace) }
    case .wordOrSymbols:
      var offset = start
      while offset < end {
        let (scalar, byteCount) = unsafe decodeScalar(text, at: offset, end: end)
        let flags = ScalarFlags(of: scalar)
        if flags.contains(.word) { return unsafe Self.firstRun(in: text, from: offset, to: end) { $0.contains(.word) } }
        if !flags.contains(.whiteSpace) {
          return unsafe Self.firstRun(in: text, from: offset, to: end) { $0.isDisjoint(with: [.word, .whiteSpace]) }
        }
        offset += byteCount
      }
      return nil
    }
  }

  private static func firstLiteral(
    _ literal: [UInt8], in text: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Range<Int>? {
    var offset = start
    while offset + literal.count <= end {
      var matched = 0
      while matched < literal.count, unsafe text[offset + matched] == literal[matched] { matched += 1 }
      if matched == literal.count { return offset..<offset + matched }
      offset += 1
    }
    return nil
  }

  /// The first maximal run of scalars that belong.
  private static func firstRun(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, where belongs: (ScalarFlags) -> Bool
  ) -> Range<Int>? {
    var first: Int?
    var offset = start
    while offset < end {
      let (scalar, byteCount) = unsafe decodeScalar(text, at: offset, end: end)
      if belongs(ScalarFlags(of: scalar)) {
        if first == nil { first = offset }
      } else if let first {
        return first..<offset
      }
      offset += byteCount
    }
    return first.map { $0..<end }
  }
}
