import Blocks

extension AllPresets {
  private static let masking: [Preset.Value] = [
    .init("mask_probability", .number(0.15), "masked_lm_prob"),
    .init("replace", numbers(0.8, 0.1, 0.1), "80 % [MASK], 10 % random, 10 % the same"),
  ]

  private static let bertPairs: [Preset.Value] =
    [
      .init("epochs", .integer(10), "dupe_factor"),
      .init("length", .integer(128), "max_seq_length; 512 for the last tenth of the steps"),
      .init("pairs", .text("nsp"), "paper, A.2"),
      .init("short_seq_prob", .number(0.1), "short_seq_prob"),
    ] + masking + [
      .init("count", .text("fixed"), "max(1, round(tokens · masked_lm_prob))"),
      .init("max_predictions", .integer(20), "max_predictions_per_seq; 77 at length 512"),
    ]

  private static let bertDifferences = [
    "Random tokens come from ordinary ids; the script draws from the whole vocabulary, [PAD] and [MASK] included.",
    "The text that does not follow comes from another document of the same block, not of the whole corpus.",
    "Sentences are found by rule; the script reads one a line.",
  ]

  static let bertBase = Preset(
    name: "bert-base", summary: "Pairs of texts with hidden tokens, and whether the second follows the first.",
    paper: "Devlin et al. 2019, BERT, arXiv:1810.04805, A.1 and A.2",
    code: "google-research/bert create_pretraining_data.py (eedf5716), its flags' defaults",
    differences: bertDifferences, objective: "bert_pairs",
    settings: bertPairs + [.init("unit", .text("token"), "do_whole_word_mask: false")],
    tokenizer: uncasedWordPiece)

  static let bertWholeWord = Preset(
    name: "bert-wwm", summary: "BERT's pairs with whole words hidden.",
    paper: "Devlin et al. 2019, BERT, arXiv:1810.04805; README of May 31st, 2019, Whole Word Masking",
    code: "google-research/bert create_pretraining_data.py (eedf5716), do_whole_word_mask",
    differences: bertDifferences
      + ["A special token ends a word; the script may join a ## piece to the word before [SEP]."],
    objective: "bert_pairs",
    settings: bertPairs + [
      .init("unit", .text("whole_word"), "do_whole_word_mask: true"),
      .init("decide", .text("token"), "each piece of a word by itself"),
    ],
    tokenizer: uncasedWordPiece)

  static let roberta = Preset(
    name: "roberta", summary: "Full sentences over document borders, tokens hidden anew for each pass.",
    paper: "Liu et al. 2019, RoBERTa, arXiv:1907.11692, §4.1 to §4.4",
    code: "facebookresearch/fairseq mask_tokens_dataset.py (3d262bb2), examples/roberta/config/pretraining/base.yaml",
    differences: [
      "The frame is never hidden; fairseq may hide <s> and </s>.",
      "Random tokens come from ordinary ids; fairseq's may be <mask>.",
      "Masks are dynamic there: build as many `epochs` as you train passes.",
    ],
    objective: "mlm",
    settings: [
      .init("length", .integer(512), "tokens_per_sample"),
      .init("mask_probability", .number(0.15), "mask_prob"),
      .init("replace", numbers(0.8, 0.1, 0.1), "leave_unmasked_prob and random_token_prob 0.1"),
      .init("unit", .text("token"), "mask_whole_words: false"),
      .init("count", .text("stochastic"), "floor(mask_prob · tokens + u)"),
      .init("windowing", .text("full_sentences"), "FULL-SENTENCES; sample_break_mode: complete"),
    ],
    tokenizer: robertaBPE)

  static let spanBERT = Preset(
    name: "spanbert", summary: "Spans of whole words of geometric length hidden in single texts.",
    paper: "Joshi et al. 2020, SpanBERT, arXiv:1907.10529, §3.1 and §3.3",
    code: "facebookresearch/SpanBERT pretraining/README.md, fairseq/data/masking.py (0670d8b6), --schemes pair_span",
    differences: [
      "The pairs of the span boundary objective are not stored: they are the neighbours of each run of labels.",
      "The frame is never hidden and does not count for the share.",
    ],
    objective: "mlm",
    settings: [
      .init("length", .integer(512), "tokens-per-sample"),
      .init("mask_probability", .number(0.15), "mask_ratio"),
      .init("replace", numbers(0.8, 0.1, 0.1), "80 % [MASK], 10 % random, 10 % the same"),
      .init("unit", .text("span"), "pair_span"),
      .init("span_p", .number(0.2), "geometric-p"),
      .init("max_span", .integer(10), "span-upper"),
      .init("decide", .text("unit"), "replacement-method span"),
      .init("windowing", .text("doc_sentences"), "no-nsp: whole sentences of one document; short-seq-prob 0"),
    ],
    tokenizer: casedWordPiece)

