import Blocks

extension AllPresets {
  static let simCSE = Preset(
    name: "simcse-unsup", summary: "A sentence, to be encoded twice under dropout.",
    paper: "Gao et al. 2021, SimCSE, arXiv:2104.08821, §3 and A",
    code: "princeton-nlp/SimCSE train.py (49fa580a), run_unsup_example.sh",
    differences: [
      "One document should be one sentence: input: {documents: line}. What is longer than a row makes several rows.",
      "run_unsup_example.sh has batches of 512; 64 is the paper's for BERT base.",
    ],
    objective: "contrastive",
    settings: [
      .init("length", .integer(32), "max_seq_length"),
      .init("pairs", .text("dropout"), "§3: the only noise is dropout"),
      .init("negatives", .text("none"), "in-batch only"),
      .init("batch_size", .integer(64), "A; of different documents"),
    ],
    tokenizer: uncasedWordPiece)

  static let contriever = Preset(
    name: "contriever", summary: "Two random crops of a chunk, some tokens deleted.",
    paper: "Izacard et al. 2022, Contriever, arXiv:2112.09118, §3.1 and A.1",
    code: "facebookresearch/contriever src/data.py (39fb2201), README: options of the English model",
    differences: [
      "Chunks keep to one document; there they run across.",
      "A crop has two tokens at least, and deletion leaves one.",
      "The paper's text says 0.05 for the shortest crop; the README's command, 0.1.",
    ],
    objective: "contrastive",
    settings: [
      .init("length", .integer(130), "the longest crop in its frame"),
      .init("pairs", .text("crop"), "independent cropping"),
      .init("ratio_min", .number(0.1), "ratio_min"),
      .init("ratio_max", .number(0.5), "ratio_max"),
      .init("window", .integer(256), "chunk_length"),
      .init("delete", .number(0.1), "augmentation delete, prob_augmentation"),
      .init("negatives", .text("none"), "from the queue"),
    ],
    tokenizer: uncasedWordPiece)

  static let declutr = Preset(
    name: "declutr", summary: "Anchors of a long document and spans near them.",
    paper: "Giorgi et al. 2021, DeCLUTR, arXiv:2006.03659, §3.1 and §4.1",
    code: "JohnGiorgi/DeCLUTR declutr/common/contrastive_utils.py, training_config/declutr.jsonnet (b78ac576)",
    differences: [
      "Documents of fewer than 2,048 tokens give no row; longer ones one for each 2,048.",
      "The masked rows that are trained beside are an objective of their own: mlm.",
    ],
    objective: "contrastive",
    settings: [
      .init("length", .integer(514), "max_span_len, in its frame"),
      .init("pairs", .text("declutr"), "sample_anchor_positive_pairs"),
      .init("anchors", .integer(2), "num_anchors"),
      .init("positives", .integer(2), "num_positives"),
      .init("min_span", .integer(32), "min_span_len"),
      .init("sampling", .text("any"), "sampling_strategy"),
      .init("negatives", .text("none"), "in-batch only"),
      .init("batch_size", .integer(4), "batch_size"),
    ],
    tokenizer: robertaBPE)
}
