internal import CKernels

/// What the model said about words it has seen: a worker's own, bounded, wiped as a whole when full.
///
/// Words of up to 15 bytes are in one table, those of up to 39 in another, both compared as integers. Of longer ones,
/// up to `longestByteCount`, the second table holds two hashes, and the bytes are compared where they are kept. Long
/// words seldom come twice, so they are held from the second time on. A cache never changes ids, so none of this ever
/// shows.
///
/// The tables end at 2^21 slots (64 and 128 MiB), the arenas behind them at 2^24 ids (64 MiB) and 2^24 bytes (16 MiB):
/// a worker's cache takes 272 MiB at most, and no more of it than there are different words.
@safe struct WordCache: ~Copyable {
  static let shortLimit = 1 << 21
  static let longLimit = 1 << 21
  /// Longest word that is remembered.
  static let longestByteCount = 255
  private static let largestArena = 1 << 24
  private static let largestText = 1 << 24

  var short: WordTable<ShortWord>
  private(set) var long: WordTable<LongWord>
  /// Whether all ids are below 65,536.
  let isNarrow: Bool
  /// Ids of words that have more than a slot holds.
  private(set) var arena = IDBuffer(capacity: 64)
  /// Words that are longer than a slot holds.
  private var text: [UInt8] = []
  /// One bit for each value of the top of the hash: whether a long word has had it.
  private var seen: [UInt64]
  private let seenShift: UInt64
  /// What finds words and their ids; nil where this processor has none, or the plain way is asked for.
  let kernels: UnsafePointer<palimpsest_word_kernels>?

  /// - Parameters:
  ///   - idLimit: no id is as large as this.
  ///   - capacityLimit: slots that the tables may grow to, a power of two, at least 2.
  ///   - usesKernels: whether kernels may be used, where this processor has them.
  init(idLimit: Int, capacityLimit: Int = shortLimit, usesKernels: Bool = true) {
    unsafe kernels = usesKernels ? palimpsest_words() : nil
    isNarrow = idLimit <= 1 << 16
    short = WordTable(capacity: 1 << 13, capacityLimit: capacityLimit)
    long = WordTable(capacity: 1 << 10, capacityLimit: min(capacityLimit, Self.longLimit))
    let bitCount = max(64, capacityLimit)
    seen = [UInt64](repeating: 0, count: bitCount >> 6)
    seenShift = UInt64(64 - bitCount.trailingZeroBitCount)
  }

  /// The key of a word, which is not empty. `available` bytes may be read from `word` on.
  @inline(__always)
  static func key(of word: UnsafePointer<UInt8>, count: Int, available: Int) -> WordKey {
    if count > WordKey.inlineByteCount { return unsafe longKey(of: word, count: count) }
    return unsafe available >= 16 ? WordKey(short: word, count: count) : lastKey(of: word, count: count)
  }

  /// Where short words have their slots, for as long as nothing is inserted: a loop that finds words keeps it at hand.
  @safe struct SlotPlaces {
    fileprivate let slots: UnsafeMutablePointer<ShortWord>
    fileprivate let shift: UInt64
    fileprivate let kernels: UnsafePointer<palimpsest_word_kernels>?

    /// Writes the words between `starts` and `ends`, a bit each, and has their slots on the way. No words are empty;
    /// from every start 16 bytes may be read. What was written is gone from the masks.
    ///
    /// - Returns: the number of words.
    @inline(__always)
    func find(
      _ text: UnsafePointer<UInt8>, _ starts: inout UInt64, _ ends: inout UInt64, offset: Int,
      to words: UnsafeMutablePointer<PendingPiece>, _ cache: borrowing WordCache
    ) -> Int {
      var count = 0
      while ends != 0 {
        if let kernels = unsafe kernels {
          unsafe count &+= Int(
            kernels.pointee.find(
              text, &starts, &ends, Int64(offset), slots, shift,
              UnsafeMutableRawPointer(words + count).assumingMemoryBound(to: palimpsest_word.self)))
          // Only a long word is left to do here.
          if ends == 0 { break }
        }
        let start = starts.trailingZeroBitCount
        let end = ends.trailingZeroBitCount
        starts &= starts &- 1
        ends &= ends &- 1
        unsafe words[count] = pending(text + start, count: end &- start, offset: offset &+ start, cache)
        count &+= 1
      }
      return count
    }

