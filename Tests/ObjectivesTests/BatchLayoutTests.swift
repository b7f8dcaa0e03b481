import Objectives
import TestSupport
import Testing

@Suite struct BatchLayoutTests {
  @Test func `Permutations are the golden ones`() throws {
    for row in try Golden("shuffle")["feistel"].list {
      let permutation = IndexPermutation(
        count: row["n"].int, seed: UInt64(row["seed"].int), epoch: UInt32(row["epoch"].int))
      #expect((0..<row["n"].int).map { permutation[$0] } == row["perm"].ints)
    }
  }

  @Test func `Every index has a place of its own`() {
    for count in 0...70 {
      for domain in [IndexPermutation.Domain.rows, .batches, .withinBatch] {
        let permutation = IndexPermutation(count: count, seed: 3 << 40, epoch: 1, domain: domain)
        #expect((0..<count).map { permutation[$0] }.sorted() == Array(0..<count))
      }
    }
  }

  @Test func `Pairs are dealt as in the golden case`() throws {
    let golden = try Golden("shuffle")["dealing"]
    let counts = golden["docs_and_pair_counts"].list.map { $0[1].int }
    let batches = BatchLayout.deal(counts, order: Array(counts.indices), batchSize: golden["batch_size"].int)
    #expect(batches.count == golden["num_batches"].int)
    #expect(
      batches.map { $0.map { "d\($0.document):\($0.number)" } } == golden["batches"].list.map { $0.list.map(\.text) })
  }

  /// Exhaustive over four documents with up to three pairs each, and batches of up to four.
  @Test func `No batch has a document twice, and no pair comes twice`() {
    for code in 0..<256 {
      let counts = (0..<4).map { code >> (2 * $0) & 3 }
      for batchSize in 1...4 {
        let layout = BatchLayout(pairCounts: counts, batchSize: batchSize, seed: UInt64(code), epoch: 2)
        #expect(layout.pairs.count == layout.batchCount * batchSize)
        #expect(layout.leftOut == counts.reduce(0, +) - layout.pairs.count)
        #expect(Set(layout.pairs).count == layout.pairs.count)
        #expect(layout.pairs.allSatisfy { $0.number < counts[$0.document] })
        for batch in 0..<layout.batchCount {
          #expect(Set(layout[batch: batch].map(\.document)).count == batchSize)
        }
        // With one pair a document nothing is left out but what fills no batch.
        if counts.allSatisfy({ $0 <= 1 }) { #expect(layout.leftOut == counts.reduce(0, +) % batchSize) }
      }
    }
  }

  @Test func `Seeds and epochs give other layouts of the same pairs`() {
    let counts = Array(repeating: 2, count: 40)
    let one = BatchLayout(pairCounts: counts, batchSize: 8, seed: 1, epoch: 0)
    #expect(one == BatchLayout(pairCounts: counts, batchSize: 8, seed: 1, epoch: 0))
    for other in [
      BatchLayout(pairCounts: counts, batchSize: 8, seed: 2, epoch: 0),
      BatchLayout(pairCounts: counts, batchSize: 8, seed: 1, epoch: 1),
    ] {
      #expect(other != one && Set(other.pairs) == Set(one.pairs))
    }
  }
}
