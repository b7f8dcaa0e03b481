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
  private let wholePieces: PieceVocabulary?

  /// Nil where characters cannot be merged before their pieces.
  private let characterMerges: CharacterMerges?

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
    characterMerges = Self.characterMerges(model, symbols: symbols)
    wholePieces = model.ignoresMerges ? Self.tokensByBytes(model.vocabulary) : nil
  }

  private static func characterMerges(
    _ model: BytePairEncoding, symbols: ConstantTable<UInt32>
  ) -> CharacterMerges? {
    guard model.endOfWordSuffix.isEmpty, let ranks = model.merges.ranks else { return nil }
    let partial = PartialMerges(
      model.merges.list, symbols: (0..<256).map { symbols[$0] }, idLimit: model.vocabulary.idLimit
    ) { model.vocabulary.token(for: $0).flatMap { ByteLevelAlphabet.bytes(of: $0) } }
    return partial.map { CharacterMerges(ranks, $0, symbols: symbols) }
  }

  private static func tokensByBytes(_ vocabulary: Vocabulary) -> PieceVocabulary {
    var tokens: [(token: [UInt8], id: UInt32)] = []
    tokens.reserveCapacity(vocabulary.count)
    for id in 0..<UInt32(vocabulary.idLimit) {
      if let token = vocabulary.token(for: id), let bytes = ByteLevelAlphabet.bytes(of: token) {
        tokens.append((bytes, id))
      }
    }
    return PieceVocabulary(tokens)
  }

  /// Appends the ids of `text[start..<end]`, a segment between added tokens.
  func encode(_ text: SourceText, from start: Int, to end: Int, scratch: inout Tokenizer.Scratch) {
    if scratch.cache.isNarrow {
      unsafe encode(text, from: start, to: end, scratch: &scratch, as: NarrowIDs.self)
    } else {
      unsafe encode(text, from: start, to: end, scratch: &scratch, as: WideIDs.self)
    }
  }

  @inline(__always)
  private func encode<IDs: IDLayout>(
    _ text: SourceText, from start: Int, to end: Int, scratch: inout Tokenizer.Scratch, as layout: IDs.Type
  ) {
    let classes = WindowClasses.shared
    var offset = start
    while offset < end {
      let count: Int
      switch pattern {
      case .whole:
        count = unsafe find(
          text.base, from: &offset, to: end, scanner: WholeTextScanner(), classes: classes, scratch: &scratch)
      case .gpt2:
        count = unsafe find(
          text.base, from: &offset, to: end, scanner: GPT2Scanner(), classes: classes, scratch: &scratch)
      case .cl100k(let digits):
        let scanner = CL100KScanner(digitsPerPiece: digits)
        count = unsafe find(text.base, from: &offset, to: end, scanner: scanner, classes: classes, scratch: &scratch)
      }
      if scratch.sentences.isWaiting {
        for index in 0..<count {
          let piece = unsafe scratch.batch[index]
          let first = scratch.ids.count
          unsafe encode(piece, of: text.base, scratch: &scratch)
          unsafe scratch.sentences.pieceEnds(at: text.sourceEnd(piece.end), firstToken: first)
        }
      } else {
        let base = unsafe text.base
        scratch.appendBatch(count, as: layout) { unsafe encode($0, of: base, scratch: &$1) }
      }
    }
  }

  /// Fills the batch with the next pieces of a text, window by window, and has their slots on the way.
  @inline(__always)
  private func find(
    _ base: UnsafePointer<UInt8>, from offset: inout Int, to end: Int, scanner: some WindowScanner,
    classes: WindowClasses, scratch: inout Tokenizer.Scratch
  ) -> Int {
    let batch = unsafe scratch.batch
    let slots = scratch.cache.slotPlaces
    var count = 0
    while offset < end, count <= PendingPiece.batchCount - 64 {
      let remaining = end - offset
      let text = unsafe scratch.readable(base + offset, remaining: remaining)
      let window = unsafe ByteWindow(text, remaining: remaining, classes: classes)
      var starts = unsafe scanner.starts(in: window, text, remaining: remaining)
      // A piece ends where the next one starts; the last start is left over.
      var ends = starts & (starts &- 1)
      unsafe count &+= slots.find(text, &starts, &ends, offset: offset, to: batch + count, scratch.cache)
      var start = starts.trailingZeroBitCount
      if start == 0 || window.reachesEnd {
        // The last piece of the text, or one longer than a window.
        let pieceEnd = window.reachesEnd ? remaining : unsafe scanner.pieceEnd(in: base, from: offset, to: end) - offset
        let key = unsafe WordCache.key(of: base + offset + start, count: pieceEnd - start, available: 0)
        let hash = scratch.cache.prefetch(key)
        unsafe batch[count] = PendingPiece(key: key, hash: hash, start: offset + start)
        count += 1
        start = pieceEnd
      }
      offset += start
    }
    return count
  }

  @inline(never)
  private func encode(_ piece: PendingPiece, of base: UnsafePointer<UInt8>, scratch: inout Tokenizer.Scratch) {
    let text = unsafe base + piece.start
    if unsafe scratch.appendKnown(text, count: piece.count, key: piece.key) { return }
    let first = scratch.ids.count
    if unsafe !tokenizeCharacters(text, piece.key, scratch: &scratch) {
      unsafe tokenize(text, piece.key, into: &scratch.ids, scratch: &scratch.model)
    }
    unsafe scratch.remember(text, count: piece.count, key: piece.key, from: first)
  }

  /// The model on a piece whose characters have been merged; false, and nothing done, where that is not to be had or
  /// hardly a gain.
  private func tokenizeCharacters(
    _ piece: UnsafePointer<UInt8>, _ key: WordKey, scratch: inout Tokenizer.Scratch
  ) -> Bool {
    guard let characterMerges, key.count > 3, unsafe piece[key.count - 1] >= 0x80 else { return false }
    if let id = unsafe wholePieces?.id(of: piece, key) {
      scratch.ids.append(id)
      return true
    }
    scratch.model.symbols.count = 0
    let isWritten = unsafe scratch.symbols.write(piece, count: key.count, to: &scratch.model.symbols, characterMerges)
    guard isWritten else { return false }
    model.merges.applyFast(to: &scratch.model.symbols, scratch: &scratch.model.merging)
    unsafe scratch.ids.append(scratch.model.symbols.base, count: scratch.model.symbols.count)
    return true
  }

  /// The model itself, on raw bytes.
  @inline(never)
  private func tokenize(
    _ piece: UnsafePointer<UInt8>, _ key: WordKey, into ids: inout IDBuffer, scratch: inout ModelScratch
  ) {
    if let id = unsafe wholePieces?.id(of: piece, key) { return ids.append(id) }
    let count = key.count
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
    model.merges.applyFast(to: &scratch.symbols, scratch: &scratch.merging)
    unsafe ids.append(scratch.symbols.base, count: scratch.symbols.count)
  }
}
