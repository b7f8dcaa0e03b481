public import Blocks

/// A tokenizer that was trained.
public struct TrainedTokenizer: Sendable {
  /// The bytes of its `tokenizer.json`, indented by two spaces, without a newline at the end.
  public let json: [UInt8]
  /// Number of ids, special tokens included.
  public let vocabularySize: Int
  /// Number of merges that were learned.
  public let mergeCount: Int
}

/// Is told the number of tokens so far and the number asked for; throws to stop the training.
public typealias TrainingProgress = (_ tokens: Int, _ asked: Int) throws(Diagnostic) -> Void

/// Trains a tokenizer on counted words, for Hugging Face's `tokenizers` to load.
///
/// The result is a function of the words, their counts and the settings: not of the order in which words come. A text
/// with too few frequent pairs gives a smaller vocabulary than asked for.
///
/// - Parameters:
///   - words: the pre-tokens of the text, as `PreTokenCounter` counts them.
///   - memoryLimit: bytes that training may take, about.
///   - progress: called now and then, and at the end.
/// - Throws: `training.invalid-setting`; `training.vocabulary-too-small` if the special tokens and the alphabet alone
///   are more than `vocabularySize`; `training.count-overflow` beyond 2^63 pairs; `training.too-many-words` beyond
///   `memoryLimit` or 2^32 words; what `words` and `progress` throw.
/// - Cost: about 0.05 µs for each merged occurrence, and about 150 bytes of memory for each distinct word. A long word
///   costs what as many short ones would.
public func trainTokenizer(
  _ words: borrowing some CountedWords & ~Copyable, settings: TrainerSettings, memoryLimit: Int = .max,
  progress: TrainingProgress? = nil
) throws(Diagnostic) -> TrainedTokenizer {
  let trained = try TrainedVocabulary(words, settings: settings, memoryLimit: memoryLimit, progress: progress)
  return TrainedTokenizer(
    json: trained.tokenizerJSON(settings), vocabularySize: trained.tokens.count, mergeCount: trained.merges.count)
}

/// What training gives: the tokens by id, and for BPE the merges by rank.
struct TrainedVocabulary {
  let tokens: [[UInt8]]
  let merges: [SymbolPair]

  init(
    _ words: borrowing some CountedWords & ~Copyable, settings: TrainerSettings, memoryLimit: Int = .max,
    progress: TrainingProgress? = nil
  ) throws(Diagnostic) {
    try settings.check()
    let alphabet = try TrainingAlphabet(words, settings)
    guard alphabet.tokens.count <= settings.vocabularySize else {
      let letterCount = alphabet.tokens.count - alphabet.firstLetter
      throw Diagnostic(
        "training.vocabulary-too-small", "the vocabulary has no room for the special tokens and the alphabet",
        expected: "vocab_size of at least \(alphabet.tokens.count): \(alphabet.firstLetter) special tokens"
          + (settings.byteFallback ? " and bytes" : "") + " and \(letterCount) letters",
        found: "\(settings.vocabularySize)",
        help: "raise vocab_size, or lower limit_alphabet or the number of sentinels")
    }
    var merger = try PairMerger(words, alphabet, settings, memoryLimit: memoryLimit)
    try merger.run(progress: progress)
    tokens = merger.vocabulary.tokens
    merges = merger.merges
  }
}
