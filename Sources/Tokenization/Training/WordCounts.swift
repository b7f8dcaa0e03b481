/// Distinct words with the number of times each was seen: what a tokenizer is trained on.
///
/// A word is any byte string. Each worker fills a table of its own, and the tables are merged; sums do not depend on
/// who counted what, nor on order.
///
///     bytes    |the|of|and|…|           one arena, in the order of first sight
///     entries   start byteCount count   one for each word
///     slots     hash tag, entry + 1     open addressing, at most half full
///
/// - Cost: one probe a word; no allocation but for the growth of the three buffers.
public struct WordCounts: ~Copyable, Sendable {
  struct Entry: Sendable {
    var start: Int
    var byteCount: Int
    var count: UInt64
  }

  private(set) var bytes: [UInt8] = []
  private(set) var entries: [Entry] = []
  /// The upper half of the hash, then the number of the entry from 1; 0 where free. The count is a power of two.
  private var slots: [UInt64]

  public init() {
    slots = Array(repeating: 0, count: 1 << 10)
  }

  /// Number of distinct words.
  public var count: Int { entries.count }

  /// Sum of all counts, or nil beyond 64 bits.
  public var total: UInt64? {
    var sum: UInt64 = 0
    for entry in entries {
      let (next, overflow) = sum.addingReportingOverflow(entry.count)
      if overflow { return nil }
      sum = next
    }
    return sum
  }

  /// Bytes of memory held.
  public var byteCount: Int {
    bytes.capacity + entries.capacity * MemoryLayout<Entry>.stride + slots.capacity * MemoryLayout<UInt64>.stride
  }

  /// Adds `count` to a word's count; counts stop at the largest 64-bit number.
  public mutating func add(_ word: Span<UInt8>, count: UInt64 = 1) {
    unsafe word.withUnsafeBufferPointer { word in unsafe add(word, count: count) }
  }

  /// Adds `count` to a word's count; counts stop at the largest 64-bit number.
  public mutating func add(_ word: UnsafeBufferPointer<UInt8>, count: UInt64 = 1) {
    let hash = unsafe Self.hash(word)
    let tag = hash & ~0xFFFF_FFFF
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      if slots[slot] & ~0xFFFF_FFFF == tag {
        let index = Int(slots[slot] & 0xFFFF_FFFF) - 1
        if unsafe isEqual(entries[index], word) {
          let (sum, overflow) = entries[index].count.addingReportingOverflow(count)
          entries[index].count = overflow ? .max : sum
          return
        }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    precondition(entries.count < Int(UInt32.max), "a table holds fewer than 2^32 distinct words")
    entries.append(Entry(start: bytes.count, byteCount: word.count, count: count))
    unsafe bytes.append(contentsOf: word)
    slots[slot] = tag | UInt64(entries.count)
    if entries.count * 2 > slots.count { growSlots() }
  }

  /// Adds all words of another table.
  public mutating func merge(_ other: borrowing WordCounts) {
    other.forEachWord { word, count in add(word, count: count) }
  }

  /// Forgets all words and keeps the buffers.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    for index in slots.indices { slots[index] = 0 }
  }

  /// Calls `body` with every word and its count, in no useful order.
  public func forEachWord(_ body: (Span<UInt8>, UInt64) -> Void) {
    for entry in entries { body(bytes.span.extracting(entry.start..<entry.start + entry.byteCount), entry.count) }
  }

  /// Calls `body` with every word and its count, in the order of the words' bytes.
  public func forEachSorted(_ body: (Span<UInt8>, UInt64) -> Void) {
    let sorted = entries.sorted { left, right in
      bytes[left.start..<left.start + left.byteCount].lexicographicallyPrecedes(
        bytes[right.start..<right.start + right.byteCount])
    }
    for entry in sorted { body(bytes.span.extracting(entry.start..<entry.start + entry.byteCount), entry.count) }
  }

  private func isEqual(_ entry: Entry, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard entry.byteCount == word.count else { return false }
    return unsafe bytes.withUnsafeBytes { bytes in
      let held = unsafe UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.start + entry.byteCount])
      let given = UnsafeRawBufferPointer(word)
      var offset = 0
      while offset + 8 <= given.count {
        if unsafe load64(held, offset) != load64(given, offset) { return false }
        offset += 8
      }
      while offset < given.count {
        if unsafe held[offset] != given[offset] { return false }
        offset += 1
      }
      return true
    }
  }

  private mutating func growSlots() {
    var grown = Array(repeating: 0 as UInt64, count: slots.count * 2)
    for (index, entry) in entries.enumerated() {
      let hash = unsafe bytes.withUnsafeBufferPointer { bytes in
        unsafe Self.hash(UnsafeBufferPointer(rebasing: bytes[entry.start..<entry.start + entry.byteCount]))
      }
      var slot = Int(truncatingIfNeeded: hash) & (grown.count - 1)
      while grown[slot] != 0 { slot = (slot + 1) & (grown.count - 1) }
      grown[slot] = hash & ~0xFFFF_FFFF | UInt64(index + 1)
    }
    slots = grown
  }

  /// A hash by folded multiplication, eight bytes a round. It places words and orders nothing.
  private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let bytes = UnsafeRawBufferPointer(word)
    var hash = UInt64(truncatingIfNeeded: bytes.count) ^ 0x9E37_79B9_7F4A_7C15
    var offset = 0
    while offset + 8 <= bytes.count {
      hash = unsafe fold(hash ^ load64(bytes, offset))
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < bytes.count {
      rest = unsafe rest << 8 | UInt64(bytes[offset])
      offset += 1
    }
    return fold(fold(hash ^ rest))
  }

  @inline(__always)
  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }
}

/// The eight bytes at `offset` as one number; the same word gives the same number only on the same machine.
@inline(__always)
private func load64(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
  unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
}
