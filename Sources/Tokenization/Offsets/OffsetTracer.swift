/// Encodes one text by the components and keeps where each token came from.
struct OffsetTracer {
  private let definition: Definition
  private var tokens: [Token] = []
  private var pieceCount = 0
  /// The parts of a piece that its tokens stand for.
  private var parts: [Range<Int>] = []
  /// By byte of the text and its end: how many characters begin before it.
  private var characterCounts: [Int] = [0]

  private struct Token {
    var id: UInt32
    var bytes: Range<Int>
    var characters: Range<Int>
    var word: Int
  }

  init(definition: Definition) { self.definition = definition }

  mutating func encode(
    _ text: UnsafePointer<UInt8>, count: Int, matchesSpecial: Bool, scratch: inout Tokenizer.Scratch
  ) {
    characterCounts.reserveCapacity(count + 1)
    for index in 0..<count {
      characterCounts.append(characterCounts[index] + (unsafe text[index] & 0xC0 != 0x80 ? 1 : 0))
    }
    var segments: [AddedTokenMatcher.Segment] = []
    unsafe definition.addedTokens.raw.forEachSegment(of: text, from: 0, to: count, matchesSpecial: matchesSpecial) {
      segments.append($0)
    }
    for segment in segments {
      switch segment {
      case .token(let id, let range):
        let content = unsafe Array(UnsafeBufferPointer(start: text + range.lowerBound, count: range.count))
        add(id, spelling: content, bytes: range)
        pieceCount += 1
      case .text(let range):
        unsafe encodeSegment(text, range, matchesSpecial: matchesSpecial, scratch: &scratch)
      }
    }
  }

  private mutating func encodeSegment(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, matchesSpecial: Bool, scratch: inout Tokenizer.Scratch
  ) {
    let startsPieces = unsafe range.lowerBound == 0 && definition.keepsHead(text, range, scratch: &scratch)
    unsafe scratch.normalized.assign(text, from: range.lowerBound, to: range.upperBound, aligned: true)
    scratch.normalized.isTracedByPlace = true
    definition.normalizer?.apply(to: &scratch.normalized, spare: &scratch.spare)
    scratch.normalized.isTracedByPlace = false
    let normalized = scratch.normalized.bytes
    var segments: [AddedTokenMatcher.Segment] = []
    unsafe normalized.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe definition.addedTokens.normalized.forEachSegment(
        of: base, from: 0, to: buffer.count, matchesSpecial: matchesSpecial
      ) { segments.append($0) }
    }
    for segment in segments {
      switch segment {
      case .token(let id, let part):
        let source = unsafe sourceRange(of: part, in: scratch.normalized, text)
        add(id, spelling: Array(normalized[part]), bytes: source)
        pieceCount += 1
      case .text(let part):
        scratch.pieces.assign(scratch.normalized, part)
        scratch.pieces.startsText = startsPieces && part.lowerBound == 0
        definition.preTokenizer?.apply(to: &scratch.pieces)
        for index in scratch.pieces.ranges.indices {
          unsafe encodePiece(scratch.pieces.ranges[index], of: text, scratch: &scratch)
          pieceCount += 1
        }
      }
    }
  }

  private mutating func encodePiece(
    _ piece: Range<Int>, of text: UnsafePointer<UInt8>, scratch: inout Tokenizer.Scratch
  ) {
    let bytes = scratch.pieces.text.bytes
    let first = scratch.ids.count
    parts.removeAll(keepingCapacity: true)
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe definition.model.tokenize(
        base + piece.lowerBound, count: piece.count, into: &scratch.ids, ranges: &parts, scratch: &scratch.model)
    }
    for (index, part) in parts.enumerated() {
      let id = unsafe scratch.ids.base[first + index]
      let range = piece.lowerBound + part.lowerBound..<piece.lowerBound + part.upperBound
      let source = unsafe sourceRange(of: range, in: scratch.pieces.text, text)
      add(id, spelling: definition.model.vocabulary.token(for: id) ?? [], bytes: source)
    }
  }

  private mutating func add(_ id: UInt32, spelling: [UInt8], bytes: Range<Int>) {
    var characters = characterCounts[bytes.lowerBound]..<characterCounts[bytes.upperBound]
    for trim in definition.offsetTrims {
      characters = trim.apply(to: characters, of: spelling, isFirst: tokens.isEmpty)
    }
    tokens.append(Token(id: id, bytes: bytes, characters: characters, word: pieceCount))
  }

  /// From the start of the character that the first byte was made of to the end of that of the last.
  private func sourceRange(
    of range: Range<Int>, in aligned: borrowing AlignedText, _ text: UnsafePointer<UInt8>
  ) -> Range<Int> {
    let firstEnd = aligned.sourceEnd(at: range.lowerBound)
    let start = firstEnd == 0 ? 0 : unsafe scalarStart(text, before: firstEnd, start: 0)
    return start..<max(start, aligned.sourceEnd(at: range.upperBound - 1))
  }

  /// - Returns: what was encoded, with the post-processor's tokens around it if asked.
  func encoding(addsSpecialTokens: Bool) -> Tokenizer.Encoding {
    // Numbers above all ids stand for the tokens while the post-processor works.
    let marker = UInt32(1) << 31
    let places = tokens.indices.map { marker + UInt32(truncatingIfNeeded: $0) }
    let processed = addsSpecialTokens ? definition.postProcessor?.process(places, nil) ?? places : places
    let byteOffsets = byteStarts()
    var result = Tokenizer.Encoding()
    for id in processed {
      let token = id >= marker ? tokens[Int(id - marker)] : nil
      result.ids.append(token?.id ?? id)
      result.characterOffsets.append(token?.characters ?? 0..<0)
      result.byteOffsets.append(
        token.map { byteOffsets[$0.characters.lowerBound]..<byteOffsets[$0.characters.upperBound] } ?? 0..<0)
      result.wordIndices.append(token?.word)
      result.isSpecial.append(token == nil)
    }
    return result
  }

  /// By character, and the end of the text: the byte where it begins.
  private func byteStarts() -> [Int] {
    var starts: [Int] = []
    for index in characterCounts.indices.dropLast() where characterCounts[index + 1] > characterCounts[index] {
      starts.append(index)
    }
    return starts + [characterCounts.count - 1]
  }
}
