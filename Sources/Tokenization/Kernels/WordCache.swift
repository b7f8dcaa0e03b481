internal import CKernels

/// What the model said about words it has seen: a worker's own, bounded, wiped as a whole when full.
///
///     entry, 32 bytes   | key: up to 15 bytes, length in the top byte | id, id, id | count |
///     longer words      | key: two hashes, 0xFF on top | bytes at, length, ids at  | count |
///
/// Words of up to 15 bytes are compared as two integers; longer ones by hash and then byte by byte. Up to three ids lie
/// in the entry, more in an arena. A cache never changes ids, so its size and its wipes never show.
@safe struct WordCache: ~Copyable {
  struct Key {
    var low: UInt64
    var high: UInt64

    @inline(__always)
    var hash: UInt64 {
      let product = (low ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: high ^ 0xD6E8_FEB8_6659_FD93)
      return product.high ^ product.low
    }
  }

  struct Entry {
    var key: Key
    var ids: (UInt32, UInt32, UInt32)
    var count: UInt32

    static let empty = Entry(key: Key(low: 0, high: 0), ids: (0, 0, 0), count: 0)
  }

  /// Ids that fit in an entry.
  static let inlineCount: UInt32 = 3
  /// Longest word that a key holds itself.
  static let inlineByteCount = 15
  /// Longest word that is remembered.
  static let longestByteCount = 128
  /// 2^20 entries of 32 bytes.
  static let largestCapacity = 1 << 20
  private static let largestArena = 1 << 22

  private(set) var entries: UnsafeMutablePointer<Entry>
  private(set) var mask: Int
  private(set) var count = 0
  private let capacityLimit: Int
  /// Ids of words that have more than three, and of all long words.
  private(set) var arena = IDBuffer(capacity: 4096)
  private var longWords: [UInt8] = []

  /// - Parameters:
  ///   - capacity: entries to begin with, a power of two.
  ///   - capacityLimit: entries it may grow to, a power of two.
  init(capacity: Int = 1 << 13, capacityLimit: Int = largestCapacity) {
    let capacity = min(capacity, capacityLimit)
    unsafe entries = .allocate(capacity: capacity)
    unsafe entries.initialize(repeating: .empty, count: capacity)
    mask = capacity - 1
    self.capacityLimit = capacityLimit
  }

  deinit { unsafe entries.deallocate() }

  /// The key of a word, which is not empty. `available` bytes may be read from `word` on.
  @inline(__always)
  static func key(of word: UnsafePointer<UInt8>, count: Int, available: Int) -> Key {
    if count <= inlineByteCount { return unsafe shortKey(of: word, count: count, available: available) }
    return unsafe count <= longestByteCount ? longKey(of: word, count: count) : Key(low: 0, high: 0)
  }

