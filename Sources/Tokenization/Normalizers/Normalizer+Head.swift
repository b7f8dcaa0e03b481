extension Normalizer {
  /// Whether what the text begins with afterwards comes from its first character, as the reference counts: `Metaspace`
  /// with the scheme `first` puts no mark before a text that has lost its beginning.
  ///
  /// - Parameter text: becomes the normalized text.
  func keepsHead(of text: inout [UInt8]) -> Bool {
    guard let lead = text.first else { return true }
    if case .sequence(let members) = self { return members.allSatisfy { $0.keepsHead(of: &text) } }
    let count = text.count
    var aligned = AlignedText()
    var spare = AlignedText()
    unsafe text.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { unsafe aligned.assign(base, from: 0, to: count, aligned: true) }
    }
    apply(to: &aligned, spare: &spare)
    text = aligned.bytes
    switch self {
    // Normal forms lose nothing, and of Precompiled the reference forgets what vanishes at the very beginning.
    case .unicode, .precompiled: return true
    default: return aligned.sourceEnd(at: 0) == Self.byteCount(lead)
    }
  }

  /// The length of the character that begins with a byte.
  private static func byteCount(_ lead: UInt8) -> Int { lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }
}
