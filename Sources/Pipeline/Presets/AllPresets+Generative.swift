import Blocks

extension AllPresets {
  static let gpt2 = Preset(
    name: "gpt2", summary: "Documents one after the other behind <|endoftext|>, cut every 1,024 tokens.",
    paper: "Radford et al. 2019, Language Models are Unsupervised Multitask Learners (GPT-2), §2.2 and §2.3",
    code: "openai/gpt-2 src/model.py (n_ctx); NVIDIA/Megatron-LM gpt_dataset.py (d98e8a64) for the packing",
    differences: ["<|endoftext|> is the first id; GPT-2's is its last, 50,256."],
    objective: "clm",
    settings: [
      .init("length", .integer(1024), "n_ctx"),
      .init("windowing", .text("packed"), "documents concatenated"),
      .init("reset", .flag(false), "attention runs across documents"),
      .init("tail", .text("drop"), "whole rows only"),
    ],
    tokenizer: [
      .init("model", .text("bpe"), "§2.2"),
      .init("vocab_size", .integer(50_257), "n_vocab"),
      .init("special_tokens", texts("<|endoftext|>"), "encoder.json"),
    ])

  static let unilm = Preset(
    name: "unilm-v1", summary: "One cloze read both ways, from source to target, and either way alone.",
    paper: "Dong et al. 2019, UniLM, arXiv:1905.03197, §2.3 and §2.4",
    code: "microsoft/unilm unilm-v1/src/biunilm/seq2seq_loader.py (768a3c87); the shares are the paper's",
    differences: [
      "The direction is drawn for each row, there for each batch.",
      "No next sentence is asked for in rows read both ways.",
    ],
    objective: "unilm",
    settings: [
      .init("length", .integer(512), "§2.4"),
      .init("weights", .list([2, 2, 1, 1].map { SettingValue(.integer($0)) }), "1/3, 1/3, 1/6, 1/6 of the time"),
      .init("mask_probability", .number(0.15), "§2.4"),
      .init("replace", numbers(0.8, 0.1, 0.1), "§2.4"),
      .init("unit", .text("skipgram"), "80 % one token, 20 % a bigram or trigram"),
      .init("skipgram_prob", .number(0.2), "skipgram_prb"),
      .init("max_ngram", .integer(3), "skipgram_size"),
    ],
    tokenizer: casedWordPiece)

  static let t5 = Preset(
    name: "t5-v1.1", summary: "Spans behind sentinels: 568 tokens give 512 in and 114 out.",
    paper: "Raffel et al. 2020, T5, arXiv:1910.10683, §3.1.4 and §3.3.4; released_checkpoints.md, T5.1.1",
    code: "google-research/text-to-text-transfer-transformer t5/data/preprocessors.py (e081112c), objectives/span.gin",
    differences: [
      "The tokenizer is BPE with the sentinels first; T5's is a unigram model with the sentinels last.",
      "Documents are joined within a block; there 128 at a time, cut to 65,536 tokens each.",
    ],
    objective: "span_corruption",
    settings: [
      .init("length", .integer(512), "inputs_length"),
      .init("noise_density", .number(0.15), "noise_density"),
      .init("mean_noise_span_length", .number(3), "mean_noise_span_length"),
      .init("noise", .text("spans"), "random_spans_noise_mask"),
      .init("roll", .flag(false), "random_roll"),
      .init("inputs", .text("sentinels"), "noise_span_to_unique_sentinel"),
      .init("targets", .text("spans"), "nonnoise_span_to_unique_sentinel"),
      .init("windowing", .text("packed"), "merge_examples_to_reduce_padding"),
    ],
    tokenizer: t5SentencePiece())

  static let ul2 = Preset(
    name: "ul2", summary: "Seven denoisers behind mode tokens.",
    paper: "Tay et al. 2022, UL2, arXiv:2205.05131, §3.1, table 1 and §4.3 (about 20 % of S)",
    code: "google-research/google-research ul2: the ul2_objective of its README, over t5/data/preprocessors.py",
    differences: [
      "Windows are of one length, 512 tokens, for all denoisers; there each cuts its own.",
      "S asks for the last quarter, as the paper says; the published code draws the place (s_split: uniform).",
      "Shares of 0.4, 0.4 and 0.2 for R, X and S, split evenly; with no rates given the code takes one seventh each.",
      "The tokenizer is BPE; UL2's is T5's, its mode tokens [NLU], [S2S] and [NLG] plain text.",
    ],
    objective: "ul2",
    settings: [
      .init("length", .integer(512), "inputs_length"),
      .init("window", .integer(512), "one length for all"),
      .init("weights", .list([2, 2, 1, 1, 1, 1, 2].map { SettingValue(.integer($0)) }), "R1 R2 X1 X2 X3 X4 S, of 10"),
      .init("mode_tokens", .flag(true), "§3.1.2"),
      .init("roll", .flag(false), "random_roll"),
      .init("s_split", .text("quarter"), "r = 0.25, µ = L/4"),
      .init("windowing", .text("packed"), "merge_examples_to_reduce_padding"),
    ],
    tokenizer: t5SentencePiece(["[R]", "[S]", "[X]"]))

  static let bartLarge = Preset(
    name: "bart-large", summary: "Spans infilled, sentences in another order, the whole text asked for.",
    paper: "Lewis et al. 2020, BART, arXiv:1910.13461, §2.2 and §5.1",
    code: "facebookresearch/fairseq fairseq/data/denoising_dataset.py, fairseq/tasks/denoising.py (3d262bb2)",
    differences: [
      "The paper's mean of 3; commands that reproduce the model use 3.5 and mask_random 0.1.",
      "Spans are counted in tokens, as the paper says; fairseq counts words when it is told the BPE "
        + "(unit: whole_word).",
      "The share removed is about 27 %, as in fairseq: overlapping spans count twice for the 30 %.",
    ],
    objective: "denoising",
    settings: [
      .init("length", .integer(512), "tokens_per_sample"),
      .init("noise", .text("bart"), "permutation, infilling, insertion, rotation"),
      .init("mask", .number(0.3), "§5.1: 30 % of tokens"),
      .init("poisson_lambda", .number(3), "poisson_lambda; §2.2"),
      .init("replace_length", .integer(1), "replace_length: one mask a span"),
      .init("mask_random", .number(0), "mask_random"),
      .init("permute_sentences", .number(1), "§5.1: all sentences"),
      .init("insert", .number(0), "insert"),
      .init("rotate", .number(0), "not in the final model; the code's default is 0.5"),
      .init("unit", .text("token"), "§5.1"),
    ],
    tokenizer: robertaBPE)

  static let mass = Preset(
    name: "mass", summary: "Half of a text hidden in one piece and asked of the decoder.",
    paper: "Song et al. 2019, MASS, arXiv:1905.02450, §3.2 and §4.1",
    code: "microsoft/MASS MASS-unsupNMT/src/trainer.py (restricted_mask_sent), MASS-summarization README",
    differences: ["The tokenizer is trained on your text; theirs is BERT's for English, BPE for translation."],
    objective: "mass",
    settings: [
      .init("length", .integer(512), "tokens-per-sample"),
      .init("fragment", .number(0.5), "word_mass"),
      .init("replace", numbers(0.8, 0.1, 0.1), "word_mask, word_rand, word_keep"),
      .init("windowing", .text("document"), "one text a row"),
    ],
    tokenizer: uncasedWordPiece)
}
