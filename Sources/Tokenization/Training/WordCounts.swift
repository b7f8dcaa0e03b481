internal import CKernels

/// Distinct words with the number of times each was seen: what a tokenizer is trained on.
///
/// A word is any byte string. Each worker fills a table of its own, and the tables are merged; sums do not depend on
/// who counted what, nor on order.
///
///     slot, 32 bytes   | key: up to 15 bytes, length + 1 in the top byte | count | –     |
///     longer words     | key: hash; length, 0xFF in the top byte         | count | place |   bytes in one arena
///
/// - Cost: one probe a word, of one line of the cache; no allocation but for the growth of the two buffers.
@safe public struct WordCounts: ~Copyable, Sendable {
  struct Key: BitwiseCopyable, Sendable {
    var low: UInt64
    var high: UInt64

    @inline(__always)
    var hash: Int {
      let product = (low ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: high ^ 0xD6E8_FEB8_6659_FD93)
      return Int(truncatingIfNeeded: product.high ^ product.low)
    }

    /// No word has it: the top byte is 0.
    static let none = Key(low: 0, high: 0)
    static let longMark: UInt64 = 0xFF

    @inline(__always)
    var isLong: Bool { high >> 56 == Self.longMark }
  }

  struct Slot: BitwiseCopyable, Sendable {
    var key: Key
    var count: UInt64
    /// Where the bytes of a long word begin in the arena.
    var place: Int

    static let free = Slot(key: .none, count: 0, place: 0)
    var isFree: Bool { key.high == 0 }
  }

  /// A word that was found and is not counted yet.
  ///
  /// `@unchecked Sendable`: the word lies in a text that the table's one user holds until `flush`.
  @safe struct Pending: BitwiseCopyable, @unchecked Sendable {
    var key: Key
    var hash: Int
    var word: UnsafePointer<UInt8>
  }

  /// Longest word that a key holds itself.
  private static let inlineByteCount = 15
  /// Words on their way at once: more lines than this are not in flight.
  private static let pendingCount = 32

  /// The count is a power of two.
  private(set) var slots = PlainBuffer<Slot>(repeating: .free, count: 1 << 10)
  private var longBytes = PlainBuffer<UInt8>()
  private var pending = PlainBuffer<Pending>(capacity: pendingCount)
  /// Number of distinct words.
  public private(set) var count = 0

  public init() {}

  /// Sum of all counts, or nil beyond 64 bits.
  public var total: UInt64? {
    var sum: UInt64 = 0
    for index in 0..<slots.count {
      let (next, overflow) = sum.addingReportingOverflow(slots[index].count)
      if overflow { return nil }
      sum = next
    }
    return sum
  }

  /// Bytes of memory held.
  public var byteCount: Int { slots.byteCount + longBytes.byteCount }

  /// Adds `count` to a word's count; counts stop at the largest 64-bit number.
  public mutating func add(_ word: Span<UInt8>, count: UInt64 = 1) {
    unsafe word.withUnsafeBufferPointer { word in
      guard let base = word.baseAddress else {
        return unsafe add(key: Key(low: 0, high: 1 << 56), nil, count)
      }
      unsafe add(key: Self.key(of: base, count: word.count, available: word.count), base, count)
    }
  }

  /// Counts a word once more, when its cache line has arrived: at the latest in `flush`, and its bytes must last until
  /// then. `available` bytes may be read from `word` on.
  @inline(__always)
  mutating func enqueue(_ word: UnsafePointer<UInt8>, count: Int, available: Int) {
    let key = unsafe Self.key(of: word, count: count, available: available)
    let hash = key.hash
    unsafe palimpsest_prefetch(slots.base + hash & (slots.count - 1))
    unsafe pending.append(Pending(key: key, hash: hash, word: word))
    if pending.count == Self.pendingCount { flush() }
  }

  /// Counts the words that wait.
  mutating func flush() {
    for index in 0..<pending.count {
      let next = pending[index]
      unsafe add(key: next.key, next.word, 1, hash: next.hash)
    }
    pending.removeAll()
  }

  /// Adds all words of another table.
  public mutating func merge(_ other: borrowing WordCounts) {
    // Not slot by slot in order: that would fill this table from one end, in ever longer runs of taken slots.
    let step = 0x9E37_79B1
    for number in 0..<other.slots.count {
      let slot = other.slots[(number &* step) & (other.slots.count - 1)]
      if slot.isFree { continue }
      if slot.key.isLong {
        unsafe add(key: slot.key, other.longBytes.base + slot.place, slot.count)
      } else {
        unsafe add(key: slot.key, nil, slot.count)
      }
    }
  }

  /// Forgets all words; keeps the memory.
  public mutating func removeAll() {
    let slotCount = slots.count
    slots.removeAll()
    slots.append(repeating: .free, count: slotCount)
    longBytes.removeAll()
    count = 0
  }