  @inline(__always)
  private static func shortKey(of word: UnsafePointer<UInt8>, count: Int, available: Int) -> Key {
    let low: UInt64
    let high: UInt64
    if available >= 16 {
      let raw = unsafe UnsafeRawPointer(word)
      unsafe low = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
      unsafe high = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    } else {
      var parts: (UInt64, UInt64) = (0, 0)
      for index in 0..<min(count, 8) { unsafe parts.0 |= UInt64(word[index]) << UInt64(index * 8) }
      for index in 8..<max(8, count) { unsafe parts.1 |= UInt64(word[index]) << UInt64((index - 8) * 8) }
      (low, high) = parts
    }
    let lowMask: UInt64 = count >= 8 ? .max : (1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1
    let highMask: UInt64 = count > 8 ? (1 &<< UInt64(truncatingIfNeeded: (count &- 8) &* 8)) &- 1 : 0
    return Key(low: low & lowMask, high: high & highMask | UInt64(count) << 56)
  }

  private static func longKey(of word: UnsafePointer<UInt8>, count: Int) -> Key {
    var first: UInt64 = UInt64(count) &* 0x9E37_79B9_7F4A_7C15
    var second: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    let raw = unsafe UnsafeRawPointer(word)
    var offset = 0
    // The last eight bytes overlap those before: every byte counts, and none outside of the word is read.
    while offset < count {
      let part = unsafe raw.loadUnaligned(fromByteOffset: min(offset, count - 8), as: UInt64.self)
      first = (first ^ UInt64(littleEndian: part)) &* 0xFF51_AFD7_ED55_8CCD
      first ^= first >> 32
      second = (second &+ UInt64(littleEndian: part)) &* 0xC4CE_B9FE_1A85_EC53
      second ^= second >> 29
      offset += 8
    }
    return Key(low: first, high: second | 0xFF << 56)
  }

  /// Has the line of an entry on its way before it is asked for.
  @inline(__always)
  func prefetch(_ key: Key) {
    unsafe palimpsest_prefetch(entries + Int(truncatingIfNeeded: key.hash) & mask)
  }

  /// The entry of a short word, or the empty one where it belongs.
  @inline(__always)
  static func find(_ key: Key, in entries: UnsafeMutablePointer<Entry>, mask: Int) -> UnsafeMutablePointer<Entry> {
    var slot = Int(truncatingIfNeeded: key.hash) & mask
    while true {
      let entry = unsafe entries + slot
      let high = unsafe entry.pointee.key.high
      if high == key.high, unsafe entry.pointee.key.low == key.low { return unsafe entry }
      if high == 0 { return unsafe entry }
      slot = (slot + 1) & mask
    }
  }

  /// Appends the ids of a word of 16 to `longestByteCount` bytes if it is known.
  func appendLong(_ word: UnsafePointer<UInt8>, count: Int, key: Key, to ids: inout IDBuffer) -> Bool {
    let entry = unsafe Self.find(key, in: entries, mask: mask)
    guard unsafe entry.pointee.key.high != 0, unsafe holds(word, count, entry) else { return false }
    unsafe ids.append(arena.base + Int(entry.pointee.ids.2), count: Int(entry.pointee.count))
    return true
  }

  private func holds(_ word: UnsafePointer<UInt8>, _ count: Int, _ entry: UnsafeMutablePointer<Entry>) -> Bool {
    guard unsafe Int(entry.pointee.ids.1) == count else { return false }
    let start = unsafe Int(entry.pointee.ids.0)
    for index in 0..<count where unsafe longWords[start + index] != word[index] { return false }
    return true
  }

  /// Remembers the ids of a short word.
  mutating func insert(_ key: Key, _ ids: UnsafePointer<UInt32>, count: Int) {
    makeRoom()
    let entry = unsafe Self.find(key, in: entries, mask: mask)
    guard unsafe entry.pointee.key.high == 0 else { return }
    self.count += 1
    if count <= Int(Self.inlineCount) {
      unsafe entry.pointee = Entry(
        key: key, ids: (count > 0 ? ids[0] : 0, count > 1 ? ids[1] : 0, count > 2 ? ids[2] : 0), count: UInt32(count))
    } else {
      unsafe entry.pointee = Entry(
        key: key, ids: (UInt32(truncatingIfNeeded: arena.count), 0, 0), count: UInt32(truncatingIfNeeded: count))
      unsafe arena.append(ids, count: count)
    }
  }

  /// Remembers the ids of a long word.
  mutating func insertLong(
    _ word: UnsafePointer<UInt8>, count: Int, key: Key, _ ids: UnsafePointer<UInt32>, idCount: Int
  ) {
    makeRoom()
    let entry = unsafe Self.find(key, in: entries, mask: mask)
    guard unsafe entry.pointee.key.high == 0 else { return }
    self.count += 1
    unsafe entry.pointee = Entry(
      key: key,
      ids: (UInt32(truncatingIfNeeded: longWords.count), UInt32(count), UInt32(truncatingIfNeeded: arena.count)),
      count: UInt32(truncatingIfNeeded: idCount))
    unsafe longWords.append(contentsOf: UnsafeBufferPointer(start: word, count: count))
    unsafe arena.append(ids, count: idCount)
  }

  /// Forgets everything and keeps the memory.
  mutating func removeAll() {
    unsafe entries.update(repeating: .empty, count: mask + 1)
    count = 0
    arena.count = 0
    longWords.removeAll(keepingCapacity: true)
  }

  /// Keeps the table at most half full while it may double, then three quarters, and wipes it when that is reached.
  private mutating func makeRoom() {
    if arena.count > Self.largestArena || longWords.count > Self.largestArena { return removeAll() }
    guard (count + 1) * 2 > mask + 1 else { return }
    guard mask + 1 < capacityLimit else {
      if (count + 1) * 4 > (mask + 1) * 3 { removeAll() }
      return
    }
    let old = unsafe entries
    let oldCapacity = mask + 1
    let capacity = oldCapacity * 2
    unsafe entries = .allocate(capacity: capacity)
    unsafe entries.initialize(repeating: .empty, count: capacity)
    mask = capacity - 1
    for index in 0..<oldCapacity where unsafe old[index].key.high != 0 {
      unsafe Self.find(old[index].key, in: entries, mask: mask).pointee = old[index]
    }
    unsafe old.deallocate()
  }
}
