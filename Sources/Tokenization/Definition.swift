/// The parts of a tokenizer, immutable, and the encoder that was chosen for them.
final class Definition: Sendable {
  let json: [UInt8]
  let normalizer: Normalizer?
  let preTokenizer: PreTokenizer?
  let model: Model
  let postProcessor: PostProcessor?
  let decoder: Decoder?
  let addedTokens: AddedTokens
  /// What the post-processor does to offsets, in order.
  let offsetTrims: [OffsetTrim]
  let encoder: Encoder
  /// Where the pieces of a pre-tokenizer may be cut further, if anywhere.
  let spaceMarkCut: SpaceMarkCut?
  /// Whether a piece must know that the text begins with it.
  let marksFirstPiece: Bool

  /// How text becomes ids: one of the fused encoders, or the components one after the other.
  enum Encoder: Sendable {
    case composed
    case wordPiece(FusedWordPiece)
    case byteLevel(FusedByteLevel)
  }

  init(
    json: [UInt8], normalizer: Normalizer?, preTokenizer: PreTokenizer?, model: Model, postProcessor: PostProcessor?,
    decoder: Decoder?, addedTokens: [AddedToken], offsetTrims: [OffsetTrim] = []
  ) {
    self.json = json
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.postProcessor = postProcessor
    self.decoder = decoder
    self.offsetTrims = offsetTrims
    spaceMarkCut = SpaceMarkCut(preTokenizer: preTokenizer, model: model)
    marksFirstPiece = preTokenizer?.marksFirstPiece == true
    let added = AddedTokens(addedTokens, vocabulary: model.vocabulary, normalizer: normalizer)
    self.addedTokens = added
    // A token that is looked for in normalized text may lie across chunks: then chunks cannot be looked up raw.
    if added.normalized.isEmpty,
      let fused = FusedWordPiece(normalizer: normalizer, preTokenizer: preTokenizer, model: model)
    {
      encoder = .wordPiece(fused)
    } else if let fused = FusedByteLevel(preTokenizer: preTokenizer, model: model) {
      encoder = .byteLevel(fused)
    } else {
      encoder = .composed
    }
  }

  /// Highest id + 1, added tokens included.
  var vocabularySize: Int {
    addedTokens.entries.reduce(model.vocabulary.idLimit) { max($0, Int($1.id) + 1) }
  }

  /// The bytes of a token, added ones first.
  func token(for id: UInt32) -> [UInt8]? {
    addedTokens.entry(for: id)?.token.content ?? model.vocabulary.token(for: id)
  }

  func id(of token: [UInt8]) -> UInt32? {
    addedTokens.id(of: token) ?? model.vocabulary.id(of: token)
  }
}
