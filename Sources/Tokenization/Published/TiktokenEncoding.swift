/// What a `.tiktoken` file does not say: how text is split, and the special tokens.
public enum TiktokenEncoding: String, Sendable, CaseIterable {
  case r50k
  case p50k
  case cl100k
  case o200k
  case qwen

  /// The encoding whose name a file's begins with: `cl100k_base.tiktoken`, `gpt2.tiktoken` (which is r50k).
  public init?(fileName: String) {
    if fileName.hasPrefix("gpt2") {
      self = .r50k
    } else if let encoding = Self.allCases.first(where: { fileName.hasPrefix($0.rawValue) }) {
      self = encoding
    } else {
      return nil
    }
  }

  /// Nil for the pattern of `ByteLevel`.
  var expression: String? {
    switch self {
    case .r50k, .p50k: nil
    case .cl100k: SplitPattern.cl100k(digits: #"\p{N}{1,3}"#)
    case .o200k: SplitPattern.o200k(digits: #"\p{N}{1,3}"#, contraction: "(?i:'s|'t|'re|'ve|'m|'ll|'d)?")
    case .qwen: SplitPattern.cl100k(digits: #"\p{N}"#)
    }
  }

  var isComposed: Bool { self == .qwen }

  var specialTokens: [(content: String, id: Int)] {
    switch self {
    case .r50k, .p50k: [("<|endoftext|>", 50256)]
    case .cl100k:
      [
        ("<|endoftext|>", 100257), ("<|fim_prefix|>", 100258), ("<|fim_middle|>", 100259), ("<|fim_suffix|>", 100260),
        ("<|endofprompt|>", 100276),
      ]
    case .o200k: [("<|endoftext|>", 199999), ("<|endofprompt|>", 200018)]
    case .qwen: [("<|endoftext|>", 151643), ("<|im_start|>", 151644), ("<|im_end|>", 151645)]
    }
  }
}
