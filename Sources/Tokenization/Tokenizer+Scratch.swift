extension Tokenizer {
  /// What one worker needs to encode: buffers and the words it has seen. Not for two threads at a time.
  ///
  /// A scratch may be used with another tokenizer; it then forgets what it knew.
  ///
  /// `@unchecked Sendable` holds because everything in it is owned by it alone.
  @safe public struct Scratch: ~Copyable, @unchecked Sendable {
    /// The tokenizer whose words are in the cache.
    private(set) var owner: Definition
    var ids = IDBuffer(capacity: 1 << 14)
    var cache: WordCache
    var model: ModelScratch
    var normalized = AlignedText()
    var spare = AlignedText()
    var pieces = PieceList()
    var sentences = SentenceTracker()
    /// Pieces that were found and not yet looked up.
    let batch: UnsafeMutablePointer<PendingPiece>

    init(for owner: Definition, cacheCapacityLimit: Int = WordCache.largestCapacity) {
      self.owner = owner
      unsafe batch = .allocate(capacity: PendingPiece.batchCount)
      cache = WordCache(capacityLimit: cacheCapacityLimit)
      model = ModelScratch(longestTokenByteCount: owner.model.vocabulary.longestByteCount)
    }

    deinit { unsafe batch.deallocate() }

    mutating func prepare(for definition: Definition) {
      ids.count = 0
      guard owner !== definition else { return }
      owner = definition
      cache.removeAll()
      model = ModelScratch(longestTokenByteCount: definition.model.vocabulary.longestByteCount)
    }

    /// Appends the ids of a piece if it is remembered.
    @inline(__always)
    mutating func appendKnown(_ piece: UnsafePointer<UInt8>, count: Int, key: WordCache.Key) -> Bool {
      if count > WordCache.inlineByteCount {
        return count <= WordCache.longestByteCount
          && (unsafe cache.appendLong(piece, count: count, key: key, to: &ids))
      }
      let entry = unsafe WordCache.find(key, in: cache.entries, mask: cache.mask)
      if unsafe entry.pointee.key.high == 0 { return false }
      let found = unsafe entry.pointee.count
      if found <= WordCache.inlineCount {
        ids.reserve(Int(WordCache.inlineCount))
        let output = unsafe ids.base + ids.count
        unsafe (output[0], output[1], output[2]) = entry.pointee.ids
        ids.count += Int(found)
      } else {
        unsafe ids.append(cache.arena.base + Int(entry.pointee.ids.0), count: Int(found))
      }
      return true
    }

    /// Remembers that a piece gave the ids from `first` on.
    mutating func remember(_ piece: UnsafePointer<UInt8>, count: Int, key: WordCache.Key, from first: Int) {
      let idCount = ids.count - first
      if count <= WordCache.inlineByteCount {
        unsafe cache.insert(key, ids.base + first, count: idCount)
      } else if count <= WordCache.longestByteCount {
        unsafe cache.insertLong(piece, count: count, key: key, ids.base + first, idCount: idCount)
      }
    }
  }
}
