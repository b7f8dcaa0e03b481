internal import Blocks

/// Different rows drawn uniformly, ascending: the same for the same seed, wherever and whenever.
struct RowSample: Sendable, Equatable {
  let rows: [Int]

  /// All rows when `count` is as large as the population.
  ///
  /// - Source: Floyd's algorithm for samples without replacement (Bentley, CACM 1987): one draw a row, no list of all.
  init(count: Int, of population: Int, seed: UInt64) {
    guard count < population else {
      rows = Array(0..<max(0, population))
      return
    }
    var stream = RandomStream(
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)), counterHigh: (0x5341_4D50, 0))
    var chosen: Set<Int> = []
    for last in population - max(0, count)..<population {
      // The high half of a 64 × 64 bit product: its bias is below 2^-32 for every split that fits a disk.
      let row = Int(stream.doubleWord().multipliedFullWidth(by: UInt64(last + 1)).high)
      if !chosen.insert(row).inserted { chosen.insert(last) }
    }
    rows = chosen.sorted()
  }
}
