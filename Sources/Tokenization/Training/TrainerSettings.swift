/// What a tokenizer is to be trained to; the names are those of Hugging Face's trainers.
public struct TrainerSettings: Sendable {
  public enum Model: String, Sendable, CaseIterable {
    /// BERT's: words lower-cased and split at punctuation, pieces that continue a word marked `##`.
    case wordpiece
    /// GPT-2's: byte-level byte-pair encoding; every text can be encoded and decoded without loss.
    case bpe
  }

  public var model: Model
  /// Number of ids, the special tokens and the alphabet included.
  public var vocabularySize: Int
  /// A pair that occurs less often is not merged.
  public var minFrequency: UInt64 = 2
  /// The first ids, in this order; a token named twice has its first place.
  public var specialTokens: [String] = standardSpecialTokens()
  /// The most letters the alphabet may have: the most frequent ones are kept. Nil keeps all.
  public var limitAlphabet: Int?
  /// Letters that belong to the alphabet even where the text lacks them; of longer strings the first letter counts.
  ///
  /// For `bpe` these are the 256 byte letters; without one, a byte that the text lacks could not be encoded later.
  public var initialAlphabet: [String]
  /// What marks a piece that continues a word (`wordpiece` only).
  public var continuingSubwordPrefix = "##"
  /// A pair is merged only if the letters of the result are fewer than this number; nil sets no bound.
  ///
  /// The bound itself is excluded, and pairs of single letters are never checked: so Hugging Face's trainer has it.
  public var maxTokenLength: Int?
  /// Lower-case the text (`wordpiece` only).
  public var lowercase = true
  /// Strip accents (`wordpiece` only); nil does so when lower-casing.
  public var stripAccents: Bool?
  /// Put a space before each document (`bpe` only).
  public var addPrefixSpace = false

  /// Settings with the defaults of the field: for `wordpiece` an alphabet of at most 1000 letters, for `bpe` all bytes.
  public init(model: Model, vocabularySize: Int) {
    self.model = model
    self.vocabularySize = vocabularySize
    switch model {
    case .wordpiece:
      limitAlphabet = 1000
      initialAlphabet = []
    case .bpe:
      limitAlphabet = nil
      initialAlphabet = ByteLevelAlphabet.spellings.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// The special tokens that the objectives need: nine roles, then `<extra_id_N-1>` … `<extra_id_0>`.
  ///
  /// The sentinels descend, so that the id of `<extra_id_k>` is the id of `<extra_id_0>` minus k, as T5 has it.
  public static func standardSpecialTokens(sentinels: Int = 100) -> [String] {
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[BOS]", "[EOS]", "[EOD]", "[DEL]"]
      + (0..<max(0, sentinels)).reversed().map { "<extra_id_\($0)>" }
  }
}
