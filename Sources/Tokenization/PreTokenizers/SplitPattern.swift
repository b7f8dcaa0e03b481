internal import Blocks
internal import Text

/// What `Split` and `Replace` look for: a literal, one of the regular expressions that tokenizers are published with,
/// or any other.
///
/// Each of the known expressions has a scanner written by hand, with the classes of Unicode 16; the others are ICU's
/// business, with the same classes.
enum SplitPattern: Sendable {
  case literal([UInt8])
  case gpt2
  /// cl100k and Llama 3 (digits in threes), Qwen 2 (one by one).
  case cl100k(digitsPerPiece: Int)
  /// Qwen 3.5: as Qwen 2, with marks as letters.
  case qwen35
  /// o200k, Llama 4, GPT-OSS (digits in threes, contractions), Tekken (one by one, none).
  case o200k(digitsPerPiece: Int, endsInContraction: Bool)
  /// The last and main one of the three patterns of DeepSeek V3 and R1.
  case deepSeekV3
  case clip
  /// `\w+|[^\w\s]+`, the pattern of `Whitespace`.
  case wordOrSymbols
  /// A class, once or repeated: `\s+`, `\p{N}{1,3}`.
  case classRun(ClassRun)
  case expression(RegularExpression)

  /// The first match that starts at `start` or behind; never empty.
  private func firstMatch(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Range<Int>? {
    guard start < end else { return nil }
    switch self {
    case .literal(let literal): return unsafe Self.firstLiteral(literal, in: text, from: start, to: end)
    case .gpt2: return start..<(unsafe GPT2Scanner().pieceEnd(in: text, from: start, to: end))
    case .cl100k(let digits):
      let scanner = CL100KScanner(digitsPerPiece: digits)
      return start..<(unsafe scanner.pieceEnd(in: text, from: start, to: end))
    case .qwen35:
      let scanner = CL100KScanner(digitsPerPiece: 1, joinsMarks: true)
      return start..<(unsafe scanner.pieceEnd(in: text, from: start, to: end))
    case .o200k(let digits, let endsInContraction):
      let scanner = O200KScanner(digitsPerPiece: digits, endsInContraction: endsInContraction)
      return start..<(unsafe scanner.pieceEnd(in: text, from: start, to: end))
    case .deepSeekV3: return unsafe DeepSeekV3Scanner.firstMatch(in: text, from: start, to: end)
    case .clip: return unsafe CLIPScanner.firstMatch(in: text, from: start, to: end)
    case .classRun(let run): return unsafe run.firstMatch(in: text, from: start, to: end)
    case .expression: return nil
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

  /// Calls `body` with every match in `text[start..<end]`, from left to right. Only a regular expression of ICU may
  /// match nothing.
  @inline(__always)
  func forEachMatch(in text: UnsafePointer<UInt8>, from start: Int, to end: Int, _ body: (Range<Int>) -> Void) {
    if case .expression(let expression) = self {
      let stretch = unsafe UnsafeBufferPointer(start: text + start, count: end - start)
      return unsafe expression.forEachMatch(in: stretch) { body($0.lowerBound + start..<$0.upperBound + start) }
    }
    var offset = start
    while let match = unsafe firstMatch(in: text, from: offset, to: end) {
      body(match)
      offset = match.upperBound
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