    @inline(__always)
    private func pending(
      _ word: UnsafePointer<UInt8>, count: Int, offset: Int, _ cache: borrowing WordCache
    ) -> PendingPiece {
      if count > WordKey.inlineByteCount {
        let key = unsafe WordCache.longKey(of: word, count: count)
        return PendingPiece(key: key, hash: cache.prefetch(key), start: offset)
      }
      let key = unsafe WordKey(short: word, count: count)
      let hash = key.hash
      unsafe palimpsest_prefetch(slots + Int(truncatingIfNeeded: hash >> shift))
      return PendingPiece(key: key, hash: hash, start: offset)
    }
  }

  var slotPlaces: SlotPlaces { unsafe SlotPlaces(slots: short.slots, shift: short.shift, kernels: kernels) }

  @inline(never)
  private static func longKey(of word: UnsafePointer<UInt8>, count: Int) -> WordKey {
    let isHeld = count <= LongWordKey.inlineByteCount
    if isHeld { return unsafe WordKey(long: count, hash: LongWordKey(word, count: count).hash) }
    return WordKey(
      long: count, hash: count <= longestByteCount ? unsafe LongWordKey(hashing: word, count: count).hash : 0)
  }

  /// The key of a short word at the end of what may be read.
  @inline(never)
  private static func lastKey(of word: UnsafePointer<UInt8>, count: Int) -> WordKey {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { copy in
      unsafe copy.initialize(repeating: 0)
      for index in 0..<count { unsafe copy[index] = word[index] }
      guard let base = copy.baseAddress else { return WordKey(low: 0, high: 0) }
      return unsafe WordKey(short: base, count: count)
    }
  }

  /// Has the line of a word on its way before it is asked for, and returns the hash that finds it.
  @inline(__always)
  func prefetch(_ key: WordKey) -> UInt64 {
    if key.isLong {
      long.prefetch(key.low)
      return key.low
    }
    let hash = key.hash
    short.prefetch(hash)
    return hash
  }

  /// Appends the ids of a word if it is known; otherwise returns false.
  func append(_ word: UnsafePointer<UInt8>, _ key: WordKey, to ids: inout IDBuffer) -> Bool {
    if isNarrow { return unsafe append(word, key, to: &ids, as: NarrowIDs.self) }
    return unsafe append(word, key, to: &ids, as: WideIDs.self)
  }

  @inline(__always)
  private func append<IDs: IDLayout>(
    _ word: UnsafePointer<UInt8>, _ key: WordKey, to ids: inout IDBuffer, as layout: IDs.Type
  ) -> Bool {
    ids.reserve(IDs.room)
    let output = unsafe ids.base + ids.count
    if !key.isLong {
      let slot = unsafe short.find(ShortWord(key: key))
      if unsafe slot.pointee.isEmpty { return false }
      let count = unsafe IDs.count(slot.pointee.ids)
      if count > IDs.shortCount {
        unsafe appendKept(slot.pointee.ids.0, to: &ids)
      } else {
        unsafe IDs.copyShort(ShortWord.ids(of: slot), to: output)
        ids.count += count
      }
      return true
    }
    guard let longKey = unsafe Self.longKey(word, key) else { return false }
    let slot = unsafe long.find(LongWord(key: longKey))
    if unsafe slot.pointee.isEmpty { return false }
    if key.count > LongWordKey.inlineByteCount {
      guard unsafe isKept(word, key.count, at: Int(slot.pointee.ids.1)) else { return false }
      unsafe appendKept(slot.pointee.ids.0, to: &ids)
      return true
    }
    let count = unsafe IDs.count(slot.pointee.ids)
    if count > IDs.longCount {
      unsafe appendKept(slot.pointee.ids.0, to: &ids)
    } else {
      unsafe IDs.copyLong(LongWord.ids(of: slot), to: output)
      ids.count += count
    }
    return true
  }

