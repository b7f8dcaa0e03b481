/// Byte-pair encoding: a symbol per character, then the listed merges, lowest rank first, leftmost first.
struct BytePairEncoding: Sendable {
  let vocabulary: Vocabulary
  let merges: MergeTable
  let unknownID: UInt32?
  /// Put before every character of a piece but the first.
  let continuingPrefix: [UInt8]
  /// Put behind the last character of a piece.
  let endOfWordSuffix: [UInt8]
  /// One unknown token for a run of unknown characters.
  let fusesUnknown: Bool
  /// By byte: the id of `<0xNN>`; nil where unknown characters are not spelled in bytes.
  let byteFallback: [UInt32?]?
  /// A piece that is in the vocabulary is its own token, whatever the merges say.
  let ignoresMerges: Bool

  /// Appends the ids of one piece.
  func tokenize(
    _ piece: UnsafePointer<UInt8>, count: Int, into ids: inout IDBuffer, scratch: inout ModelScratch
  ) {
    guard count > 0 else { return }
    if ignoresMerges, let id = unsafe vocabulary.id(of: piece, count: count) { return ids.append(id) }
    scratch.symbols.count = 0
    var unknown = UnknownRun(id: unknownID, fuses: fusesUnknown)
    var offset = 0
    while offset < count {
      let byteCount = unsafe decodeScalar(piece, at: offset, end: count).byteCount
      let isFirst = offset == 0
      let isLast = offset + byteCount == count
      let character = unsafe piece + offset
      offset += byteCount
      if let id = unsafe symbol(character, byteCount, isFirst: isFirst, isLast: isLast) {
        unknown.flush(into: &scratch.symbols)
        scratch.symbols.append(id)
      } else if unsafe !spellInBytes(character, byteCount, isFirst: isFirst, isLast: isLast, &scratch.symbols) {
        unknown.add(into: &scratch.symbols)
      }
    }
    unknown.flush(into: &scratch.symbols)
    merges.apply(to: &scratch.symbols, scratch: &scratch.merging)
    unsafe ids.append(scratch.symbols.base, count: scratch.symbols.count)
  }

  private func symbol(
    _ character: UnsafePointer<UInt8>, _ byteCount: Int, isFirst: Bool, isLast: Bool
  ) -> UInt32? {
    if (isFirst || continuingPrefix.isEmpty) && (!isLast || endOfWordSuffix.isEmpty) {
      return unsafe vocabulary.id(of: character, count: byteCount)
    }
    return unsafe vocabulary.id(of: spelling(character, byteCount, isFirst: isFirst, isLast: isLast))
  }

  private func spelling(
    _ character: UnsafePointer<UInt8>, _ byteCount: Int, isFirst: Bool, isLast: Bool
  ) -> [UInt8] {
    var text = isFirst ? [] : continuingPrefix
    unsafe text.append(contentsOf: UnsafeBufferPointer(start: character, count: byteCount))
    if isLast { text.append(contentsOf: endOfWordSuffix) }
    return text
  }

  /// Appends the `<0xNN>` of every byte if there are all of them. A pending unknown token is not flushed before: the
  /// reference does not, either.
  private func spellInBytes(
    _ character: UnsafePointer<UInt8>, _ byteCount: Int, isFirst: Bool, isLast: Bool, _ symbols: inout IDBuffer
  ) -> Bool {
    guard let byteFallback else { return false }
    let bytes = unsafe spelling(character, byteCount, isFirst: isFirst, isLast: isLast)
    guard bytes.allSatisfy({ byteFallback[Int($0)] != nil }) else { return false }
    for byte in bytes { if let id = byteFallback[Int(byte)] { symbols.append(id) } }
    return true
  }
}

/// Unknown characters on their way to ids: one token each, or one for a run, or none when there is no unknown token.
struct UnknownRun {
  let id: UInt32?
  let fuses: Bool
  private var isPending = false

  init(id: UInt32?, fuses: Bool) {
    self.id = id
    self.fuses = fuses
  }

  @inline(__always)
  mutating func add(into symbols: inout IDBuffer) {
    guard let id else { return }
    if isPending, !fuses { symbols.append(id) }
    isPending = true
  }

  @inline(__always)
  mutating func flush(into symbols: inout IDBuffer) {
    guard isPending, let id else { return }
    symbols.append(id)
    isPending = false
  }
}
