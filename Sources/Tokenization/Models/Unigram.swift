/// SentencePiece's unigram model: of all ways to cut a piece into tokens, the one with the highest sum of scores.
///
/// - Source: Kudo 2018 (arXiv:1804.10959); the search is the one over byte positions that SentencePiece calls
///   optimized.
/// - Ties: of equal sums the first that is found stays, from left to right, shorter tokens first; sums are of doubles,
///   from the left.
/// - Unknown: a character that is no token of its own may be the unknown token, at the lowest score less 10. A run of
///   unknown tokens is one text: it is spelled in bytes if the vocabulary has them and that is asked for, else one
///   token.
struct Unigram: Sendable {
  let vocabulary: Vocabulary
  let unknownID: UInt32
  /// By byte: the id of `<0xNN>`; nil where unknown text is not spelled in bytes.
  let byteFallback: [UInt32?]?
  private let trie: TokenTrie
  private let unknownScore: Double

  private static let unknownPenalty = 10.0

  /// - Parameter tokens: the n-th has id n; not empty.
  init(_ tokens: [(token: [UInt8], score: Double)], unknownID: UInt32, fallsBackToBytes: Bool) {
    let vocabulary = Vocabulary(tokens.enumerated().map { ($1.token, UInt32($0)) })
    self.vocabulary = vocabulary
    self.unknownID = unknownID
    byteFallback = fallsBackToBytes ? vocabulary.byteTokens() : nil
    trie = TokenTrie(tokens)
    unknownScore = tokens.reduce(.infinity) { min($0, $1.score) } - Self.unknownPenalty
  }

  /// Appends the ids of one piece.
  func tokenize(
    _ piece: UnsafePointer<UInt8>, count: Int, into ids: inout IDBuffer, scratch: inout ModelScratch
  ) {
    unsafe forEachPart(of: piece, count: count, scratch: &scratch) { part, id in
      if let id { ids.append(id) } else { unsafe appendUnknown(piece + part.lowerBound, count: part.count, into: &ids) }
    }
  }

  /// Appends the ids of one piece, and to `ranges` the part of the piece that each stands for.
  func tokenize(
    _ piece: UnsafePointer<UInt8>, count: Int, into ids: inout IDBuffer, ranges: inout [Range<Int>],
    scratch: inout ModelScratch
  ) {
    unsafe forEachPart(of: piece, count: count, scratch: &scratch) { part, id in
      let first = ids.count
      if let id { ids.append(id) } else { unsafe appendUnknown(piece + part.lowerBound, count: part.count, into: &ids) }
      for _ in first..<ids.count { ranges.append(part) }
    }
  }

  /// Calls `body` with the parts of the best path, from left to right: the id of each, or nil for unknown text.
  @inline(__always)
  private func forEachPart(
    of piece: UnsafePointer<UInt8>, count: Int, scratch: inout ModelScratch, _ body: (Range<Int>, UInt32?) -> Void
  ) {
    guard count > 0 else { return }
    scratch.lattice.reset(count + 1)
    let nodes = unsafe scratch.lattice.nodes
    unsafe findBestPath(piece, count, nodes)
    // Walk back; each node on the path learns where the token that begins at it ends.
    var end = count
    while end > 0 {
      let start = unsafe Int(nodes[end].start)
      unsafe nodes[start].next = UInt32(truncatingIfNeeded: end)
      end = start
    }
    var start = 0
    while start < count {
      var end = unsafe Int(nodes[start].next)
      var id = unsafe nodes[end].id
      if id != unknownID {
        body(start..<end, id)
        start = end
        continue
      }
      while end < count {
        let next = unsafe Int(nodes[end].next)
        id = unsafe nodes[next].id
        if id != unknownID { break }
        end = next
      }
      body(start..<end, nil)
      start = end
    }
  }

  /// Fills in, for every place, the best path that ends there.
  private func findBestPath(
    _ piece: UnsafePointer<UInt8>, _ count: Int, _ nodes: UnsafeMutablePointer<LatticeNode>
  ) {
    let units = unsafe trie.units.base
    let tokenIDs = unsafe trie.ids.base
    var start = 0
    while start < count {
      let score = unsafe nodes[start].score
      let characterEnd = unsafe start + decodeScalar(piece, at: start, end: count).byteCount
      var hasCharacter = false
      var unit: UInt32 = 0
      var end = start
      while end < count, let child = unsafe TokenTrie.child(of: unit, piece[end], in: units) {
        unit = child
        end += 1
        let tokenScore = unsafe units[Int(unit)].score
        if tokenScore.isNaN { continue }
        if end == characterEnd { hasCharacter = true }
        let candidate = tokenScore + score
        if unsafe nodes[end].start == LatticeNode.none || candidate > nodes[end].score {
          unsafe nodes[end] = LatticeNode(
            score: candidate, start: UInt32(truncatingIfNeeded: start), id: tokenIDs[Int(unit)])
        }
      }
      if !hasCharacter {
        let candidate = unknownScore + score
        if unsafe nodes[characterEnd].start == LatticeNode.none || candidate > nodes[characterEnd].score {
          unsafe nodes[characterEnd] = LatticeNode(
            score: candidate, start: UInt32(truncatingIfNeeded: start), id: unknownID)
        }
      }
      start = characterEnd
    }
  }

  /// Appends a run of unknown text, which may also be a token that lost.
  private func appendUnknown(_ text: UnsafePointer<UInt8>, count: Int, into ids: inout IDBuffer) {
    if let id = unsafe vocabulary.id(of: text, count: count) { return ids.append(id) }
    if let byteFallback {
      let first = ids.count
      for index in 0..<count {
        guard let id = unsafe byteFallback[Int(text[index])] else {
          ids.count = first
          return ids.append(unknownID)
        }
        ids.append(id)
      }
      return
    }
    ids.append(unknownID)
  }
}

/// A place between bytes, and the best path to it.
struct LatticeNode: BitwiseCopyable {
  /// The sum of the scores up to here.
  var score = 0.0
  /// Where the path's last token starts; `none` where nothing ends.
  var start = LatticeNode.none
  /// The id of that token.
  var id: UInt32 = 0
  /// Where the token that starts here ends, on the best path of all.
  var next: UInt32 = 0

  static let none = UInt32.max

  init() {}

  init(score: Double, start: UInt32, id: UInt32) {
    self.score = score
    self.start = start
    self.id = id
  }
}

/// The places of one piece, reused for the next.
@safe struct Lattice: ~Copyable {
  private(set) var nodes: UnsafeMutablePointer<LatticeNode>
  private var capacity = 256

  init() { unsafe nodes = .allocate(capacity: capacity) }

  deinit { unsafe nodes.deallocate() }

  /// Makes `count` places to which nothing leads.
  mutating func reset(_ count: Int) {
    if count > capacity {
      unsafe nodes.deallocate()
      capacity = max(count, capacity * 2)
      unsafe nodes = .allocate(capacity: capacity)
    }
    unsafe nodes.initialize(repeating: LatticeNode(), count: count)
  }
}
