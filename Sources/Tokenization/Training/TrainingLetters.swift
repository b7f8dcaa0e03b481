/// How the bytes of a counted word are read as letters.
enum TrainingLetters: Sendable {
  /// Each byte is a letter of the byte-level alphabet.
  case bytes
  /// UTF-8.
  case scalars
  /// UTF-8 in which a space stands for `▁`.
  case metaspace

  /// Calls `body` with the code point of each letter of a word, and whether it is the first and the last.
  ///
  /// What is not UTF-8 gives letters of no meaning.
  @inline(__always)
  func forEach(of word: Span<UInt8>, _ body: (_ letter: UInt32, _ isFirst: Bool, _ isLast: Bool) -> Void) {
    unsafe word.withUnsafeBufferPointer { word in
      guard let base = word.baseAddress else { return }
      switch self {
      case .bytes:
        let letters = ByteLevelAlphabet.letters
        for index in 0..<word.count { body(unsafe letters[Int(base[index])], index == 0, index == word.count - 1) }
      case .scalars, .metaspace:
        var offset = 0
        while offset < word.count {
          var (letter, byteCount) = unsafe decodeScalar(base, at: offset, end: word.count)
          if letter == 0x20, case .metaspace = self { letter = 0x2581 }
          if Unicode.Scalar(letter) == nil { letter = 0xFFFD }
          body(letter, offset == 0, offset + byteCount == word.count)
          offset += byteCount
        }
      }
    }
  }
}
