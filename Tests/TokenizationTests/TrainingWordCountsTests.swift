import Blocks
import Testing
import Tokenization

@Suite struct WordCountsTests {
  private func contents(_ counts: borrowing WordCounts) throws -> [(word: [UInt8], count: UInt64)] {
    var result: [(word: [UInt8], count: UInt64)] = []
    try counts.forEachSorted { word, count in result.append((word.indices.map { word[$0] }, count)) }
    return result
  }

  @Test func `A table counts as a dictionary does, and lists words by their bytes`() throws {
    var noise = TrainingNoise(seed: 1)
    var counts = WordCounts()
    var expected: [[UInt8]: UInt64] = [:]
    for _ in 0..<20_000 {
      let word = (0..<noise.below(40)).map { _ in UInt8(noise.below(noise.pick([2, 256]))) }
      let count = UInt64(noise.below(3))
      counts.add(word.span, count: count)
      expected[word, default: 0] += count
    }
    let sorted = expected.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let found = try contents(counts)
    #expect(found.map(\.word) == sorted.map(\.key))
    #expect(found.map(\.count) == sorted.map(\.value))
    #expect(counts.count == expected.count)
    #expect(counts.total == expected.values.reduce(0, +))
    #expect(counts.byteCount > expected.keys.reduce(0) { $0 + $1.count })
  }

  @Test func `Merged tables hold the sums`() throws {
    var all = WordCounts()
    var left = WordCounts()
    var right = WordCounts()
    for number in 0..<3000 {
      let word = Array(String(number % 1200).utf8)
      all.add(word.span, count: 2)
      if number % 3 == 0 { left.add(word.span, count: 2) } else { right.add(word.span, count: 2) }
    }
    left.merge(right)
    #expect(try contents(left).map(\.word) == contents(all).map(\.word))
    #expect(try contents(left).map(\.count) == contents(all).map(\.count))
    left.removeAll()
    #expect(try left.count == 0 && contents(left).isEmpty)
    let empty: [UInt8] = []
    left.add(empty.span)
    #expect(try contents(left).map(\.count) == [1])
  }

  @Test func `Counts stop at the largest number`() throws {
    var counts = WordCounts()
    let word: [UInt8] = [1]
    let other: [UInt8] = [2]
    for _ in 0..<2 { counts.add(word.span, count: .max - 1) }
    #expect(try contents(counts).map(\.count) == [.max])
    counts.add(other.span)
    #expect(counts.total == nil)
  }
}