  @inline(__always)
  private mutating func add(key: Key, _ word: UnsafePointer<UInt8>?, _ added: UInt64) {
    unsafe add(key: key, word, added, hash: key.hash)
  }

  /// `word` holds the bytes of a long word; those of others are in the key.
  @inline(__always)
  private mutating func add(key: Key, _ word: UnsafePointer<UInt8>?, _ added: UInt64, hash: Int) {
    var index = hash & (slots.count - 1)
    while true {
      let slot = slots[index]
      if slot.isFree { break }
      if slot.key.low == key.low, slot.key.high == key.high, unsafe !key.isLong || isEqual(slot, word) {
        let (sum, overflow) = slot.count.addingReportingOverflow(added)
        slots[index].count = overflow ? .max : sum
        return
      }
      index = (index + 1) & (slots.count - 1)
    }
    unsafe insert(key, word, added, at: index)
  }

  @inline(never)
  private mutating func insert(_ key: Key, _ word: UnsafePointer<UInt8>?, _ added: UInt64, at index: Int) {
    slots[index] = Slot(key: key, count: added, place: longBytes.count)
    if key.isLong { unsafe longBytes.append(contentsOf: UnsafeBufferPointer(start: word, count: key.longByteCount)) }
    count += 1
    if count * 4 > slots.count * 3 { grow() }
  }

  private func isEqual(_ slot: Slot, _ word: UnsafePointer<UInt8>?) -> Bool {
    guard let word = unsafe word else { return false }
    let held = unsafe longBytes.base + slot.place
    let byteCount = slot.key.longByteCount
    var offset = 0
    // The last eight bytes overlap those before.
    while offset < byteCount {
      let at = min(offset, byteCount - 8)
      if unsafe load64(held, at) != load64(word, at) { return false }
      offset += 8
    }
    return true
  }

  private mutating func grow() {
    var old = PlainBuffer<Slot>(repeating: .free, count: slots.count * 2)
    swap(&old, &slots)
    for number in 0..<old.count where !old[number].isFree {
      var index = old[number].key.hash & (slots.count - 1)
      while !slots[index].isFree { index = (index + 1) & (slots.count - 1) }
      slots[index] = old[number]
    }
  }
}

extension WordCounts {
  /// The key of a word; `available` bytes may be read from `word` on.
  @inline(__always)
  private static func key(of word: UnsafePointer<UInt8>, count: Int, available: Int) -> Key {
    guard count <= inlineByteCount else { return unsafe longKey(of: word, count: count) }
    let low: UInt64
    let high: UInt64
    if available >= 16 {
      (low, high) = unsafe (load64(word, 0), load64(word, 8))
    } else {
      var parts: (UInt64, UInt64) = (0, 0)
      for index in 0..<min(count, 8) { unsafe parts.0 |= UInt64(word[index]) << UInt64(index * 8) }
      for index in 8..<max(8, count) { unsafe parts.1 |= UInt64(word[index]) << UInt64((index - 8) * 8) }
      (low, high) = parts
    }
    let lowMask: UInt64 = count >= 8 ? .max : (1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1
    let highMask: UInt64 = count > 8 ? (1 &<< UInt64(truncatingIfNeeded: (count &- 8) &* 8)) &- 1 : 0
    return Key(low: low & lowMask, high: high & highMask | UInt64(truncatingIfNeeded: count &+ 1) &<< 56)
  }

  /// A hash by folded multiplication, eight bytes a round, and the length. It places words and orders nothing.
  private static func longKey(of word: UnsafePointer<UInt8>, count: Int) -> Key {
    var hash = UInt64(truncatingIfNeeded: count) ^ 0x9E37_79B9_7F4A_7C15
    var offset = 0
    while offset < count {
      let product = unsafe (hash ^ load64(word, min(offset, count - 8))).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      hash = product.high ^ product.low
      offset += 8
    }
    return Key(low: hash, high: Key.longMark << 56 | UInt64(truncatingIfNeeded: count))
  }

  /// Lends the bytes of a slot's word.
  @inline(__always)
  func withWord<Result, Failure: Error>(
    of slot: Slot, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if slot.key.isLong {
      return try unsafe body(UnsafeBufferPointer(start: longBytes.base + slot.place, count: slot.key.longByteCount))
    }
    var bytes = (slot.key.low.littleEndian, slot.key.high.littleEndian)
    return try unsafe withUnsafeBytes(of: &bytes) { raw throws(Failure) in
      try unsafe body(
        UnsafeBufferPointer(rebasing: raw.assumingMemoryBound(to: UInt8.self)[..<(Int(slot.key.high >> 56) - 1)]))
    }
  }
}

extension WordCounts.Key {
  fileprivate var longByteCount: Int { Int(high & 0x00FF_FFFF_FFFF_FFFF) }
}

/// The eight bytes at `offset` as one number, the first byte lowest.
@inline(__always)
private func load64(_ bytes: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
  unsafe UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
}
