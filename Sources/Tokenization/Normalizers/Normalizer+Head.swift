extension Normalizer {
  /// Whether what the text begins with afterwards comes from its first character, as the reference counts: `Metaspace`
  /// with the scheme `first` puts no mark before a text that has lost its beginning.
  ///
  /// - Parameter text: becomes the normalized text.
  func keepsHead(of text: inout [UInt8]) -> Bool {
    guard let first = text.first else { return true }
    switch self {
    case .sequence(let members): return members.allSatisfy { $0.keepsHead(of: &text) }
    case .precompiled:
      // The reference forgets what vanishes at the very beginning.
      text = applied(to: text)
      return true
    case .replace(let replace):
      let before = text
      text = applied(to: text)
      let match = unsafe before.withUnsafeBufferPointer { buffer in
        unsafe buffer.baseAddress.flatMap { unsafe replace.pattern.firstMatch(in: $0, from: 0, to: buffer.count) }
      }
      guard let match, match.lowerBound == 0 else { return true }
      return match.upperBound == Self.byteCount(first) && !replace.content.isEmpty
    default:
      let rest = applied(to: Array(text.dropFirst(Self.byteCount(first))))
      text = applied(to: text)
      return rest != text
    }
  }

  private func applied(to bytes: [UInt8]) -> [UInt8] {
    var text = AlignedText()
    var spare = AlignedText()
    text.append(contentsOf: bytes, sourceEnd: 0)
    apply(to: &text, spare: &spare)
    return text.bytes
  }

  /// The length of the character that begins with a byte.
  private static func byteCount(_ lead: UInt8) -> Int { lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }
}
