import Blocks
import Tokenization

extension TrainerSettings {
  /// The recipe's `tokenizer.train`.
  ///
  /// - Throws: `settings.invalid` for a key that means nothing to the model.
  init(_ settings: Settings) throws(Diagnostic) {
    let model = Model(rawValue: settings.text("model")) ?? .wordpiece
    for (key, models) in Self.modelsByKey where settings.isGiven(key) && !models.contains(model) {
      throw settings.invalid(
        key, "means nothing to the model \(model.rawValue)",
        help: "leave it out, or train " + models.map(\.rawValue).joined(separator: " or "))
    }
    self.init(model: model, vocabularySize: settings.integer("vocab_size"))
    minFrequency = UInt64(settings.integer("min_frequency"))
    specialTokens =
      settings.isNull("special_tokens")
      ? Self.standardSpecialTokens(for: model, sentinels: settings.integer("sentinels"))
      : settings.texts("special_tokens")
    if let token = settings.optionalText("unk_token") { unknownToken = token.isEmpty ? nil : token }
    limitAlphabet = settings.optionalInteger("limit_alphabet") ?? limitAlphabet
    if !settings.isNull("initial_alphabet") { initialAlphabet = settings.texts("initial_alphabet") }
    maxTokenLength = settings.optionalInteger("max_token_length")
    continuingSubwordPrefix = settings.optionalText("continuing_subword_prefix") ?? continuingSubwordPrefix
    endOfWordSuffix = settings.optionalText("end_of_word_suffix") ?? endOfWordSuffix
    if !settings.isNull("add_prefix_space") { addPrefixSpace = settings.flag("add_prefix_space") }
    normalization = Normalization(rawValue: settings.text("normalizer"))
    byteFallback = settings.flag("byte_fallback")
    fuseUnknown = settings.flag("fuse_unk")
    lowercase = settings.flag("lowercase")
    stripAccents = settings.isNull("strip_accents") ? nil : settings.flag("strip_accents")
    cleanText = settings.flag("clean_text")
    handleChineseChars = settings.flag("handle_chinese_chars")
    maxInputCharsPerWord = settings.integer("max_input_chars_per_word")
  }

  /// Whether a key of `tokenizer.train` means something to a model.
  static func takes(_ key: String, for model: Model) -> Bool {
    modelsByKey.first { $0.key == key }?.models.contains(model) ?? true
  }

  /// The keys that not every model takes.
  private static let modelsByKey: [(key: String, models: [Model])] = [
    ("end_of_word_suffix", [.bpe, .sentencePieceBPE]), ("add_prefix_space", [.bpe, .sentencePieceBPE]),
    ("normalizer", [.bpe, .sentencePieceBPE]), ("byte_fallback", [.sentencePieceBPE]),
    ("fuse_unk", [.sentencePieceBPE]),
    ("lowercase", [.wordpiece]), ("strip_accents", [.wordpiece]), ("clean_text", [.wordpiece]),
    ("handle_chinese_chars", [.wordpiece]), ("max_input_chars_per_word", [.wordpiece]),
  ]
}

extension Settings {
  fileprivate func isNull(_ key: String) -> Bool { value(key).content == .null }
}
