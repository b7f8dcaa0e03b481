public import Blocks

/// Counts the words of texts as the tokenizer to be trained will cut them.
///
/// Each document is one sequence, normalized and split as the written `tokenizer.json` says; text that looks like a
/// special token is text. One counter serves all workers, each with its own counts and scratch:
///
///     counter.count(block, into: &chunks, scratch: &scratch)       block after block
///     let words = counter.words(of: chunks, scratch: &scratch)     once, at the end
///
/// - Cost: one table probe a piece; for `wordpiece` one a chunk between white space, and normalization only once for
///   each distinct chunk.
public struct PreTokenCounter: Sendable {
  /// The buffers of one worker.
  public struct Scratch: ~Copyable, Sendable {
    fileprivate var normalized = AlignedText()
    fileprivate var spare = AlignedText()
    fileprivate var pieces = PieceList()
    fileprivate var word: [UInt8] = []

    public init() {}
  }

  private enum Method: Sendable {
    case bert(BertNormalizer)
    case byteLevel
    case metaspace
  }

  private let method: Method
  private let normalization: NormalizationForm?
  private let addsPrefixSpace: Bool

  /// - Throws: `training.invalid-setting`, as `trainTokenizer` would with these settings.
  public init(_ settings: TrainerSettings) throws(Diagnostic) {
    try settings.check()
    normalization = settings.model == .wordpiece ? nil : settings.normalization?.form
    addsPrefixSpace = settings.addPrefixSpace
    switch settings.model {
    case .wordpiece:
      method = .bert(
        BertNormalizer(
          cleansText: settings.cleanText, padsIdeographs: settings.handleChineseChars,
          stripsAccents: settings.stripAccents, lowercases: settings.lowercase))
    case .bpe: method = .byteLevel
    case .sentencePieceBPE: method = .metaspace
    }
  }

  /// Adds what the documents of a block hold to `chunks`: words, or what `words(of:scratch:)` makes words of.
  public func count(_ block: borrowing DocumentBlock, into chunks: inout WordCounts, scratch: inout Scratch) {
    unsafe block.bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      for document in block.documents {
        let text = unsafe PieceText(base: base, limit: bytes.count)
        unsafe count(text, document.range, into: &chunks, scratch: &scratch)
      }
    }
  }

  /// The words of what was counted.
  public func words(of chunks: consuming WordCounts, scratch: inout Scratch) -> WordCounts {
    guard case .bert(let normalizer) = method else { return chunks }
    var words = WordCounts()
    for index in 0..<chunks.slots.count where !chunks.slots[index].isFree {
      let slot = chunks.slots[index]
      unsafe chunks.withWord(of: slot) { chunk in
        if unsafe Self.isPrintableASCII(chunk) {
          unsafe Self.addPrintableASCII(
            chunk, slot.count, lowercases: normalizer.lowercases, into: &words, word: &scratch.word)
        } else {
          unsafe Self.addNormalized(chunk, slot.count, normalizer, into: &words, scratch: &scratch)
        }
      }
    }
    return words
  }

  private func count(_ text: PieceText, _ range: Range<Int>, into chunks: inout WordCounts, scratch: inout Scratch) {
    guard let form = normalization,
      unsafe !form.leavesAlone(text.base, from: range.lowerBound, to: range.upperBound)
    else { return unsafe split(text, range, into: &chunks, word: &scratch.word) }
    unsafe scratch.spare.assign(text.base, from: range.lowerBound, to: range.upperBound, aligned: false)
    scratch.normalized.removeAll(aligned: false)
    form.apply(to: scratch.spare, into: &scratch.normalized)
    let bytes = scratch.normalized.bytes
    unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      let text = unsafe PieceText(base: base, limit: bytes.count)
      unsafe split(text, 0..<bytes.count, into: &chunks, word: &scratch.word)
    }
  }

  private func split(_ text: PieceText, _ range: Range<Int>, into chunks: inout WordCounts, word: inout [UInt8]) {
    switch method {
    case .bert: unsafe text.countChunks(range, into: &chunks)
    case .byteLevel: unsafe text.countByteLevel(range, prefix: addsPrefixSpace, into: &chunks, word: &word)
    case .metaspace: unsafe text.countMetaspace(range, prefix: addsPrefixSpace, into: &chunks, word: &word)
    }
    chunks.flush()
  }
}

extension PreTokenCounter {
  /// A chunk through BERT's normalizer and splitter.
  private static func addNormalized(
    _ chunk: UnsafeBufferPointer<UInt8>, _ count: UInt64, _ normalizer: BertNormalizer, into words: inout WordCounts,
    scratch: inout Scratch
  ) {
    guard let base = chunk.baseAddress else { return }
    unsafe scratch.normalized.assign(base, from: 0, to: chunk.count, aligned: false)
    normalizer.apply(to: &scratch.normalized, spare: &scratch.spare)
    scratch.pieces.assign(scratch.normalized, 0..<scratch.normalized.count)
    PreTokenizer.bert.apply(to: &scratch.pieces)
    for range in scratch.pieces.ranges {
      words.add(scratch.pieces.text.bytes.span.extracting(range), count: count)
    }
  }

  private static func isPrintableASCII(_ chunk: UnsafeBufferPointer<UInt8>) -> Bool {
    for index in 0..<chunk.count where unsafe chunk[index] &- 0x21 > 0x7E - 0x21 { return false }
    return true
  }

  /// The short way for a chunk of printable ASCII: letters and digits make words, and all else stands alone.
  private static func addPrintableASCII(
    _ chunk: UnsafeBufferPointer<UInt8>, _ count: UInt64, lowercases: Bool, into words: inout WordCounts,
    word: inout [UInt8]
  ) {
    word.removeAll(keepingCapacity: true)
    var start = 0
    for index in 0..<chunk.count {
      let byte = unsafe chunk[index]
      let isLetter = (byte | 0x20) &- 0x61 < 26
      word.append(isLetter && lowercases ? byte | 0x20 : byte)
      if isLetter || byte &- 0x30 < 10 { continue }
      if start < index { words.add(word.span.extracting(start..<index), count: count) }
      words.add(word.span.extracting(index..<index + 1), count: count)
      start = index + 1
    }
    if start < word.count { words.add(word.span.extracting(start..<word.count), count: count) }
  }
}
