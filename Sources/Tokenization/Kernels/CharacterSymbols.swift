/// What the bytes of each character merge to by themselves, remembered a page of 128 characters at a time.
///
///     record, 32 bits   | symbol, or where symbols are, 27 bits | several, 1 bit | edges, 4 bits |
@safe struct CharacterSymbols: ~Copyable {
  private static let pageBits: UInt32 = 7
  private static let unknownPage = UInt16.max
  private static let several: UInt32 = 16

  private var index = [UInt16](repeating: unknownPage, count: 0x110000 >> 7)
  private var records: [UInt32] = []
  /// Of characters with several symbols: their number, then the symbols.
  private var lists: [UInt32] = []
  private var links = MergeLinks()

  init() {}

  /// Writes the symbols of a piece, its characters merged as far as they do without looking at their neighbours; false
  /// if the piece is no UTF-8.
  mutating func write(
    _ piece: UnsafePointer<UInt8>, count: Int, to symbols: inout IDBuffer, _ merges: CharacterMerges
  ) -> Bool {
    let table = unsafe merges.symbols.base
    var before: (edges: PartialMerges.Edges, offset: Int, symbolCount: Int) = ([], 0, 0)
    // A character has no more symbols than bytes, so there is room for all from here on.
    symbols.reserve(count)
    let output = unsafe symbols.base
    var offset = 0
    while offset < count {
      let (scalar, byteCount) = unsafe decodeScalar(piece, at: offset, end: count)
      guard unsafe isWellFormed(piece + offset, scalar, byteCount) else { return false }
      let record = record(of: scalar, merges)
      let edges = PartialMerges.Edges(rawValue: record & 15)
      let start = symbols.count
      if PartialMerges.Edges.mayTear(before.edges, edges) {
        // Both characters stay bytes.
        symbols.count = before.symbolCount
        for index in before.offset..<offset + byteCount { unsafe symbols.append(table[Int(piece[index])]) }
        before = (edges, offset, symbols.count - byteCount)
      } else {
        let content = Int(record >> 5)
        if record & Self.several == 0 {
          unsafe output[start] = UInt32(truncatingIfNeeded: content)
          symbols.count = start &+ 1
        } else {
          for index in content + 1...content + Int(lists[content]) { symbols.append(lists[index]) }
        }
        before = (edges, offset, start)
      }
      offset += byteCount
    }
    return true
  }

  @inline(__always)
  private mutating func record(of scalar: UInt32, _ merges: CharacterMerges) -> UInt32 {
    var page = index[Int(scalar >> Self.pageBits)]
    if page == Self.unknownPage {
      page = UInt16(truncatingIfNeeded: records.count >> Int(Self.pageBits))
      index[Int(scalar >> Self.pageBits)] = page
      let first = scalar & ~127
      for member in first..<first + 128 { records.append(makeRecord(member, merges)) }
    }
    return records[Int(UInt32(page) << Self.pageBits | scalar & 127)]
  }

  private mutating func makeRecord(_ scalar: UInt32, _ merges: CharacterMerges) -> UInt32 {
    var bytes: [UInt8] = []
    encodeScalar(scalar) { bytes.append($0) }
    var symbols = IDBuffer(capacity: PairRanks.shortCount)
    for byte in bytes { symbols.append(merges.symbols[Int(byte)]) }
    if bytes.count > 1 {
      unsafe symbols.count = merges.ranks.apply(to: symbols.base, count: symbols.count, links: links)
    }
    let edges = merges.partial.edges(of: scalar, bytes).rawValue
    if symbols.count == 1 { return unsafe symbols.base[0] << 5 | edges }
    let start = UInt32(truncatingIfNeeded: lists.count)
    lists.append(UInt32(truncatingIfNeeded: symbols.count))
    symbols.append(to: &lists)
    return start << 5 | Self.several | edges
  }
}

/// What `CharacterSymbols` merges by: one object, so that a piece counts one reference.
final class CharacterMerges: Sendable {
  let ranks: PairRanks
  let partial: PartialMerges
  /// By byte: its symbol.
  let symbols: ConstantTable<UInt32>

  init(_ ranks: PairRanks, _ partial: PartialMerges, symbols: ConstantTable<UInt32>) {
    self.ranks = ranks
    self.partial = partial
    self.symbols = symbols
  }
}
