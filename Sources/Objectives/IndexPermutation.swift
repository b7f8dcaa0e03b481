internal import Blocks

/// A permutation of 0 ..< count that needs no memory: each place is computed by itself.
///
///     count 10, seed 7, epoch 0      2 4 3 1 7 6 9 8 0 5
///
/// Eight rounds of a balanced Feistel network over the smallest even number of bits, with Philox as its round function;
/// what falls outside goes through again (cycle walking, fewer than four times on average).
public struct IndexPermutation: Sendable, Equatable {
  /// What is put in order: permutations of different things are independent.
  public enum Domain: UInt32, Sendable {
    /// "SHUF": rows or documents.
    case rows = 0x5348_5546
    /// "BATC": batches.
    case batches = 0x4241_5443
    /// "INDB": the places in a batch.
    case withinBatch = 0x494E_4442
  }

  public let count: Int
  private let key: (low: UInt32, high: UInt32)
  private let epoch: UInt32
  /// Bits of one half.
  private let half: UInt64

  public init(count: Int, seed: UInt64, epoch: UInt32, domain: Domain = .rows) {
    precondition(count >= 0, "a permutation has a number of places")
    self.count = count
    self.epoch = epoch
    key = (UInt32(truncatingIfNeeded: seed) ^ domain.rawValue, UInt32(truncatingIfNeeded: seed >> 32))
    let bits = UInt64(Int.bitWidth - (max(count, 1) - 1).leadingZeroBitCount)
    half = (bits + 1) / 2
  }

  /// Where the thing at `index` goes.
  ///
  /// - Precondition: 0 ≤ index < count.
  public subscript(index: Int) -> Int {
    precondition(index >= 0 && index < count, "an index of the permutation")
    guard count > 1 else { return 0 }
    let mask = (UInt64(1) << half) - 1
    var value = UInt64(index)
    repeat {
      var (left, right) = (value >> half, value & mask)
      for round in 0..<8 as Range<UInt32> {
        let words = RandomStream.philox(
          counter: (UInt32(truncatingIfNeeded: right), UInt32(truncatingIfNeeded: right >> 32), round, epoch),
          key: (key.low, key.high))
        (left, right) = (right, left ^ (UInt64(words.0) & mask))
      }
      value = left << half | right
    } while value >= UInt64(count)
    return Int(value)
  }

  public static func == (one: IndexPermutation, other: IndexPermutation) -> Bool {
    one.count == other.count && one.key == other.key && one.epoch == other.epoch
  }
}
