extension Definition {
  /// Appends the ids of one text, `text[start..<end]`, to the scratch.
  func encode(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, matchesSpecial: Bool,
    scratch: inout Tokenizer.Scratch
  ) {
    unsafe addedTokens.raw.forEachSegment(of: text, from: start, to: end, matchesSpecial: matchesSpecial) { segment in
      switch segment {
      case .token(let id, let range):
        append(addedToken: id, endingAt: range.upperBound, scratch: &scratch)
      case .text(let range):
        switch encoder {
        case .wordPiece(let fused):
          unsafe fused.encode(
            text, from: range.lowerBound, to: range.upperBound, definition: self, scratch: &scratch)
        case .byteLevel(let fused):
          unsafe encode(text, range, with: fused, matchesSpecial: matchesSpecial, scratch: &scratch)
        case .composed:
          unsafe encodeComposed(
            text, from: range.lowerBound, to: range.upperBound, startsText: range.lowerBound == start,
            matchesSpecial: matchesSpecial, remembers: true, scratch: &scratch)
        }
      }
    }
  }

  /// The reference for `encode`: every text through the components, nothing remembered.
  func encodeReference(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, matchesSpecial: Bool,
    scratch: inout Tokenizer.Scratch
  ) {
    unsafe addedTokens.raw.forEachSegment(of: text, from: start, to: end, matchesSpecial: matchesSpecial) { segment in
      switch segment {
      case .token(let id, let range):
        append(addedToken: id, endingAt: range.upperBound, scratch: &scratch)
      case .text(let range):
        unsafe encodeComposed(
          text, from: range.lowerBound, to: range.upperBound, startsText: range.lowerBound == start,
          matchesSpecial: matchesSpecial, scratch: &scratch)
      }
    }
  }

  private func append(addedToken id: UInt32, endingAt sourceEnd: Int, scratch: inout Tokenizer.Scratch) {
    let first = scratch.ids.count
    scratch.ids.append(id)
    scratch.sentences.pieceEnds(at: sourceEnd, firstToken: first)
  }

