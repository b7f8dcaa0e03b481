/// Replaces every match of a pattern, from left to right, by a fixed text.
struct Replace: Sendable {
  var pattern: SplitPattern
  var content: [UInt8]

  func apply(to text: borrowing AlignedText, into output: inout AlignedText) {
    let bytes = text.bytes
    var copied = 0
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe pattern.forEachMatch(in: base, from: 0, to: buffer.count) { match in
        output.append(text, copied..<match.lowerBound)
        output.append(contentsOf: content, sourceEnd: text.sourceEnd(at: match.upperBound - 1))
        copied = match.upperBound
      }
    }
    output.append(text, copied..<text.count)
  }
}

extension Replace {
  /// The text of a token with every match replaced.
  func applied(to token: [UInt8]) -> [UInt8] {
    var text = AlignedText()
    var output = AlignedText()
    text.append(contentsOf: token, sourceEnd: 0)
    apply(to: text, into: &output)
    return output.bytes
  }
}
