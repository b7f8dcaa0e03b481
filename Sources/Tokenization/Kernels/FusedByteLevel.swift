/// Byte-level BPE in one pass over raw bytes: find a piece, look it up, merge only what was never seen.
///
/// Same ids as the composed `Split`, `ByteLevel` and `BytePairEncoding`, without spelling bytes as letters: what the
/// letters would look up is in tables by byte.
struct FusedByteLevel: Sendable {
  enum Pattern: Sendable, Equatable {
    case whole
    case gpt2
    case cl100k(digitsPerPiece: Int)
  }

  let pattern: Pattern
  let addsPrefixSpace: Bool
  private let model: BytePairEncoding
  /// By byte: the symbol of its letter inside of a piece, and 256 further on as its last; `noSymbol` if unknown.
  private let symbols: ConstantTable<UInt32>
  /// Tokens by the bytes they stand for, where whole pieces are looked up.
  private let wholePieces: Vocabulary?

  private static let noSymbol = UInt32.max

  /// Nil where the components are not of this kind.
  init?(preTokenizer: PreTokenizer?, model: Model) {
    guard case .bytePairEncoding(let model) = model, model.continuingPrefix.isEmpty, model.byteFallback == nil else {
      return nil
    }
    switch preTokenizer {
    case .byteLevel(let byteLevel):
      pattern = byteLevel.splits ? .gpt2 : .whole
      addsPrefixSpace = byteLevel.addsPrefixSpace
    case .sequence(let members):
      guard members.count == 2, case .split(let split) = members[0], case .byteLevel(let byteLevel) = members[1],
        split.behavior == .isolated, !byteLevel.splits, !byteLevel.addsPrefixSpace
      else { return nil }
      switch split.pattern {
      case .gpt2: pattern = .gpt2
      case .cl100k(let digits): pattern = .cl100k(digitsPerPiece: digits)
      default: return nil
      }
      addsPrefixSpace = false
    default: return nil
    }
    self.model = model
    let spellings = ByteLevelAlphabet.spellings
    symbols = ConstantTable(
      spellings.map { model.vocabulary.id(of: $0) ?? Self.noSymbol }
        + spellings.map { model.vocabulary.id(of: $0 + model.endOfWordSuffix) ?? Self.noSymbol })
    wholePieces = model.ignoresMerges ? Self.tokensByBytes(model.vocabulary) : nil
  }

  private static func tokensByBytes(_ vocabulary: Vocabulary) -> Vocabulary {
    var tokens: [(token: [UInt8], id: UInt32)] = []
    tokens.reserveCapacity(vocabulary.count)
    for id in 0..<UInt32(vocabulary.idLimit) {
      if let token = vocabulary.token(for: id), let bytes = ByteLevelAlphabet.bytes(of: token) {
        tokens.append((bytes, id))
      }
    }
    return Vocabulary(tokens)
  }

  /// Appends the ids of `text[start..<end]`, a segment between added tokens.
  func encode(_ text: SourceText, from start: Int, to end: Int, scratch: inout Tokenizer.Scratch) {
    switch pattern {
    case .whole: unsafe encode(text, from: start, to: end, scanner: WholeTextScanner(), scratch: &scratch)
    case .gpt2: unsafe encode(text, from: start, to: end, scanner: GPT2Scanner(), scratch: &scratch)
    case .cl100k(let digits):
      unsafe encode(text, from: start, to: end, scanner: CL100KScanner(digitsPerPiece: digits), scratch: &scratch)
    }
  }

  @inline(__always)
  private func encode(
    _ text: SourceText, from start: Int, to end: Int, scanner: some PieceScanner, scratch: inout Tokenizer.Scratch
  ) {
    let base = unsafe text.base
    let batch = unsafe scratch.batch
    var offset = start
    while offset < end {
      var batchCount = 0
      while batchCount < PendingPiece.batchCount, offset < end {
        let pieceEnd = unsafe scanner.pieceEnd(in: base, from: offset, to: end)
        let key = unsafe WordCache.key(of: base + offset, count: pieceEnd - offset, available: end - offset)
        scratch.cache.prefetch(key)
        unsafe batch[batchCount] = PendingPiece(start: offset, end: pieceEnd, key: key)
        batchCount += 1
        offset = pieceEnd
      }
      for index in 0..<batchCount {
        let pending = unsafe batch[index]
        let piece = unsafe base + pending.start
        let count = pending.end - pending.start
        let first = scratch.ids.count
        if unsafe !scratch.appendKnown(piece, count: count, key: pending.key) {
          unsafe tokenize(piece, count: count, into: &scratch.ids, scratch: &scratch.model)
          unsafe scratch.remember(piece, count: count, key: pending.key, from: first)
        }
        unsafe scratch.sentences.pieceEnds(at: text.sourceEnd(pending.end), firstToken: first)
      }
    }
  }

  /// The model itself, on raw bytes.
  @inline(never)
  private func tokenize(
    _ piece: UnsafePointer<UInt8>, count: Int, into ids: inout IDBuffer, scratch: inout ModelScratch
  ) {
    if let id = unsafe wholePieces?.id(of: piece, count: count) { return ids.append(id) }
    let table = unsafe symbols.base
    var unknown = UnknownRun(id: model.unknownID, fuses: model.fusesUnknown)
    scratch.symbols.count = 0
    scratch.symbols.reserve(count)
    for index in 0..<count {
      let letter = unsafe Int(piece[index]) + (index == count - 1 ? 256 : 0)
      let symbol = unsafe table[letter]
      if symbol == Self.noSymbol {
        unknown.add(into: &scratch.symbols)
      } else {
        unknown.flush(into: &scratch.symbols)
        scratch.symbols.append(symbol)
      }
    }
    unknown.flush(into: &scratch.symbols)
    model.merges.apply(to: &scratch.symbols, scratch: &scratch.merging)
    unsafe ids.append(scratch.symbols.base, count: scratch.symbols.count)
  }
}
