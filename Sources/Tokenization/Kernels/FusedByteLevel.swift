internal import CKernels

/// Byte-level BPE in one pass over raw bytes: find a piece, look it up, merge only what was never seen.
///
/// Same ids as the composed `Split`, `ByteLevel` and `BytePairEncoding`, without spelling bytes as letters: what the
/// letters would look up is in tables by byte.
final class FusedByteLevel: Sendable {
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
  private let knowsAllBytes: Bool
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
    let letters =
      spellings.map { model.vocabulary.id(of: $0) ?? Self.noSymbol }
      + spellings.map { model.vocabulary.id(of: $0 + model.endOfWordSuffix) ?? Self.noSymbol }
    symbols = ConstantTable(letters)
    knowsAllBytes = !letters.contains(Self.noSymbol)
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
    let base = unsafe text.base
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
        scratch.appendMissed { unsafe encodeMissed(of: base, scratch: &$0) }
        for index in 0..<count {
          let piece = unsafe scratch.batch[index]
          let first = scratch.ids.count
          unsafe encode(piece, of: text.base, scratch: &scratch)
          unsafe scratch.sentences.pieceEnds(at: text.sourceEnd(piece.end), firstToken: first)
        }
      } else {
        scratch.appendBatch(count, as: layout) { unsafe encodeMissed(of: base, scratch: &$0) }
      }
    }
    scratch.appendMissed { unsafe encodeMissed(of: base, scratch: &$0) }
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
        let pieceCount = pieceEnd - start
        // Of a short piece the window has 16 bytes; a long one is read where it stands.
        let key =
          pieceCount <= WordKey.inlineByteCount
          ? unsafe WordKey(short: text + start, count: pieceCount)
          : unsafe WordCache.key(of: base + offset + start, count: pieceCount, available: 0)
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
    if let id = unsafe wholePieces?.id(of: text, piece.key) {
      scratch.ids.append(id)
    } else {
      unsafe writeSymbols(text, count: piece.count, scratch: &scratch)
      model.merges.applyFast(to: &scratch.model.symbols, scratch: &scratch.model.merging)
      unsafe scratch.ids.append(scratch.model.symbols.base, count: scratch.model.symbols.count)
    }
    unsafe scratch.remember(text, count: piece.count, key: piece.key, from: first)
  }

  /// The same for all missed pieces, step by step: what one piece waits for is on its way while the others
  /// are worked on.
  @inline(never)
  private func encodeMissed(of base: UnsafePointer<UInt8>, scratch: inout Tokenizer.Scratch) {
    let count = scratch.missed.count
    let (pieces, answers) = unsafe (scratch.missed.pieces, scratch.missed.answers)
    scratch.missed.ids.count = 0
    scratch.missed.mergingCount = 0
    for index in 0..<count {
      let piece = unsafe pieces[index]
      let start = scratch.missed.ids.count
      if unsafe scratch.cache.append(base + piece.start, piece.key, to: &scratch.missed.ids) {
        unsafe answers[index] = .ids(start: start, count: scratch.missed.ids.count - start, isNew: false)
      } else {
        unsafe answers[index] = .unknown
        wholePieces?.prefetch(piece.key)
      }
    }
    let ranks = model.merges.ranks.flatMap { $0.mergesTogether && scratch.usesKernels ? $0 : nil }
    for index in 0..<count {
      guard case .unknown = unsafe answers[index] else { continue }
      let piece = unsafe pieces[index]
      let start = scratch.missed.ids.count
      if let id = unsafe wholePieces?.id(of: base + piece.start, piece.key) {
        scratch.missed.ids.append(id)
      } else {
        unsafe writeSymbols(base + piece.start, count: piece.count, scratch: &scratch)
        if ranks != nil, 2...PairRanks.shortCount ~= scratch.model.symbols.count {
          unsafe answers[index] = scratch.missed.merge(scratch.model.symbols)
          continue
        }
        model.merges.applyFast(to: &scratch.model.symbols, scratch: &scratch.model.merging)
        unsafe scratch.missed.ids.append(scratch.model.symbols.base, count: scratch.model.symbols.count)
      }
      unsafe answers[index] = .ids(start: start, count: scratch.missed.ids.count - start, isNew: true)
    }
    unsafe ranks?.apply(to: scratch.missed.merging, count: scratch.missed.mergingCount)
    unsafe appendAnswers(of: base, scratch: &scratch)
  }

  /// Appends what became of the missed pieces, and remembers what is new.
  private func appendAnswers(of base: UnsafePointer<UInt8>, scratch: inout Tokenizer.Scratch) {
    let end = scratch.ids.count
    for index in 0..<scratch.missed.count {
      let first = scratch.ids.count
      var isNew = true
      switch unsafe scratch.missed.answers[index] {
      case .ids(let start, let count, let new):
        unsafe scratch.ids.append(scratch.missed.ids.base + start, count: count)
        isNew = new
      case .merged(let index):
        let piece = unsafe scratch.missed.merging[index]
        unsafe scratch.ids.append(piece.symbols, count: Int(piece.count))
      case .unknown: preconditionFailure("a missed piece without an answer")
      }
      if isNew {
        let piece = unsafe scratch.missed.pieces[index]
        unsafe scratch.remember(base + piece.start, count: piece.count, key: piece.key, from: first)
      }
      unsafe scratch.missed.ends[index] = scratch.ids.count - end
    }
  }

  /// The symbols of a piece, merged inside of its characters at most.
  private func writeSymbols(_ piece: UnsafePointer<UInt8>, count: Int, scratch: inout Tokenizer.Scratch) {
    scratch.model.symbols.count = 0
    if let characterMerges, count > 3, unsafe piece[count - 1] >= 0x80 {
      let isWritten = unsafe scratch.symbols.write(piece, count: count, to: &scratch.model.symbols, characterMerges)
      if isWritten { return }
      scratch.model.symbols.count = 0
    }
    scratch.model.symbols.reserve(count)
    let table = unsafe symbols.base
    if knowsAllBytes {
      let output = unsafe scratch.model.symbols.base
      for index in 0..<count { unsafe output[index] = table[Int(piece[index])] }
      unsafe output[count - 1] = table[Int(piece[count - 1]) + 256]
      scratch.model.symbols.count = count
      return
    }
    var unknown = UnknownRun(id: model.unknownID, fuses: model.fusesUnknown)
    for index in 0..<count {
      let letter = unsafe Int(piece[index]) + (index == count - 1 ? 256 : 0)
      let symbol = unsafe table[letter]
      if symbol == Self.noSymbol {
        unknown.add(into: &scratch.model.symbols)
      } else {
        unknown.flush(into: &scratch.model.symbols)
        scratch.model.symbols.append(symbol)
      }
    }
    unknown.flush(into: &scratch.model.symbols)
  }
}
