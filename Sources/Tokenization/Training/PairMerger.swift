internal import Blocks

/// Learns a vocabulary by merging the most frequent pair of neighbours, again and again.
///
/// Same result as Hugging Face's `BpeTrainer`: the highest count wins, among equals the smallest (left id, right id).
/// Counts have 64 bits (theirs 32). One merge touches only the words in which the pair stands, and the counts only of
/// the pairs beside it: once for each distinct neighbour, not for each occurrence.
///
/// - Source: Sennrich, Haddow, Birch 2016 (arXiv:1508.07909), algorithm 1; tie-breaks as `tokenizers` 0.23.3.
struct PairMerger: ~Copyable {
  private(set) var vocabulary: TrainingAlphabet
  /// The merges in order of rank.
  private(set) var merges: [SymbolPair] = []

  private let settings: TrainerSettings
  private let prefix: [UInt8]
  private let leastCount: Int64
  private var words: TrainingWords
  private var pairs = PairTable()
  /// The segments of every pair, a slice each; see `PairTable`.
  private var arena = PlainBuffer<UInt32>()
  /// Length at which the arena is rid of slices that nobody needs any more.
  private var arenaLimit = 0
  private var queue = MergeQueue()
  private var left = NeighbourTally()
  private var right = NeighbourTally()
  /// By id the number of letters it was merged from, for `maxTokenLength`.
  private var lengths: [Int] = []

  /// - Throws: as `TrainingWords`.
  init(
    _ counts: borrowing some CountedWords & ~Copyable, _ alphabet: TrainingAlphabet, _ settings: TrainerSettings,
    memoryLimit: Int
  ) throws(Diagnostic) {
    self.settings = settings
    vocabulary = alphabet
    prefix = Array(settings.continuingSubwordPrefix.utf8)
    leastCount = Int64(clamping: max(1, settings.minFrequency))
    words = try TrainingWords(counts, settings.letters, alphabet, memoryLimit: memoryLimit)
    lengths = Array(repeating: 1, count: alphabet.tokens.count)
    countPairs()
  }

  /// Merges until the vocabulary is full or no pair is frequent enough.
  ///
  /// - Throws: what `progress` throws, to stop.
  mutating func run(progress: TrainingProgress?) throws(Diagnostic) {
    while vocabulary.tokens.count < settings.vocabularySize, let pair = nextPair() {
      merge(pair)
      if let progress, merges.count % 64 == 0 { try progress(vocabulary.tokens.count, settings.vocabularySize) }
    }
    try progress?(vocabulary.tokens.count, settings.vocabularySize)
  }

  private mutating func countPairs() {
    words.forEachPair { pair, segment in
      let slot = pairs.findOrInsert(pair)
      pairs[slot].count += words.segments[Int(segment)].count
      pairs[slot].length += 1
    }
    var end = 0
    for slot in 0..<pairs.slotCount {
      pairs[slot].start = end
      end += pairs[slot].length
      pairs[slot].length = 0
    }
    arena.append(repeating: 0, count: end)
    words.forEachPair { pair, segment in
      guard let slot = pairs.find(pair) else { return }
      let next = pairs[slot].start + pairs[slot].length
      if pairs[slot].length > 0, arena[next - 1] == segment { return }
      arena[next] = segment
      pairs[slot].length += 1
    }
    arenaLimit = 2 * arena.count + 1 << 16
    for slot in 0..<pairs.slotCount where pairs.isOccupied(slot) && pairs[slot].count >= leastCount {
      queue.insert(MergeQueue.Entry(count: pairs[slot].count, pair: SymbolPair(key: pairs[slot].key)))
    }
  }

  /// The pair to merge next, or nil when none is frequent enough.
  private mutating func nextPair() -> SymbolPair? {
    while let entry = queue.popFirst() {
      guard let slot = pairs.find(entry.pair) else { continue }
      let count = pairs[slot].count
      if count == entry.count { return entry.pair }
      if count >= leastCount { queue.insert(MergeQueue.Entry(count: count, pair: entry.pair)) }
    }
    return nil
  }

