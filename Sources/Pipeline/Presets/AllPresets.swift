public import Blocks

/// The one list of presets. A new one is a value in one of the files beside this, and one name here.
public enum AllPresets {
  public static let standard = NamedList<Preset>(
    kind: "preset",
    [
      bertBase, bertWholeWord, roberta, spanBERT, albert, electraSmall, modernBERT, gpt2, unilm, t5, ul2, bartLarge,
      mass, simCSE, contriever, declutr,
    ].map { (name: $0.name, member: $0) })

  /// A list of texts.
  static func texts(_ texts: String...) -> SettingValue.Content {
    .list(texts.map { SettingValue(.text($0)) })
  }

  static func numbers(_ numbers: Double...) -> SettingValue.Content {
    .list(numbers.map { SettingValue(.number($0)) })
  }

  /// BERT's five special tokens.
  static let bertTokens = Preset.Value(
    "special_tokens", texts("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"), "BERT's")
  /// RoBERTa's and BART's special tokens, in the order of fairseq's dictionary; `<mask>` is its last id there.
  static let robertaTokens = Preset.Value(
    "special_tokens", texts("<s>", "<pad>", "</s>", "<unk>", "<mask>"), "fairseq's dictionary")

  static let uncasedWordPiece: [Preset.Value] = [
    .init("model", .text("wordpiece"), "paper, §3"),
    .init("vocab_size", .integer(30_522), "vocab.txt of the uncased models"),
    bertTokens,
    .init("lowercase", .flag(true), "do_lower_case"),
  ]

  static let casedWordPiece: [Preset.Value] = [
    .init("model", .text("wordpiece"), "BERT's"),
    .init("vocab_size", .integer(28_996), "vocab.txt of BERT's cased models"),
    bertTokens,
    .init("lowercase", .flag(false), "do_lower_case: false"),
  ]

  static let robertaBPE: [Preset.Value] = [
    .init("model", .text("bpe"), "GPT-2's byte-level BPE"),
    .init("vocab_size", .integer(50_265), "dict.txt, specials and <mask> included"),
    robertaTokens,
  ]

  /// SentencePiece with the sentinels at the descending end of the special tokens, so that `<extra_id_k>` is the id of
  /// `<extra_id_0>` minus k.
  static func t5SentencePiece(_ modes: [String] = []) -> [Preset.Value] {
    let sentinels = (0..<100).reversed().map { "<extra_id_\($0)>" }
    let tokens = ["<pad>", "</s>", "<unk>"] + modes + sentinels
    return [
      .init("model", .text("sentencepiece_bpe"), "SentencePiece; T5's own is of the kind unigram"),
      .init("vocab_size", .integer(32_000 + sentinels.count), "32,000 and 100 extra ids"),
      .init("special_tokens", .list(tokens.map { SettingValue(.text($0)) }), "T5's order"),
      .init("normalizer", .text("nfkc"), "SentencePiece's nmt_nfkc, nearly"),
    ]
  }
}
