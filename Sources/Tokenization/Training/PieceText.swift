/// A text in a larger buffer, to be cut into pieces that are counted where they lie.
@unsafe struct PieceText {
  let base: UnsafePointer<UInt8>
  /// Bytes of the buffer, which may be read beyond the text.
  let limit: Int

  /// The chunks between white space as they stand: BERT's words depend on one chunk at a time.
  func countChunks(_ range: Range<Int>, into chunks: inout WordCounts) {
    var start = range.lowerBound
    while start < range.upperBound {
      if unsafe FusedWordPiece.isBoundary(base[start]) {
        start += 1
        continue
      }
      let end = unsafe FusedWordPiece.chunkEnd(in: base, from: start, to: range.upperBound)
      unsafe chunks.enqueue(base + start, count: end - start, available: limit - start)
      start = end
    }
  }

  /// The pieces of GPT-2's pattern, as bytes.
  func countByteLevel(_ range: Range<Int>, prefix: Bool, into words: inout WordCounts, word: inout [UInt8]) {
    guard prefix, !range.isEmpty, unsafe base[range.lowerBound] != 0x20 else {
      return unsafe countByteLevel(range, into: &words)
    }
    word.removeAll(keepingCapacity: true)
    word.append(0x20)
    unsafe word.append(contentsOf: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    unsafe word.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      unsafe PieceText(base: base, limit: bytes.count).countByteLevel(0..<bytes.count, into: &words)
      words.flush()
    }
  }

  private func countByteLevel(_ range: Range<Int>, into words: inout WordCounts) {
    let scanner = GPT2Scanner()
    var start = range.lowerBound
    while start < range.upperBound {
      let wordEnd = unsafe plainWordEnd(from: start, to: range.upperBound)
      let end = unsafe wordEnd ?? scanner.pieceEnd(in: base, from: start, to: range.upperBound)
      unsafe words.enqueue(base + start, count: end - start, available: limit - start)
      start = end
    }
  }

  /// The end of a piece of ASCII letters, with a space before them or none; nil for any other piece.
  ///
  /// Same result as the scanner's, with one branch for up to eight letters instead of one for each.
  @inline(__always)
  private func plainWordEnd(from start: Int, to end: Int) -> Int? {
    let first = unsafe start + (base[start] == 0x20 ? 1 : 0)
    var offset = first
    let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    while offset < end, unsafe offset + 8 <= limit {
      let bytes = unsafe UInt64(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
      let lower = (bytes | ones &* 0x20) & ~highs
      // The high bit of each byte: from `a` on; behind `z`.
      let (fromA, behindZ) = (lower &+ ones &* (0x80 - 0x61), lower &+ ones &* (0x80 - 0x7B))
      let others = ~(fromA & ~behindZ & ~bytes) & highs
      if others == 0 {
        offset += 8
        continue
      }
      offset += others.trailingZeroBitCount / 8
      if offset >= end { break }
      return unsafe offset > first && base[offset] < 0x80 ? offset : nil
    }
    return offset >= end && first < end ? end : nil
  }

  /// The pieces of Metaspace: a cut before every space and every `▁`, which are the same letter; a piece that begins
  /// with one is counted with a space there.
  func countMetaspace(_ range: Range<Int>, prefix: Bool, into words: inout WordCounts, word: inout [UInt8]) {
    var start = range.lowerBound
    while start < range.upperBound {
      let markLength = unsafe markLength(at: start, to: range.upperBound)
      let end = unsafe nextMark(from: start + max(1, markLength), to: range.upperBound)
      if markLength == 1 || markLength == 0 && !(prefix && start == range.lowerBound) {
        unsafe words.enqueue(base + start, count: end - start, available: limit - start)
      } else {
        word.removeAll(keepingCapacity: true)
        word.append(0x20)
        let rest = start + markLength..<end
        unsafe word.append(contentsOf: UnsafeBufferPointer(start: base + rest.lowerBound, count: rest.count))
        words.add(word.span)
      }
      start = end
    }
  }

  /// Bytes of the space or `▁` at `offset`, 0 if there is none.
  @inline(__always)
  private func markLength(at offset: Int, to end: Int) -> Int {
    let byte = unsafe base[offset]
    if byte == 0x20 { return 1 }
    let isMark = unsafe byte == 0xE2 && offset + 3 <= end && base[offset + 1] == 0x96 && base[offset + 2] == 0x81
    return isMark ? 3 : 0
  }

  /// Where the next space or `▁` stands: eight bytes at a time, by the first that is 0x20 or 0xE2.
  private func nextMark(from start: Int, to end: Int) -> Int {
    let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
    var offset = start
    while offset < end {
      if offset + 8 <= end {
        let bytes = unsafe UInt64(
          littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
        let (spaces, marks) = (bytes ^ ones &* 0x20, bytes ^ ones &* 0xE2)
        // The lowest bit set in each is exact, and so is the lower of the two.
        let found = ((spaces &- ones) & ~spaces | (marks &- ones) & ~marks) & highs
        if found == 0 {
          offset += 8
          continue
        }
        offset += found.trailingZeroBitCount / 8
      }
      if unsafe markLength(at: offset, to: end) > 0 { return offset }
      offset += 1
    }
    return end
  }
}