  private mutating func merge(_ pair: SymbolPair) {
    guard let slot = pairs.find(pair) else { return }
    let merged = addToken(for: pair)
    merges.append(pair)
    let slice = pairs[slot].slice
    pairs[slot].count = 0
    pairs[slot].length = 0

    left.grow(to: lengths.count)
    right.grow(to: lengths.count)
    let segments = unsafe UnsafeBufferPointer(start: arena.base + slice.lowerBound, count: slice.count)
    unsafe words.merge(pair, into: merged, in: segments, left: &left, right: &right)
    left.dealSegments(into: &arena)
    right.dealSegments(into: &arena)

    for index in 0..<left.symbols.count where mayJoin(left.symbols[index], merged) {
      let symbol = left.symbols[index]
      add(left.weight(of: symbol), left.slice(of: symbol), to: SymbolPair(symbol, merged))
    }
    for index in 0..<right.symbols.count where mayJoin(right.symbols[index], merged) {
      let symbol = right.symbols[index]
      add(right.weight(of: symbol), right.slice(of: symbol), to: SymbolPair(merged, symbol))
    }
    for index in 0..<left.symbols.count {
      let symbol = left.symbols[index]
      remove(left.weight(of: symbol), from: SymbolPair(symbol, pair.left), unless: pair)
    }
    for index in 0..<right.symbols.count {
      let symbol = right.symbols[index]
      remove(right.weight(of: symbol), from: SymbolPair(pair.right, symbol), unless: pair)
    }
    left.removeAll()
    right.removeAll()
    if arena.count > arenaLimit { compactArena() }
  }

  /// The id of the merged token, whose right half loses its prefix; a token of that text that exists already is reused.
  private mutating func addToken(for pair: SymbolPair) -> UInt32 {
    let (first, second) = (vocabulary.tokens[Int(pair.left)], vocabulary.tokens[Int(pair.right)])
    let merged = vocabulary.add(first + second.dropFirst(second.starts(with: prefix) ? prefix.count : 0))
    let length = lengths[Int(pair.left)] + lengths[Int(pair.right)]
    if Int(merged) == lengths.count { lengths.append(length) } else { lengths[Int(merged)] = length }
    return merged
  }

  private func mayJoin(_ neighbour: UInt32, _ merged: UInt32) -> Bool {
    guard let limit = settings.maxTokenLength else { return true }
    return lengths[Int(neighbour)] + lengths[Int(merged)] < limit
  }

  /// Adds occurrences to a pair. A pair that is new and too rare is left out: counts only fall from here.
  private mutating func add(_ weight: Int64, _ slice: Range<Int>, to pair: SymbolPair) {
    let found = weight < leastCount ? pairs.find(pair) : pairs.findOrInsert(pair)
    guard let slot = found else { return }
    pairs[slot].count += weight
    if pairs[slot].length == 0 {
      pairs[slot].start = slice.lowerBound
      pairs[slot].length = slice.count
    } else {
      // Only where a merge gave a token that existed already: both slices move, in order, to a place of their own.
      let segments = (Array(pairs[slot].slice) + Array(slice)).map { arena[$0] }.sorted()
      pairs[slot].start = arena.count
      pairs[slot].length = segments.count
      for segment in segments { arena.append(segment) }
    }
    if pairs[slot].count >= leastCount { queue.insert(MergeQueue.Entry(count: pairs[slot].count, pair: pair)) }
  }

  /// Takes occurrences from a pair; from the pair that is being merged there is nothing left to take.
  private mutating func remove(_ weight: Int64, from pair: SymbolPair, unless merged: SymbolPair) {
    guard pair != merged, let slot = pairs.find(pair) else { return }
    pairs[slot].count -= weight
  }

  /// Keeps the slices of pairs that still occur, and no others.
  private mutating func compactArena() {
    var kept = PlainBuffer<UInt32>(capacity: arenaLimit)
    for slot in 0..<pairs.slotCount where pairs.isOccupied(slot) {
      let slice = pairs[slot].count > 0 ? pairs[slot].slice : 0..<0
      pairs[slot].start = kept.count
      pairs[slot].length = slice.count
      unsafe kept.append(contentsOf: UnsafeBufferPointer(start: arena.base + slice.lowerBound, count: slice.count))
    }
    swap(&arena, &kept)
    arenaLimit = 2 * arena.count + 1 << 16
  }
}
