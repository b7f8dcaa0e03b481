/// What a tokenizer is to be trained to; the names are those of Hugging Face's trainers.
public struct TrainerSettings: Sendable {
  public enum Model: String, Sendable, CaseIterable {
    /// BERT's: words lower-cased and split at punctuation, pieces that continue a word marked `##`.
    case wordpiece
    /// GPT-2's: byte-level byte-pair encoding; every text can be encoded and decoded without loss.
    case bpe
    /// Llama's: byte-pair encoding of characters, words beginning with `▁` for the space before them.
    case sentencePieceBPE = "sentencepiece_bpe"
  }

  /// A Unicode normalization form.
  public enum Normalization: String, Sendable, CaseIterable {
    case nfc, nfd, nfkc, nfkd
  }

  public var model: Model
  /// Number of ids, the special tokens and the alphabet included.
  public var vocabularySize: Int
  /// A pair that occurs less often is not merged.
  public var minFrequency: UInt64 = 2
  /// The first ids, in this order; a token named twice has its first place.
  public var specialTokens: [String]
  /// The special token that stands for what the vocabulary cannot spell; nil for none.
  public var unknownToken: String?
  /// The most letters the alphabet may have: the most frequent ones are kept. Nil keeps all.
  public var limitAlphabet: Int?
  /// Letters that belong to the alphabet even where the text lacks them; of longer strings the first letter counts.
  ///
  /// For `bpe` these are the 256 byte letters; without one, a byte that the text lacks could not be encoded later.
  public var initialAlphabet: [String]
  /// What marks a piece that continues a word.
  public var continuingSubwordPrefix: String
  /// What marks a piece that ends a word (not for `wordpiece`, which would never find such a piece again).
  public var endOfWordSuffix = ""
  /// A pair is merged only if the letters of the result are fewer than this number; nil sets no bound.
  ///
  /// The bound itself is excluded, and pairs of single letters are never checked: so Hugging Face's trainer has it.
  public var maxTokenLength: Int?
  /// Lower-case the text (`wordpiece` only).
  public var lowercase = true
  /// Strip accents (`wordpiece` only); nil does so when lower-casing.
  public var stripAccents: Bool?
  /// Drop control characters and make white space spaces (`wordpiece` only).
  public var cleanText = true
  /// Make a word of each ideograph (`wordpiece` only).
  public var handleChineseChars = true
  /// Longest word that is looked up; a longer one is unknown (`wordpiece` only).
  public var maxInputCharsPerWord = 100
  /// Put a space before each document (not for `wordpiece`).
  public var addPrefixSpace: Bool
  /// How the text is normalized before it is split; nil leaves it (not for `wordpiece`).
  public var normalization: Normalization?
  /// Spell characters that the alphabet lacks in 256 tokens `<0x00>` … `<0xFF>` (`sentencePieceBPE` only). They follow
  /// the special tokens.
  public var byteFallback = false
  /// One unknown token for a run of what the vocabulary cannot spell (`sentencePieceBPE` only).
  public var fuseUnknown = false

  /// Settings with the defaults of the field: for `bpe` all bytes, for the others an alphabet of at most 1000 letters.
  public init(model: Model, vocabularySize: Int) {
    self.model = model
    self.vocabularySize = vocabularySize
    specialTokens = Self.standardSpecialTokens(for: model)
    limitAlphabet = model == .bpe ? nil : 1000
    initialAlphabet =
      model == .bpe ? ByteLevelAlphabet.spellings.map { String(decoding: $0, as: UTF8.self) } : []
    continuingSubwordPrefix = model == .wordpiece ? "##" : ""
    addPrefixSpace = model == .sentencePieceBPE
    switch model {
    case .wordpiece: unknownToken = "[UNK]"
    case .bpe: unknownToken = nil
    case .sentencePieceBPE: unknownToken = "<unk>"
    }
  }

  /// The special tokens that the objectives need: nine roles, then `<extra_id_N-1>` … `<extra_id_0>`.
  ///
  /// The sentinels descend, so that the id of `<extra_id_k>` is the id of `<extra_id_0>` minus k, as T5 has it. For
  /// `sentencePieceBPE` the roles that Llama has bear its names, and come first as there.
  public static func standardSpecialTokens(for model: Model = .wordpiece, sentinels: Int = 100) -> [String] {
    let roles =
      model == .sentencePieceBPE
      ? ["<unk>", "<s>", "</s>", "<pad>", "<mask>", "[CLS]", "[SEP]", "[EOD]", "[DEL]"]
      : ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[BOS]", "[EOS]", "[EOD]", "[DEL]"]
    return roles + (0..<max(0, sentinels)).reversed().map { "<extra_id_\($0)>" }
  }

  /// How a counted word is read as letters.
  var letters: TrainingLetters {
    switch model {
    case .wordpiece: .scalars
    case .bpe: .bytes
    case .sentencePieceBPE: .metaspace
    }
  }
}
