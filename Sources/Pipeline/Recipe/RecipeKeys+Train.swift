package import Blocks
import Tokenization

extension RecipeKeys {
  /// The keys of `tokenizer.train`: every option of Hugging Face's trainers, and of the parts that they train.
  package static let train: [Setting] = [
    Setting(
      "model", .choice(TrainerSettings.Model.allCases.map(\.rawValue)), default: .text("wordpiece"),
      "`wordpiece` (BERT), byte-level `bpe` (GPT-2), or `sentencepiece_bpe`: BPE of characters with `▁` for the space "
        + "before a word (Llama)."),
    Setting(
      "vocab_size", .integer(2...16_777_216), default: .integer(30_000),
      "Size of the vocabulary, special tokens and alphabet included."),
    Setting("min_frequency", .integer(0...Int.max), default: .integer(2), "A pair seen less often is not merged."),
    Setting(
      "special_tokens", .list(.text), default: .null,
      "The special tokens in the order of their ids; by default those that every objective needs."),
    Setting(
      "sentinels", .integer(0...10_000), default: .integer(100),
      "Number of sentinels `<extra_id_k>` among the default special tokens."),
    Setting(
      "unk_token", .text, default: .null,
      "The special token for what cannot be spelled: by default `[UNK]` for wordpiece, `<unk>` for sentencepiece_bpe, "
        + "none for bpe. Empty text: none; what cannot be spelled is then left out."),
    Setting(
      "limit_alphabet", .integer(1...1_114_112), default: .null,
      "Most characters kept, the most frequent ones. By default 1000; for bpe all."),
    Setting(
      "initial_alphabet", .list(.text), default: .null,
      "Characters kept whatever their frequency. By default none; for bpe the letters of all 256 bytes."),
    Setting(
      "max_token_length", .integer(1...65_536), default: .null,
      "A pair is merged only if the result has fewer symbols than this; pairs of single symbols are never checked."),
    Setting(
      "continuing_subword_prefix", .text, default: .null,
      "Mark of tokens inside a word. By default `##` for wordpiece, else none."),
    Setting(
      "end_of_word_suffix", .text, default: .null, "Mark of tokens that end a word, such as `</w>` (not wordpiece)."),
    Setting(
      "add_prefix_space", .flag, default: .null,
      "Put a space before each document (not wordpiece). By default true for sentencepiece_bpe, false for bpe."),
    Setting(
      "normalizer", .choice(["none"] + TrainerSettings.Normalization.allCases.map(\.rawValue)), default: .text("none"),
      "The Unicode normalization that becomes part of the tokenizer (not wordpiece, which has BERT's)."),
    Setting(
      "byte_fallback", .flag, default: .flag(false),
      "256 tokens `<0x00>` … `<0xFF>` behind the special ones spell what the alphabet lacks (sentencepiece_bpe)."),
    Setting(
      "fuse_unk", .flag, default: .flag(false),
      "One unknown token for a run of what cannot be spelled (sentencepiece_bpe)."),
    Setting("lowercase", .flag, default: .flag(true), "Lower-case (wordpiece)."),
    Setting(
      "strip_accents", .flag, default: .null, "Strip accents (wordpiece). By default where `lowercase` is true."),
    Setting(
      "clean_text", .flag, default: .flag(true),
      "Drop control characters and make all white space spaces (wordpiece)."),
    Setting("handle_chinese_chars", .flag, default: .flag(true), "Make a word of each ideograph (wordpiece)."),
    Setting(
      "max_input_chars_per_word", .integer(1...Int.max), default: .integer(100),
      "A word of more characters is unknown to the trained tokenizer (wordpiece)."),
    Setting(
      "memory", .byteSize, default: .integer(1 << 30),
      "Memory for counting words, about; what does not fit is sorted and merged on disk. It changes nothing else. "
        + "Merging takes some 150 bytes for each distinct word besides."),
  ]
}