  static let albert = Preset(
    name: "albert", summary: "Two texts in their order or turned round, n-grams of whole words hidden.",
    paper: "Lan et al. 2020, ALBERT, arXiv:1909.11942, §3.1 and §4.1",
    code: "google-research/albert create_pretraining_data.py (b772393d), its flags' defaults",
    differences: [
      "A chunk of one sentence is cut in two for the order; the script falls back to another document.",
      "Random tokens come from ordinary ids.",
      "The tokenizer is BPE; ALBERT's is a unigram SentencePiece.",
    ],
    objective: "bert_pairs",
    settings: [
      .init("epochs", .integer(40), "dupe_factor"),
      .init("length", .integer(512), "max_seq_length"),
      .init("pairs", .text("sop"), "random_next_sentence: false"),
      .init("short_seq_prob", .number(0.1), "short_seq_prob"),
    ] + masking + [
      .init("unit", .text("ngram"), "ngram, do_whole_word_mask: true"),
      .init("max_ngram", .integer(3), "ngram"),
      .init("favor_shorter", .flag(true), "favor_shorter_ngram"),
      .init("max_predictions", .integer(20), "max_predictions_per_seq, also at length 512"),
    ],
    text: ["nfkd", "strip_accents", "lowercase", "whitespace"],
    tokenizer: [
      .init("model", .text("sentencepiece_bpe"), "SentencePiece"),
      .init("vocab_size", .integer(30_000), "§4.1"),
      .init("special_tokens", texts("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"), "30k-clean.vocab"),
    ])

  static let electraSmall = Preset(
    name: "electra-small", summary: "Which tokens were replaced? A frequency law stands in for the generator.",
    paper: "Clark et al. 2020, ELECTRA, arXiv:2003.10555, §2 and table 6",
    code: "google-research/electra configure_pretraining.py (4e0f2a5b), build_pretraining_dataset.py",
    differences: [
      "Replacements come from a unigram law, not from a trained generator; train one on `mlm` rows for the original.",
      "One text a row; the script puts a second segment behind [SEP] in nine rows of ten.",
    ],
    objective: "replaced_token_detection",
    settings: [
      .init("length", .integer(128), "max_seq_length; 512 for base and large"),
      .init("mask_probability", .number(0.15), "mask_prob; 0.25 for large"),
      .init("unit", .text("token"), "pretrain_helpers.mask"),
      .init("count", .text("fixed"), "round(tokens · mask_prob)"),
      .init("max_predictions", .integer(19), "int((mask_prob + 0.005) · max_seq_length)"),
      .init("sampler", .text("unigram"), "in place of the generator"),
    ],
    tokenizer: uncasedWordPiece)

  static let modernBERT = Preset(
    name: "modernbert", summary: "Long rows, three tokens of ten hidden one by one.",
    paper: "Warner et al. 2024, ModernBERT, arXiv:2412.13663, §2.2 and A.1",
    code: "AnswerDotAI/ModernBERT yamls/modernbert/modernbert-base-pretrain.yaml (94c82d15), sequence_packer.py",
    differences: [
      "Rows are padded, one document's window each; there they are packed when batches are made.",
      "The tokenizer is trained on your text; theirs is OLMo's with other special tokens.",
    ],
    objective: "mlm",
    settings: [
      .init("length", .integer(1024), "max_seq_len; 8192 in the second phase"),
      .init("mask_probability", .number(0.3), "mlm_probability"),
      .init("replace", numbers(0.8, 0.1, 0.1), "mlm_masking: 80 % [MASK], 10 % random, 10 % the same"),
      .init("unit", .text("token"), "mlm_masking"),
      .init("count", .text("bernoulli"), "each token by itself"),
      .init("windowing", .text("document"), "sequences are of one document"),
    ],
    tokenizer: [
      .init("model", .text("bpe"), "byte-level BPE"),
      .init("vocab_size", .integer(50_368), "vocab_size"),
      .init("special_tokens", texts("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"), "BERT's names, §2.1"),
    ])
}
