public import Blocks

/// Trains a tokenizer on counted words and returns its `tokenizer.json`, which Hugging Face's `tokenizers` loads.
///
/// The result is a function of the words, their counts and the settings: not of the order in which words were added.
/// A text with too few frequent pairs gives a smaller vocabulary than asked for.
///
/// - Parameters:
///   - counts: the pre-tokens of the text, as `PreTokenCounter` counts them.
///   - progress: called now and then with the number of tokens so far, and the number asked for.
/// - Returns: the bytes of the file, indented by two spaces, without a newline at the end.
/// - Throws: `training.invalid-setting`; `training.vocabulary-too-small` if the special tokens and the alphabet alone
///   are more than `vocabularySize`; `training.count-overflow` beyond 2^63 pairs.
/// - Cost: about 0.1 µs for each merged occurrence, and about 100 bytes of memory for each distinct word.
public func trainTokenizer(
  _ counts: borrowing WordCounts, settings: TrainerSettings, progress: ((Int, Int) -> Void)? = nil
) throws(Diagnostic) -> [UInt8] {
  let trained = try TrainedVocabulary(counts, settings: settings, progress: progress)
  return trained.tokenizerJSON(settings)
}

/// What training gives: the tokens by id, and for BPE the merges by rank.
struct TrainedVocabulary {
  let tokens: [[UInt8]]
  let merges: [SymbolPair]

  init(
    _ counts: borrowing WordCounts, settings: TrainerSettings, progress: ((Int, Int) -> Void)? = nil
  ) throws(Diagnostic) {
    try settings.check()
    let alphabet = TrainingAlphabet(counts, settings)
    guard alphabet.tokens.count <= settings.vocabularySize else {
      let specialCount = settings.distinctSpecialTokens.count
      throw Diagnostic(
        "training.vocabulary-too-small", "the vocabulary has no room for the special tokens and the alphabet",
        expected: "vocab_size of at least \(alphabet.tokens.count): \(specialCount) special tokens and "
          + "\(alphabet.tokens.count - specialCount) letters",
        found: "\(settings.vocabularySize)",
        help: "raise vocab_size, or lower limit_alphabet or the number of sentinels")
    }
    var merger = try PairMerger(counts, alphabet, settings)
    merger.run(progress: progress)
    tokens = merger.vocabulary.tokens
    merges = merger.merges
  }
}