  /// Appends the ids of all words whose slots hold them, without gaps, and lists the others.
  ///
  /// There must be room for `IDs.room` ids a word.
  ///
  /// - Returns: the number of the others.
  @inline(__always)
  func appendKnown<IDs: IDLayout>(
    _ words: UnsafePointer<PendingPiece>, count: Int, to ids: inout IDBuffer,
    missed: UnsafeMutablePointer<palimpsest_missed>, as layout: IDs.Type
  ) -> Int {
    let output = unsafe ids.base + ids.count
    if let kernels = unsafe kernels {
      var missedCount: Int32 = 0
      let words = unsafe UnsafeRawPointer(words).assumingMemoryBound(to: palimpsest_word.self)
      unsafe ids.count += Int(
        IDs.append(kernels)(
          words, Int32(truncatingIfNeeded: count), short.slots, short.shift, output, missed, &missedCount))
      return Int(missedCount)
    }
    let mask = short.capacity &- 1
    var (written, missedCount) = (0, 0)
    for index in 0..<count {
      let key = unsafe words[index].key
      var place = unsafe Int(truncatingIfNeeded: words[index].hash >> short.shift)
      while unsafe short.slots[place].key != key, unsafe !short.slots[place].isEmpty { place = (place &+ 1) & mask }
      let slot = unsafe short.slots + place
      let idCount = unsafe slot.pointee.isEmpty ? Int.max : IDs.count(slot.pointee.ids)
      if idCount > IDs.shortCount {
        unsafe missed[missedCount] = palimpsest_missed(
          word: Int32(truncatingIfNeeded: index), ids_before: Int32(truncatingIfNeeded: written))
        missedCount += 1
      } else {
        unsafe IDs.copyShort(ShortWord.ids(of: slot), to: output + written)
        written += idCount
      }
    }
    ids.count += written
    return missedCount
  }

  private static func longKey(_ word: UnsafePointer<UInt8>, _ key: WordKey) -> LongWordKey? {
    let count = key.count
    if count <= LongWordKey.inlineByteCount { return unsafe LongWordKey(word, count: count) }
    return count <= longestByteCount ? unsafe LongWordKey(hashing: word, count: count) : nil
  }

  private func appendKept(_ place: UInt64, to ids: inout IDBuffer) {
    unsafe ids.append(arena.base + Int(place & 0xFFFF_FFFF), count: Int(place >> 32))
  }

  private func isKept(_ word: UnsafePointer<UInt8>, _ count: Int, at start: Int) -> Bool {
    for index in 0..<count where unsafe text[start + index] != word[index] { return false }
    return true
  }

  /// Remembers the ids of a word.
  mutating func insert(_ word: UnsafePointer<UInt8>, _ key: WordKey, _ ids: UnsafePointer<UInt32>, count: Int) {
    if isNarrow { return unsafe insert(word, key, ids, count: count, as: NarrowIDs.self) }
    return unsafe insert(word, key, ids, count: count, as: WideIDs.self)
  }

  private mutating func insert<IDs: IDLayout>(
    _ word: UnsafePointer<UInt8>, _ key: WordKey, _ ids: UnsafePointer<UInt32>, count: Int, as layout: IDs.Type
  ) {
    if arena.count > Self.largestArena || text.count > Self.largestText { removeAll() }
    if !key.isLong {
      return unsafe short.insert(ShortWord(key: key, ids: IDs.pack(ids, count: count, arena: &arena)))
    }
    guard let longKey = unsafe Self.longKey(word, key), !isFirst(longKey.hash) else { return }
    var slot = LongWord(key: longKey)
    if key.count <= LongWordKey.inlineByteCount {
      unsafe slot.ids = IDs.packLong(ids, count: count, arena: &arena)
    } else {
      unsafe slot.ids = (arena.keep(ids, count: count), UInt64(text.count), 0)
      unsafe text.append(contentsOf: UnsafeBufferPointer(start: word, count: key.count))
    }
    long.insert(slot)
  }

  /// Whether no word has had this hash, or one that is taken for it.
  private mutating func isFirst(_ hash: UInt64) -> Bool {
    let index = Int(truncatingIfNeeded: hash >> seenShift)
    let bit: UInt64 = 1 << UInt64(index & 63)
    defer { seen[index >> 6] |= bit }
    return seen[index >> 6] & bit == 0
  }

  /// Forgets everything and keeps the memory.
  mutating func removeAll() {
    short.removeAll()
    long.removeAll()
    arena.count = 0
    text.removeAll(keepingCapacity: true)
  }
}
