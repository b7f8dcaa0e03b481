public import Blocks

/// Counts the words of texts as the tokenizer to be trained will cut them.
///
/// Each document is one sequence, normalized and split as the written `tokenizer.json` says; text that looks like a
/// special token is text. One counter serves all workers, each with its own counts and scratch.
///
/// - Cost: `bpe` one table probe a piece; `wordpiece` one a chunk between white space, and normalization only once for
///   each distinct chunk of a block.
public struct PreTokenCounter: Sendable {
  /// The buffers of one worker.
  public struct Scratch: ~Copyable, Sendable {
    fileprivate var chunks = WordCounts()
    fileprivate var normalized = AlignedText()
    fileprivate var spare = AlignedText()
    fileprivate var pieces = PieceList()
    fileprivate var prefixed: [UInt8] = []
    fileprivate var word: [UInt8] = []

    public init() {}
  }

  private enum Method: Sendable {
    case bert(BertNormalizer)
    case byteLevel(addsPrefixSpace: Bool)
  }

  private let method: Method

  /// - Throws: `training.invalid-setting`, as `trainTokenizer` would with these settings.
  public init(_ settings: TrainerSettings) throws(Diagnostic) {
    try settings.check()
    switch settings.model {
    case .wordpiece:
      method = .bert(BertNormalizer(stripsAccents: settings.stripAccents, lowercases: settings.lowercase))
    case .bpe: method = .byteLevel(addsPrefixSpace: settings.addPrefixSpace)
    }
  }

  /// Adds the words of a block's documents to `counts`.
  public func count(_ block: borrowing DocumentBlock, into counts: inout WordCounts, scratch: inout Scratch) {
    for document in block.documents {
      let text = block.bytes.span.extracting(document.range)
      switch method {
      case .bert: unsafe text.withUnsafeBufferPointer { unsafe Self.countChunks($0, into: &scratch.chunks) }
      case .byteLevel(false): unsafe text.withUnsafeBufferPointer { unsafe Self.countPieces($0, into: &counts) }
      case .byteLevel(true): Self.countPrefixedPieces(text, into: &counts, prefixed: &scratch.prefixed)
      }
    }
    if case .bert(let normalizer) = method {
      Self.countWords(with: normalizer, into: &counts, scratch: &scratch)
      scratch.chunks.removeAll()
    }
  }

  /// The pieces of GPT-2's pattern, as bytes.
  private static func countPieces(_ text: UnsafeBufferPointer<UInt8>, into counts: inout WordCounts) {
    guard let base = text.baseAddress else { return }
    let scanner = GPT2Scanner()
    var start = 0
    while start < text.count {
      let end = unsafe scanner.pieceEnd(in: base, from: start, to: text.count)
      unsafe counts.add(UnsafeBufferPointer(start: base + start, count: end - start))
      start = end
    }
  }

  private static func countPrefixedPieces(
    _ text: Span<UInt8>, into counts: inout WordCounts, prefixed: inout [UInt8]
  ) {
    guard text.count > 0 else { return }
    prefixed.removeAll(keepingCapacity: true)
    if text[0] != 0x20 { prefixed.append(0x20) }
    unsafe text.withUnsafeBufferPointer { unsafe prefixed.append(contentsOf: $0) }
    unsafe prefixed.withUnsafeBufferPointer { unsafe countPieces($0, into: &counts) }
  }

  /// The chunks between white space as they stand: BERT's words depend on one chunk at a time.
  private static func countChunks(_ text: UnsafeBufferPointer<UInt8>, into chunks: inout WordCounts) {
    guard let base = text.baseAddress else { return }
    var start = 0
    while start < text.count {
      if unsafe FusedWordPiece.isBoundary(text[start]) {
        start += 1
        continue
      }
      let end = unsafe FusedWordPiece.chunkEnd(in: base, from: start, to: text.count)
      unsafe chunks.add(UnsafeBufferPointer(start: base + start, count: end - start))
      start = end
    }
  }

  /// Normalizes and splits each distinct chunk, and counts its words as often as the chunk was seen.
  private static func countWords(
    with normalizer: BertNormalizer, into counts: inout WordCounts, scratch: inout Scratch
  ) {
    for entry in scratch.chunks.entries {
      if addPrintableASCII(entry, lowercases: normalizer.lowercases, into: &counts, scratch: &scratch) { continue }
      unsafe scratch.chunks.bytes.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        unsafe scratch.normalized.assign(
          base, from: entry.start, to: entry.start + entry.byteCount, aligned: false)
      }
      normalizer.apply(to: &scratch.normalized, spare: &scratch.spare)
      scratch.pieces.assign(scratch.normalized, 0..<scratch.normalized.count)
      PreTokenizer.bert.apply(to: &scratch.pieces)
      for range in scratch.pieces.ranges {
        counts.add(scratch.pieces.text.bytes.span.extracting(range), count: entry.count)
      }
    }
  }

  /// The short way for a chunk of printable ASCII, where letters and digits make words and all else stands alone;
  /// false, and nothing done, for any other chunk.
  private static func addPrintableASCII(
    _ entry: WordCounts.Entry, lowercases: Bool, into counts: inout WordCounts, scratch: inout Scratch
  ) -> Bool {
    let end = entry.start + entry.byteCount
    for index in entry.start..<end where scratch.chunks.bytes[index] &- 0x21 > 0x7E - 0x21 { return false }
    scratch.word.removeAll(keepingCapacity: true)
    func flush() {
      if !scratch.word.isEmpty { counts.add(scratch.word.span, count: entry.count) }
      scratch.word.removeAll(keepingCapacity: true)
    }
    for index in entry.start..<end {
      let byte = scratch.chunks.bytes[index]
      let isLetter = (byte | 0x20) &- 0x61 < 26
      if !isLetter, byte &- 0x30 >= 10 {
        flush()
        scratch.word.append(byte)
        flush()
      } else {
        scratch.word.append(isLetter && lowercases ? byte | 0x20 : byte)
      }
    }
    flush()
    return true
  }
}
