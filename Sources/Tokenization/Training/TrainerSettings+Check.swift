internal import Blocks

extension TrainerSettings {
  /// The special tokens without repetitions. Compared by bytes: to Swift's `String`, é and e + U+0301 are the same.
  var distinctSpecialTokens: [[UInt8]] {
    var seen: Set<[UInt8]> = []
    return specialTokens.map { Array($0.utf8) }.filter { seen.insert($0).inserted }
  }

  /// - Throws: `training.invalid-setting` for a value that cannot be meant.
  func check() throws(Diagnostic) {
    func require(_ condition: Bool, _ message: String, expected: String, found: String, help: String? = nil)
      throws(Diagnostic)
    {
      if condition { return }
      throw Diagnostic("training.invalid-setting", message, expected: expected, found: found, help: help)
    }
    let sizes = 1...1 << 30
    try require(
      sizes.contains(vocabularySize), "the vocabulary size is out of range",
      expected: "vocab_size from \(sizes.lowerBound) to \(sizes.upperBound)", found: "\(vocabularySize)")
    try require(
      !specialTokens.contains(""), "a special token is empty", expected: "special tokens of one letter or more",
      found: "an empty one among \(specialTokens.count)")
    try require(
      limitAlphabet ?? 1 > 0, "the alphabet cannot be empty", expected: "limit_alphabet ≥ 1, or none",
      found: "\(limitAlphabet ?? 0)")
    try require(
      maxTokenLength ?? 1 > 0, "tokens have at least one letter", expected: "max_token_length ≥ 1, or none",
      found: "\(maxTokenLength ?? 0)")
    try require(
      maxInputCharsPerWord > 0, "words have at least one letter", expected: "max_input_chars_per_word ≥ 1",
      found: "\(maxInputCharsPerWord)")
    try require(
      model != .wordpiece || endOfWordSuffix.isEmpty, "WordPiece never finds a piece with a suffix again",
      expected: "no end_of_word_suffix", found: endOfWordSuffix)
    try require(
      model != .wordpiece || unknownToken != nil, "WordPiece needs a token for the words it cannot spell",
      expected: "an unk_token", found: "none")
    guard let unknownToken else { return }
    try require(
      specialTokens.contains { $0.utf8.elementsEqual(unknownToken.utf8) },
      "the token for what cannot be spelled is no special token",
      expected: "'\(unknownToken)' among the special tokens",
      found: specialTokens.isEmpty ? "no special tokens" : specialTokens.prefix(8).joined(separator: ", "),
      help: "add '\(unknownToken)' to special_tokens, or name another unk_token")
  }
}
