/// BERT in one pass over raw bytes: a chunk between white space is looked up as it stands; only a chunk never seen is
/// normalized, split and given to WordPiece.
///
/// Tab, LF, CR and U+0020 are hard boundaries for cleaning, reordering, case and splitting alike, so the ids of a chunk
/// depend on its own bytes. (VT and FF are not: cleaning deletes them.) Same ids as the composed components.
struct FusedWordPiece: Sendable {
  private let normalizer: BertNormalizer
  private let model: WordPiece
  /// By byte: what an ASCII chunk does with it.
  private let actions: ConstantTable<UInt8>
  /// By byte: what it is after normalization.
  private let outputs: ConstantTable<UInt8>

  private enum Action {
    static let append: UInt8 = 0
    static let drop: UInt8 = 1
    static let isolate: UInt8 = 2
    static let separate: UInt8 = 3
    static let notASCII: UInt8 = 4
  }

  /// Longest chunk of ASCII that takes the short way.
  private static let shortByteCount = 256

  /// Nil where the components are not of this kind.
  init?(normalizer: Normalizer?, preTokenizer: PreTokenizer?, model: Model) {
    guard case .bert(let bert) = normalizer, case .bert = preTokenizer, case .wordPiece(let wordPiece) = model else {
      return nil
    }
    self.normalizer = bert
    self.model = wordPiece
    var actions = [UInt8](repeating: Action.notASCII, count: 256)
    var outputs = [UInt8](repeating: 0, count: 256)
    var spare = AlignedText()
    for byte in UInt8(0)..<128 {
      var text = AlignedText()
      text.append(byte: byte, sourceEnd: 0)
      bert.apply(to: &text, spare: &spare)
      guard let output = text.bytes.first else {
        actions[Int(byte)] = Action.drop
        continue
      }
      let flags = ScalarFlags(of: UInt32(output))
      outputs[Int(byte)] = output
      actions[Int(byte)] =
        flags.contains(.whiteSpace) ? Action.separate : flags.contains(.punctuation) ? Action.isolate : Action.append
    }
    self.actions = ConstantTable(actions)
    self.outputs = ConstantTable(outputs)
  }

  /// Appends the ids of `text[start..<end]`, a segment between added tokens.
  func encode(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, definition: Definition,
    scratch: inout Tokenizer.Scratch
  ) {
    let batch = unsafe scratch.batch
    var offset = start
    while true {
      var batchCount = 0
      while batchCount < PendingPiece.batchCount {
        while offset < end, unsafe Self.isBoundary(text[offset]) { offset += 1 }
        guard offset < end else { break }
        let chunkEnd = unsafe Self.chunkEnd(in: text, from: offset, to: end)
        let key = unsafe WordCache.key(of: text + offset, count: chunkEnd - offset, available: end - offset)
        let hash = scratch.cache.prefetch(key)
        unsafe batch[batchCount] = PendingPiece(key: key, hash: hash, start: offset)
        batchCount += 1
        offset = chunkEnd
      }
      if batchCount == 0 { return }
      for index in 0..<batchCount {
        unsafe encode(batch[index], of: text, definition: definition, scratch: &scratch)
      }
    }
  }

  @inline(__always)
  private func encode(
    _ pending: PendingPiece, of text: UnsafePointer<UInt8>, definition: Definition, scratch: inout Tokenizer.Scratch
  ) {
    if scratch.sentences.startsInside(pending.start, pending.end) {
      return unsafe definition.encodeComposed(text, from: pending.start, to: pending.end, scratch: &scratch)
    }
    let first = scratch.ids.count
    let chunk = unsafe text + pending.start
    let count = pending.end - pending.start
    if unsafe !scratch.appendKnown(chunk, count: count, key: pending.key) {
      if unsafe !tokenizeASCII(chunk, count: count, scratch: &scratch) {
        unsafe definition.encodeComposed(text, from: pending.start, to: pending.end, scratch: &scratch)
      }
      unsafe scratch.remember(chunk, count: count, key: pending.key, from: first)
    }
    scratch.sentences.pieceEnds(at: pending.end, firstToken: first)
  }

  @inline(__always)
  static func isBoundary(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
  }

  /// Where the chunk that covers `start` ends: eight bytes at a time, by the first that is below 0x21.
  @inline(__always)
  static func chunkEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    while offset + 8 <= end {
      let bytes = unsafe UInt64(
        littleEndian: UnsafeRawPointer(text + offset).loadUnaligned(as: UInt64.self))
      let low = (bytes &- 0x2121_2121_2121_2121) & ~bytes & 0x8080_8080_8080_8080
      if low == 0 {
        offset += 8
        continue
      }
      offset += low.trailingZeroBitCount / 8
      if unsafe isBoundary(text[offset]) { return offset }
      offset += 1
    }
    while offset < end, unsafe !isBoundary(text[offset]) { offset += 1 }
    return offset
  }

  /// Normalizes, splits and tokenizes a chunk of ASCII by one table; false, and nothing done, for any other chunk.
  @inline(never)
  private func tokenizeASCII(
    _ chunk: UnsafePointer<UInt8>, count: Int, scratch: inout Tokenizer.Scratch
  ) -> Bool {
    guard count <= Self.shortByteCount else { return false }
    let actions = unsafe self.actions.base
    for index in 0..<count where unsafe actions[Int(chunk[index])] == Action.notASCII { return false }
    let outputs = unsafe self.outputs.base
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.shortByteCount) { buffer in
      guard let word = buffer.baseAddress else { return false }
      var length = 0
      for index in 0..<count {
        let byte = unsafe Int(chunk[index])
        let action = unsafe actions[byte]
        if action == Action.append {
          unsafe word[length] = outputs[byte]
          length += 1
          continue
        }
        if action == Action.drop { continue }
        if length > 0 {
          unsafe model.tokenize(word, count: length, into: &scratch.ids, scratch: &scratch.model)
          length = 0
        }
        if action == Action.isolate {
          unsafe word[0] = outputs[byte]
          unsafe model.tokenize(word, count: 1, into: &scratch.ids, scratch: &scratch.model)
        }
      }
      if length > 0 { unsafe model.tokenize(word, count: length, into: &scratch.ids, scratch: &scratch.model) }
      return true
    }
  }
}
