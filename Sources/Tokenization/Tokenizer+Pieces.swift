extension Tokenizer {
  /// A text as the normalizer leaves it: to look at, and to compare.
  package func normalized(_ text: String) -> String {
    var result = AlignedText()
    var spare = AlignedText()
    result.append(contentsOf: Array(text.utf8), sourceEnd: 0)
    definition.normalizer?.apply(to: &result, spare: &spare)
    return String(decoding: result.bytes, as: UTF8.self)
  }

  /// The pieces that the model is asked about, one after the other: what a trainer counts. Added tokens are left out.
  ///
  /// - Parameter body: is lent one piece; byte-level pieces are spelled in their letters.
  package func forEachPiece(
    of text: Span<UInt8>, scratch: inout Scratch, _ body: (_ piece: UnsafeBufferPointer<UInt8>) -> Void
  ) {
    unsafe text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe definition.addedTokens.raw.forEachSegment(
        of: base, from: 0, to: buffer.count, matchesSpecial: true
      ) { segment in
        guard case .text(let range) = segment else { return }
        unsafe definition.forEachPiece(of: base, range, scratch: &scratch, body)
      }
    }
  }

  /// The pieces of a text as strings.
  package func pieces(of text: String) -> [String] {
    var scratch = Scratch(for: definition, cacheCapacityLimit: 2)
    var pieces: [String] = []
    unsafe forEachPiece(of: Array(text.utf8).span, scratch: &scratch) { piece in
      unsafe pieces.append(String(decoding: piece, as: UTF8.self))
    }
    return pieces
  }
}

extension Definition {
  fileprivate func forEachPiece(
    of text: UnsafePointer<UInt8>, _ range: Range<Int>, scratch: inout Tokenizer.Scratch,
    _ body: (_ piece: UnsafeBufferPointer<UInt8>) -> Void
  ) {
    unsafe scratch.normalized.assign(text, from: range.lowerBound, to: range.upperBound, aligned: false)
    normalizer?.apply(to: &scratch.normalized, spare: &scratch.spare)
    let normalized = scratch.normalized.bytes
    unsafe normalized.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe addedTokens.normalized.forEachSegment(of: base, from: 0, to: buffer.count, matchesSpecial: true) {
        guard case .text(let part) = $0 else { return }
        scratch.pieces.assign(scratch.normalized, part)
        scratch.pieces.startsText = range.lowerBound == 0 && part.lowerBound == 0
        preTokenizer?.apply(to: &scratch.pieces)
        for range in scratch.pieces.ranges {
          unsafe scratch.pieces.text.bytes.withUnsafeBufferPointer { unsafe body(.init(rebasing: $0[range])) }
        }
      }
    }
  }
}
