/// Batches of contrastive pairs, no two pairs of one document in the same batch.
///
/// In a contrastive loss the other pairs of a batch are negatives: a document that comes twice would be its own
/// negative. So pairs are dealt like cards: documents in a random order, the pairs of each one after the other, pair t
/// to batch t mod `batchCount`. A document has at most `batchCount` pairs, and they go to different batches.
///
///     pairs of documents 3 1 2 1 1 2 1 1, batches of 4
///     d0 d0 d0 d1 d2 d2 d3 d4 d5 d5 d6 d7   →   d0 d1 d3 d5 │ d0 d2 d4 d6 │ d0 d2 d5 d7
///
/// The rule must hold for the batch of all devices together. Exact duplicates share their `doc_id`: count them as one
/// document.
public struct BatchLayout: Sendable, Equatable {
  public struct Pair: Sendable, Hashable {
    /// Position in `pairCounts`.
    public var document: Int
    /// Number among the document's pairs.
    public var number: Int

    public init(document: Int, number: Int) {
      self.document = document
      self.number = number
    }
  }

  public let batchSize: Int
  /// Batch after batch, `batchSize` pairs each.
  public let pairs: [Pair]
  /// Pairs of documents that have more than there are batches, and those that did not fill a batch.
  public let leftOut: Int

  /// - Parameter pairCounts: how many pairs each document has.
  /// - Precondition: batchSize ≥ 1, no count is negative.
  public init(pairCounts: [Int], batchSize: Int, seed: UInt64, epoch: UInt32) {
    precondition(batchSize >= 1, "a batch holds a pair")
    let ranks = IndexPermutation(count: pairCounts.count, seed: seed, epoch: epoch)
    var order = Array(repeating: 0, count: pairCounts.count)
    for document in pairCounts.indices { order[ranks[document]] = document }
    let batches = Self.deal(pairCounts, order: order, batchSize: batchSize)
    let places = IndexPermutation(count: batches.count, seed: seed, epoch: epoch, domain: .batches)
    let within = IndexPermutation(count: batchSize, seed: seed, epoch: epoch, domain: .withinBatch)
    var pairs = Array(repeating: Pair(document: 0, number: 0), count: batches.count * batchSize)
    for (batch, members) in batches.enumerated() {
      for (place, pair) in members.enumerated() { pairs[places[batch] * batchSize + within[place]] = pair }
    }
    self.batchSize = batchSize
    self.pairs = pairs
    leftOut = pairCounts.reduce(0, +) - pairs.count
  }

  public var batchCount: Int { pairs.count / batchSize }

  /// The pairs of one batch.
  public subscript(batch batch: Int) -> ArraySlice<Pair> { pairs[batch * batchSize..<(batch + 1) * batchSize] }

  /// Deals the pairs of documents in an order, before anything is shuffled.
  package static func deal(_ pairCounts: [Int], order: [Int], batchSize: Int) -> [[Pair]] {
    // No document may have more pairs than there are batches; leaving pairs out may leave fewer batches.
    var batchCount = pairCounts.reduce(0, +) / batchSize
    while true {
      let kept = pairCounts.reduce(0) { $0 + min($1, batchCount) } / batchSize
      if kept == batchCount { break }
      batchCount = kept
    }
    var batches = Array(repeating: [Pair](), count: batchCount)
    var dealt = 0
    for document in order {
      for number in 0..<min(pairCounts[document], batchCount) where dealt < batchCount * batchSize {
        batches[dealt % batchCount].append(Pair(document: document, number: number))
        dealt += 1
      }
    }
    return batches
  }
}
