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
    /// What the characters of a BERT tokenizer become.
    var characters = BertCharacters()
    /// What the characters of a byte-level tokenizer merge to.
    var symbols = CharacterSymbols()
    /// The word that is being put together from characters.
    var word = ByteBuffer()
    /// Pieces that were found and not yet looked up.
    let batch: UnsafeMutablePointer<PendingPiece>
    /// Those that their slots did not answer.
    var missed = MissedPieces()

    /// Addresses of the block that is being encoded: behind one of its texts the next may be read.
    private var lent: Range<UInt> = 0..<0
    /// Where the last bytes of a text are read, with nothing behind them.
    private let tail: UnsafeMutablePointer<UInt8>
    private let cacheCapacityLimit: Int
    /// Whether kernels may be used, where this processor has them; ids never differ.
    let usesKernels: Bool

    init(for owner: Definition, cacheCapacityLimit: Int = WordCache.shortLimit, usesKernels: Bool = true) {
      self.owner = owner
      self.usesKernels = usesKernels
      self.cacheCapacityLimit = cacheCapacityLimit
      unsafe batch = .allocate(capacity: PendingPiece.batchCount)
      unsafe tail = .allocate(capacity: ByteWindow.readableByteCount)
      cache = WordCache(
        idLimit: owner.vocabularySize, capacityLimit: cacheCapacityLimit, usesKernels: usesKernels)
      model = ModelScratch(
        longestTokenByteCount: owner.model.vocabulary.longestByteCount, usesKernels: usesKernels)
    }

    deinit {
      unsafe batch.deallocate()
      unsafe tail.deallocate()
    }

    /// Says which memory may be read while `body` runs.
    mutating func lend(_ buffer: UnsafeBufferPointer<UInt8>, _ body: (inout Scratch) -> Void) {
      let start = UInt(bitPattern: buffer.baseAddress)
      lent = start..<start + UInt(buffer.count)
      body(&self)
      lent = 0..<0
    }

    mutating func prepare(for definition: Definition) {
      ids.count = 0
      guard owner !== definition else { return }
      owner = definition
      characters = BertCharacters()
      symbols = CharacterSymbols()
      cache = WordCache(
        idLimit: definition.vocabularySize, capacityLimit: cacheCapacityLimit, usesKernels: usesKernels)
      model = ModelScratch(
        longestTokenByteCount: definition.model.vocabulary.longestByteCount, usesKernels: usesKernels)
    }

    /// The rest of a text where as many bytes may be read as a window wants; what is behind the text is anything.
    @inline(__always)
    func readable(_ text: UnsafePointer<UInt8>, remaining: Int) -> UnsafePointer<UInt8> {
      if remaining >= ByteWindow.readableByteCount { return unsafe text }
      let address = UInt(bitPattern: text)
      if lent.contains(address), lent.upperBound - address >= UInt(ByteWindow.readableByteCount) {
        return unsafe text
      }
      unsafe tail.update(from: text, count: remaining)
      unsafe (tail + remaining).update(repeating: 0, count: ByteWindow.readableByteCount - remaining)
      return unsafe UnsafePointer(tail)
    }

    /// Appends the ids of a piece if it is remembered.
    @inline(__always)
    mutating func appendKnown(_ piece: UnsafePointer<UInt8>, count: Int, key: WordKey) -> Bool {
      unsafe cache.append(piece, key, to: &ids)
    }

    /// Remembers that a piece gave the ids from `first` on.
    mutating func remember(_ piece: UnsafePointer<UInt8>, count: Int, key: WordKey, from first: Int) {
      unsafe cache.insert(piece, key, ids.base + first, count: ids.count - first)
    }

    /// Appends the ids of a batch of pieces that were found, in order, but for those of missed pieces, if they can
    /// wait.
    ///
    /// - Parameters:
    ///   - encode: appends the ids of all missed pieces, in order, and writes where each one's end.
    @inline(__always)
    mutating func appendBatch<IDs: IDLayout>(
      _ batchCount: Int, as layout: IDs.Type, encode: (inout Scratch) -> Void
    ) {
      ids.reserve(batchCount * IDs.room)
      unsafe missed.append(batch, count: batchCount, to: &ids, cache: cache, as: layout)
      if missed.count >= MissedPieces.wantedCount { appendMissed(encode: encode) }
    }

    /// Puts the ids of missed pieces where they belong. No text is done before.
    @inline(__always)
    mutating func appendMissed(encode: (inout Scratch) -> Void) {
      if missed.count == 0 { return }
      let end = ids.count
      encode(&self)
      missed.spread(in: &ids, from: end)
    }
  }
}
