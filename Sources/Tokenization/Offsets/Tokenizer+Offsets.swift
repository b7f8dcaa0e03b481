extension Tokenizer {
  /// A text's ids with where each came from, one entry a token in every list.
  public struct Encoding: Sendable, Equatable {
    public var ids: [UInt32] = []
    /// In bytes of the text; 0..<0 for a token that the post-processor added.
    public var byteOffsets: [Range<Int>] = []
    /// In characters (Unicode scalars) of the text: the reference's `offsets`.
    public var characterOffsets: [Range<Int>] = []
    /// The number of the piece, counted over the whole text, added tokens included; nil for a token that the
    /// post-processor added (`word_ids`).
    public var wordIndices: [Int?] = []
    /// True for the tokens that the post-processor added, false for one that the text spells (`special_tokens_mask`).
    public var isSpecial: [Bool] = []

    public init() {}
  }

  /// Encodes one text and says where each token came from, as the reference does.
  ///
  /// A token covers the characters that its normalized bytes were made of. Several tokens of one character each cover
  /// all of it; a composed character counts as the first one that went into it. Goes through the components one after
  /// the other, not through the fused encoders.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8.
  ///   - addsSpecialTokens: puts the post-processor's special tokens around the text.
  /// - Cost: O(bytes), about ten times that of `encode`.
  public func encodeWithOffsets(
    _ text: Span<UInt8>, addsSpecialTokens: Bool = false, scratch: inout Scratch,
    specialInText: SpecialInText = .match
  ) -> Encoding {
    scratch.prepare(for: definition)
    scratch.sentences.assign([])
    var tracer = OffsetTracer(definition: definition)
    unsafe text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe tracer.encode(base, count: buffer.count, matchesSpecial: specialInText == .match, scratch: &scratch)
    }
    return tracer.encoding(addsSpecialTokens: addsSpecialTokens)
  }

  /// Encodes one text and says where each token came from. Makes a scratch each time: for a few texts, not for many.
  public func encodeWithOffsets(_ text: String, addsSpecialTokens: Bool = false) -> Encoding {
    var scratch = Scratch(for: definition, cacheCapacityLimit: 1 << 8)
    return encodeWithOffsets(Array(text.utf8).span, addsSpecialTokens: addsSpecialTokens, scratch: &scratch)
  }
}
