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
