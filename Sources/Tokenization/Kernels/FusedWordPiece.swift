internal import CKernels

/// BERT in one pass over raw bytes: a chunk between white space is looked up as it stands; only a chunk never seen is
/// normalized, split and given to WordPiece, character by character.
///
/// Tab, LF, CR and U+0020 are hard boundaries for cleaning, reordering, case and splitting alike, so the ids of a chunk
/// depend on its own bytes. (VT and FF are not: cleaning deletes them.) Same ids as the composed components.
@safe final class FusedWordPiece: Sendable {
  private let normalizer: BertNormalizer
  private let matcher: WordPieceMatcher
  private let planes: palimpsest_byte_planes_kernel
  /// By ASCII byte: 1 if it is a boundary.
  private let boundaries: ConstantTable<UInt8>

  /// Nil where the components are not of this kind.
  init?(normalizer: Normalizer?, preTokenizer: PreTokenizer?, model: Model) {
    guard case .bert(let bert) = normalizer, case .bert = preTokenizer, case .wordPiece(let wordPiece) = model,
      let matcher = WordPieceMatcher(wordPiece)
    else { return nil }
    self.normalizer = bert
    self.matcher = matcher
    unsafe planes = palimpsest_byte_planes()
    boundaries = ConstantTable((UInt8(0)..<128).map { Self.isBoundary($0) ? 1 : 0 })
  }

  /// Appends the ids of `text[start..<end]`, a segment between added tokens.
  func encode(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, definition: Definition,
    scratch: inout Tokenizer.Scratch
  ) {
    if scratch.cache.isNarrow {
      unsafe encode(text, from: start, to: end, definition: definition, scratch: &scratch, as: NarrowIDs.self)
    } else {
      unsafe encode(text, from: start, to: end, definition: definition, scratch: &scratch, as: WideIDs.self)
    }
  }

  @inline(__always)
  private func encode<IDs: IDLayout>(
    _ text: UnsafePointer<UInt8>, from start: Int, to end: Int, definition: Definition,
    scratch: inout Tokenizer.Scratch, as layout: IDs.Type
  ) {
    var offset = start
    while offset < end {
      let count = unsafe find(text, from: &offset, to: end, scratch: &scratch)
      if scratch.sentences.isWaiting {
        scratch.appendMissed { unsafe encodeMissed(of: text, definition: definition, scratch: &$0) }
        for index in 0..<count {
          let chunk = unsafe scratch.batch[index]
          if scratch.sentences.startsInside(chunk.start, chunk.end) {
            unsafe definition.encodeComposed(text, from: chunk.start, to: chunk.end, scratch: &scratch)
          } else {
            let first = scratch.ids.count
            unsafe encode(chunk, of: text, definition: definition, scratch: &scratch)
            scratch.sentences.pieceEnds(at: chunk.end, firstToken: first)
          }
        }
      } else {
        scratch.appendBatch(count, as: layout) { unsafe encodeMissed(of: text, definition: definition, scratch: &$0) }
      }
    }
    scratch.appendMissed { unsafe encodeMissed(of: text, definition: definition, scratch: &$0) }
  }

  @inline(never)
  private func encodeMissed(
    of text: UnsafePointer<UInt8>, definition: Definition, scratch: inout Tokenizer.Scratch
  ) {
    let start = scratch.ids.count
    for index in 0..<scratch.missed.count {
      unsafe encode(scratch.missed.pieces[index], of: text, definition: definition, scratch: &scratch)
      unsafe scratch.missed.ends[index] = scratch.ids.count - start
    }
  }