  /// A segment between raw added tokens, through normalizer, added tokens of normalized text, pre-tokenizer and model.
  ///
  /// - Parameters:
  ///   - startsText: whether the text as a whole begins here, and not behind an added token.
  ///   - remembers: whether pieces are looked up in the cache, which then must hold nothing but such pieces; and
  ///     whether pieces are cut where that changes no id.
  func encodeComposed(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, startsText: Bool = false, matchesSpecial: Bool = false,
    remembers: Bool = false, scratch: inout Tokenizer.Scratch
  ) {
    let startsPieces = unsafe startsText && keepsHead(text, start..<end, scratch: &scratch)
    unsafe normalize(text, start..<end, scratch: &scratch)
    let normalized = scratch.normalized.bytes
    unsafe normalized.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe addedTokens.normalized.forEachSegment(
        of: base, from: 0, to: buffer.count, matchesSpecial: matchesSpecial
      ) { segment in
        switch segment {
        case .token(let id, let range):
          append(
            addedToken: id, endingAt: scratch.normalized.sourceEnd(at: range.upperBound - 1), scratch: &scratch)
        case .text(let range):
          scratch.pieces.assign(scratch.normalized, range)
          scratch.pieces.startsText = startsPieces && range.lowerBound == 0
          preTokenizer?.apply(to: &scratch.pieces)
          if remembers { spaceMarkCut?.apply(to: &scratch.pieces) }
          tokenizePieces(remembers: remembers, scratch: &scratch)
        }
      }
    }
  }

  private func tokenizePieces(remembers: Bool, scratch: inout Tokenizer.Scratch) {
    let bytes = scratch.pieces.text.bytes
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for index in scratch.pieces.ranges.indices {
        let range = scratch.pieces.ranges[index]
        let first = scratch.ids.count
        let piece = unsafe base + range.lowerBound
        let key = unsafe WordCache.key(of: piece, count: range.count, available: buffer.count - range.lowerBound)
        if unsafe !remembers || !scratch.appendKnown(piece, count: range.count, key: key) {
          unsafe model.tokenize(piece, count: range.count, into: &scratch.ids, scratch: &scratch.model)
          if remembers { unsafe scratch.remember(piece, count: range.count, key: key, from: first) }
        }
        scratch.sentences.pieceEnds(
          at: scratch.pieces.text.sourceEnd(at: range.upperBound - 1), firstToken: first)
      }
    }
  }

  /// Puts the normalized segment into `scratch.normalized`, with origins if a sentence waits for its token.
  private func normalize(_ text: UnsafePointer<UInt8>, _ range: Range<Int>, scratch: inout Tokenizer.Scratch) {
    unsafe scratch.normalized.assign(
      text, from: range.lowerBound, to: range.upperBound, aligned: scratch.sentences.isWaiting)
    normalizer?.apply(to: &scratch.normalized, spare: &scratch.spare)
  }

  /// Whether anything is left of the first character of a segment when it is normalized; no where nobody asks for it.
  func keepsHead(_ text: UnsafePointer<UInt8>, _ range: Range<Int>, scratch: inout Tokenizer.Scratch) -> Bool {
    guard marksFirstPiece else { return false }
    guard let normalizer else { return true }
    let second = unsafe range.lowerBound + decodeScalar(text, at: range.lowerBound, end: range.upperBound).byteCount
    unsafe scratch.normalized.assign(
      text, from: range.lowerBound, to: min(range.upperBound, range.lowerBound + Self.headByteCount), aligned: true)
    normalizer.apply(to: &scratch.normalized, spare: &scratch.spare)
    if scratch.normalized.sourceEnd(at: 0) == second { return true }
    // What it begins with now came from further on, or was joined from several.
    var bytes = unsafe Array(UnsafeBufferPointer(start: text + range.lowerBound, count: range.count))
    return normalizer.keepsHead(of: &bytes)
  }

  /// So much of a text is normalized to see what becomes of its first character.
  private static let headByteCount = 64

  /// A segment between raw added tokens through the normalizer, if it has anything to do, and a fused encoder.
  private func encode(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, with fused: FusedByteLevel, matchesSpecial: Bool,
    scratch: inout Tokenizer.Scratch
  ) {
    if unsafe isNormalized(text, range) {
      return unsafe encode(
        SourceText(raw: text), range, with: fused, matchesSpecial: matchesSpecial, scratch: &scratch)
    }
    unsafe normalize(text, range, scratch: &scratch)
    let bytes = scratch.normalized.bytes
    let sourceEnds = scratch.normalized.sourceEnds
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe sourceEnds.withUnsafeBufferPointer { ends in
        let source = unsafe SourceText(base, sourceEnds: ends.isEmpty ? nil : ends.baseAddress)
        unsafe encode(
          source, 0..<buffer.count, with: fused, matchesSpecial: matchesSpecial, scratch: &scratch)
      }
    }
  }

  private func isNormalized(_ text: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
    switch normalizer {
    case nil: true
    case .unicode(let form): unsafe form.leavesAlone(text, from: range.lowerBound, to: range.upperBound)
    default: false
    }
  }

  /// A normalized text through added tokens and a fused encoder.
  private func encode(
    _ text: SourceText, _ range: Range<Int>, with fused: FusedByteLevel, matchesSpecial: Bool,
    scratch: inout Tokenizer.Scratch
  ) {
    let base = unsafe text.base
    unsafe addedTokens.normalized.forEachSegment(
      of: base, from: range.lowerBound, to: range.upperBound, matchesSpecial: matchesSpecial
    ) { segment in
      switch segment {
      case .token(let id, let token):
        unsafe append(addedToken: id, endingAt: text.sourceEnd(token.upperBound), scratch: &scratch)
      case .text(let part):
        if fused.addsPrefixSpace, unsafe base[part.lowerBound] != 0x20 {
          unsafe encodeWithPrefixSpace(text, part, with: fused, scratch: &scratch)
        } else {
          unsafe fused.encode(text, from: part.lowerBound, to: part.upperBound, scratch: &scratch)
        }
      }
    }
  }

  private func encodeWithPrefixSpace(
    _ text: SourceText, _ range: Range<Int>, with fused: FusedByteLevel, scratch: inout Tokenizer.Scratch
  ) {
    let isWaiting = scratch.sentences.isWaiting
    scratch.spare.removeAll(aligned: isWaiting)
    unsafe scratch.spare.append(byte: 0x20, sourceEnd: text.sourceEnd(range.lowerBound + 1))
    for index in range {
      unsafe scratch.spare.append(byte: text.base[index], sourceEnd: text.sourceEnd(index + 1))
    }
    let bytes = scratch.spare.bytes
    let sourceEnds = scratch.spare.sourceEnds
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe sourceEnds.withUnsafeBufferPointer { ends in
        let source = unsafe SourceText(base, sourceEnds: ends.isEmpty ? nil : ends.baseAddress)
        unsafe fused.encode(source, from: 0, to: buffer.count, scratch: &scratch)
      }
    }
  }
}
