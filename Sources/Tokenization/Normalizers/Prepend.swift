/// Puts a text before every text that is not empty.
enum Prepend {
  static func apply(_ prefix: [UInt8], to text: borrowing AlignedText, into output: inout AlignedText) {
    guard text.count > 0 else { return }
    output.append(contentsOf: prefix, sourceEnd: text.sourceEnd(at: 0))
    output.append(text, 0..<text.count)
  }
}