  /// Fills the batch with the next chunks of a text, 64 bytes at a time, and has their slots on the way.
  @inline(__always)
  private func find(
    _ base: UnsafePointer<UInt8>, from offset: inout Int, to end: Int, scratch: inout Tokenizer.Scratch
  ) -> Int {
    let batch = unsafe scratch.batch
    let slots = scratch.cache.slotPlaces
    var count = 0
    var planes: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    while offset < end, count <= PendingPiece.batchCount - 64 {
      let remaining = end - offset
      let text = unsafe scratch.readable(base + offset, remaining: remaining)
      unsafe withUnsafeMutableBytes(of: &planes) { buffer in
        guard let masks = buffer.baseAddress else { return }
        unsafe self.planes(text, boundaries.base, masks.assumingMemoryBound(to: UInt64.self))
      }
      let inside = ~planes.0 & UInt64.max >> UInt64(truncatingIfNeeded: max(0, 64 - remaining))
      var starts = inside & ~(inside << 1)
      var ends = ~inside & inside << 1
      unsafe count &+= slots.find(text, &starts, &ends, offset: offset, to: batch + count, scratch.cache)
      var next = 64
      if starts != 0 {
        // A chunk that goes on behind the window is looked at again from its start, unless it fills the window.
        next = starts.trailingZeroBitCount
        if next == 0 || remaining <= 64 {
          let start = offset + next
          let chunkEnd = unsafe Self.chunkEnd(in: base, from: start, to: end)
          // Of a short chunk the window has 16 bytes; a long one is read where it stands.
          let key =
            chunkEnd - start <= WordKey.inlineByteCount
            ? unsafe WordKey(short: text + next, count: chunkEnd - start)
            : unsafe WordCache.key(of: base + start, count: chunkEnd - start, available: 0)
          let hash = scratch.cache.prefetch(key)
          unsafe batch[count] = PendingPiece(key: key, hash: hash, start: start)
          count &+= 1
          next = chunkEnd - offset
        }
      }
      offset += min(next, remaining)
    }
    return count
  }

  @inline(never)
  private func encode(
    _ piece: PendingPiece, of text: UnsafePointer<UInt8>, definition: Definition, scratch: inout Tokenizer.Scratch
  ) {
    let chunk = unsafe text + piece.start
    let count = piece.count
    if unsafe scratch.appendKnown(chunk, count: count, key: piece.key) { return }
    let first = scratch.ids.count
    if unsafe !tokenize(chunk, count: count, scratch: &scratch) {
      scratch.ids.count = first
      unsafe definition.encodeComposed(text, from: piece.start, to: piece.end, scratch: &scratch)
    }
    unsafe scratch.remember(chunk, count: count, key: piece.key, from: first)
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

  /// Normalizes, splits and tokenizes a chunk character by character; false if one depends on its neighbours, or if the
  /// chunk is no UTF-8. Then some ids may have been appended.
  private func tokenize(_ chunk: UnsafePointer<UInt8>, count: Int, scratch: inout Tokenizer.Scratch) -> Bool {
    scratch.word.count = 0
    var offset = 0
    while offset < count {
      let byte = unsafe chunk[offset]
      var scalar = UInt32(byte)
      var byteCount = 1
      if byte >= 0x80 {
        (scalar, byteCount) = unsafe decodeScalar(chunk, at: offset, end: count)
        guard unsafe isWellFormed(chunk + offset, scalar, byteCount) else { return false }
      }
      offset &+= byteCount
      let record = scratch.characters.record(of: scalar, normalizer, matcher)
      let action = record & 7
      if action == BertCharacters.Action.append {
        let length = Int(record >> 3 & 31)
        scratch.word.reserve(BertCharacters.longestByteCount + 1)
        if length <= 3 {
          scratch.word.append(packed: record >> 8, count: length)
        } else {
          unsafe scratch.characters.text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return }
            unsafe scratch.word.append(base + Int(record >> 8), count: length)
          }
        }
        continue
      }
      if action == BertCharacters.Action.drop { continue }
      if action == BertCharacters.Action.depend { return false }
      if scratch.word.count > 0 {
        unsafe matcher.tokenize(scratch.word.base, count: scratch.word.count, into: &scratch.ids)
        scratch.word.count = 0
      }
      if action == BertCharacters.Action.isolate { scratch.ids.append(record >> 8) }
    }
    if scratch.word.count > 0 {
      unsafe matcher.tokenize(scratch.word.base, count: scratch.word.count, into: &scratch.ids)
    }
    return true
  }
}
