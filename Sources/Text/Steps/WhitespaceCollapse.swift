/// Reduces white space to what carries meaning: word, line and paragraph ends.
///
/// Each run of white space becomes one space if no line ends in it, one newline if one does, and one blank line
/// (`\n\n`) if two or more do; at both ends of the document it vanishes. CR LF is one line end.
///
///     "  Title \r\n \n\n First\tline  \n second "  →  "Title\n\nFirst line\nsecond"
///
/// Applying it twice changes nothing more. Indentation is lost: leave it out where code matters.
public struct WhitespaceCollapse: TextStep {
  public let name = "whitespace"
  public let summary = "runs of white space to one space, line ends kept, more than one as one blank line, ends trimmed"

  public init() {}

  public func append(_ text: Span<UInt8>, to output: inout [UInt8], scratch: inout TextScratch) {
    unsafe text.withUnsafeBufferPointer { bytes in
      unsafe output.append(atMost: bytes.count) { target in unsafe Self.collapse(bytes, into: target) }
    }
  }

  /// Writes the collapsed text, which is never longer, and returns its length.
  private static func collapse(_ text: UnsafeBufferPointer<UInt8>, into target: UnsafeMutablePointer<UInt8>) -> Int {
    var written = 0
    var index = 0
    while index < text.count {
      let byte = unsafe text[index]
      if byte &- 0x21 < 0x5F {
        unsafe target[written] = byte
        written += 1
        index += 1
        continue
      }
      let (scalar, length) = unsafe decodeScalar(text, at: index)
      if isWhiteSpace(scalar) {
        let run = unsafe whiteSpaceRun(in: text, from: index)
        if written > 0, run.end < text.count {
          unsafe target[written] = run.lineEnds == 0 ? 0x20 : 0x0A
          written += 1
          if run.lineEnds > 1 {
            unsafe target[written] = 0x0A
            written += 1
          }
        }
        index = run.end
      } else {
        for offset in 0..<length { unsafe target[written + offset] = text[index + offset] }
        written += length
        index += length
      }
    }
    return written
  }

  /// Where the white space that starts at `start` ends, and how many line ends are in it.
  private static func whiteSpaceRun(
    in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (end: Int, lineEnds: Int) {
    var index = start
    var lineEnds = 0
    while index < text.count {
      let (scalar, length) = unsafe decodeScalar(text, at: index)
      guard isWhiteSpace(scalar) else { break }
      let closesPair = unsafe scalar == 0x0A && index > start && text[index - 1] == 0x0D
      if isNewline(scalar), !closesPair { lineEnds += 1 }
      index += length
    }
    return (index, lineEnds)
  }
}
