public import Blocks

extension Tokenizer {
  /// Encodes every document of a block, without special tokens around them.
  ///
  /// `tokens` is emptied first. Where the block has sentence starts, each becomes the position of a token: the first of
  /// the
  /// first piece that ends behind the sentence's first byte. Positions are strictly ascending within a document, so two
  /// sentences that start in one piece are one; a sentence without tokens is none.
  ///
  /// - Cost: O(bytes); no allocation for a word that was seen before.
  public func encode(
    _ block: borrowing DocumentBlock, into tokens: inout TokenBlock, scratch: inout Scratch,
    specialInText: SpecialInText = .match
  ) {
    unsafe encode(block, into: &tokens, scratch: &scratch) { text, range, scratch in
      unsafe definition.encode(
        text, from: range.lowerBound, to: range.upperBound, matchesSpecial: specialInText == .match, scratch: &scratch)
    }
  }

  /// The same ids and sentences by the components alone, one after the other: what the fused encoders must equal.
  public func encodeReference(
    _ block: borrowing DocumentBlock, into tokens: inout TokenBlock, scratch: inout Scratch,
    specialInText: SpecialInText = .match
  ) {
    unsafe encode(block, into: &tokens, scratch: &scratch) { text, range, scratch in
      unsafe definition.encodeReference(
        text, from: range.lowerBound, to: range.upperBound, matchesSpecial: specialInText == .match, scratch: &scratch)
    }
  }

  @inline(__always)
  private func encode(
    _ block: borrowing DocumentBlock, into tokens: inout TokenBlock, scratch: inout Scratch,
    document encodeDocument: (UnsafePointer<UInt8>, Range<Int>, inout Scratch) -> Void
  ) {
    tokens.removeAll()
    // A token takes a byte at least, so the ids of a usual block never move; what is not used is never touched.
    tokens.ids.reserveCapacity(min(block.bytes.count, 1 << 24))
    scratch.prepare(for: definition)
    scratch.sentences.assign(block.sentenceStarts)
    let hasSentences = !block.sentenceStarts.isEmpty
    let bytes = block.bytes
    let documents = block.documents
    unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe scratch.lend(buffer) { scratch in
        for document in documents {
          let range = document.range.clamped(to: 0..<buffer.count)
          let start = tokens.ids.count
          let firstSentence = tokens.sentenceStarts.count
          if hasSentences { scratch.sentences.begin(range) }
          if let base = buffer.baseAddress, !range.isEmpty { unsafe encodeDocument(base, range, &scratch) }
          if hasSentences {
            scratch.sentences.end(tokenCount: scratch.ids.count)
            tokens.sentenceStarts.append(contentsOf: scratch.sentences.positions.lazy.map { start + $0 })
          }
          tokens.documents.append(
            TokenBlock.Document(
              id: document.id, start: start, tokenCount: scratch.ids.count,
              sentences: firstSentence..<tokens.sentenceStarts.count))
          // Document by document, while the ids are still in the processor's cache.
          scratch.ids.append(to: &tokens.ids)
          scratch.ids.count = 0
        }
      }
    }
    scratch.sentences.assign([])
  }

  /// Appends the ids of one text, without special tokens around it.
  ///
  /// - Parameter text: valid UTF-8.
  public func encode(
    _ text: Span<UInt8>, into ids: inout [UInt32], scratch: inout Scratch, specialInText: SpecialInText = .match
  ) {
    scratch.prepare(for: definition)
    scratch.sentences.assign([])
    unsafe text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe definition.encode(
        base, from: 0, to: buffer.count, matchesSpecial: specialInText == .match, scratch: &scratch)
    }
    scratch.ids.append(to: &ids)
  }

  /// The ids of a text, without special tokens around it. Makes a scratch each time: for a few texts, not for many.
  public func encode(_ text: String) -> [UInt32] {
    var scratch = Scratch(for: definition, cacheCapacityLimit: 1 << 8)
    var ids: [UInt32] = []
    encode(Array(text.utf8).span, into: &ids, scratch: &scratch)
    return ids
  }

  /// The ids of a text with the special tokens that the post-processor puts around it.
  public func encodeWithSpecialTokens(_ text: String) -> [UInt32] {
    addSpecialTokens(to: encode(text))
  }

  /// The ids of two texts with the special tokens that the post-processor puts around and between them.
  public func encodeWithSpecialTokens(_ first: String, _ second: String) -> [UInt32] {
    let pair = (encode(first), encode(second))
    return definition.postProcessor?.process(pair.0, pair.1) ?? pair.0 + pair.1
  }

  /// Puts the special tokens of the post-processor around the ids of one text.
  public func addSpecialTokens(to ids: [UInt32]) -> [UInt32] {
    definition.postProcessor?.process(ids, nil) ?? ids
  }
}
