/// The `model` of a `tokenizer.json`: a piece of text in, ids out.
enum Model: Sendable {
  case wordPiece(WordPiece)
  case bytePairEncoding(BytePairEncoding)
  case unigram(Unigram)
  case wordLevel(WordLevel)

  static let knownNames = ["WordPiece", "BPE", "Unigram", "WordLevel"]

  var vocabulary: Vocabulary {
    switch self {
    case .wordPiece(let model): model.vocabulary
    case .bytePairEncoding(let model): model.vocabulary
    case .unigram(let model): model.vocabulary
    case .wordLevel(let model): model.vocabulary
    }
  }

  /// Appends the ids of one piece.
  func tokenize(
    _ piece: UnsafePointer<UInt8>, count: Int, into ids: inout IDBuffer, scratch: inout ModelScratch
  ) {
    switch self {
    case .wordPiece(let model): unsafe model.tokenize(piece, count: count, into: &ids, scratch: &scratch)
    case .bytePairEncoding(let model): unsafe model.tokenize(piece, count: count, into: &ids, scratch: &scratch)
    case .unigram(let model): unsafe model.tokenize(piece, count: count, into: &ids, scratch: &scratch)
    case .wordLevel(let model): unsafe model.tokenize(piece, count: count, into: &ids)
    }
  }
}

/// Buffers of the models: owned by a worker, meaningless between calls.
@safe struct ModelScratch: ~Copyable {
  /// Rolling hashes of the prefixes of a word, room for the longest token.
  let hashes: UnsafeMutablePointer<UInt64>
  /// The symbols of a piece before and after merging.
  var symbols = IDBuffer(capacity: 256)
  var merging: MergeScratch
  var lattice = Lattice()

  init(longestTokenByteCount: Int, usesKernels: Bool = true) {
    merging = MergeScratch(usesKernels: usesKernels)
    unsafe hashes = .allocate(capacity: max(1, longestTokenByteCount))
  }

  deinit { unsafe hashes.deallocate() }
}
