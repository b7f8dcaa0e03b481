internal import Blocks

/// Where plausible but wrong tokens come from: a cheap stand-in for a generator.
///
/// Each kind can be drawn again from a row and the settings alone.
struct IDSampler: Sendable {
  enum Kind: String, CaseIterable {
    /// Each id as often as any other.
    case uniform
    /// Ids as often as they are in the language: by given counts, or by Zipf's law in the order of the vocabulary.
    case unigram
    /// A token of the same window.
    case window
  }

  let kind: Kind
  let table: IDTable
  /// For `unigram`: the ids with a weight, and the sums of the weights up to each.
  let ids: [UInt32]
  let sums: [Int]

  static let settings = [
    Setting(
      "sampler", .choice(Kind.allCases.map(\.rawValue)), default: .text(Kind.unigram.rawValue),
      "What replacements are drawn from: uniform (all ids alike), unigram (by their frequency) or window (the tokens of"
        + " the same window)."),
    Setting(
      "frequencies", .list(.integer(0...Int(Int32.max))), default: .null,
      "With sampler: unigram, how often each id is seen, from id 0 on; null for Zipf's law over the ids in their order,"
        + " as trained vocabularies have it."),
  ]

  /// - Throws: `settings.invalid` for frequencies that are no law: of fewer than two ids, or with a sum beyond 2^32.
  init(_ settings: Settings, table: IDTable) throws(Diagnostic) {
    let kind = Kind(rawValue: settings.text("sampler")) ?? .unigram
    self.kind = kind
    self.table = table
    guard kind == .unigram else {
      (ids, sums) = ([], [])
      return
    }
    let counts = settings.numbers("frequencies").map { Int($0) }
    let isGiven = settings.value("frequencies").content != .null
    var ids: [UInt32] = []
    var sums: [Int] = []
    var sum = 0
    for (rank, id) in table.ordinary.enumerated() {
      // Zipf: the k-th id is seen 1/k times as often as the first.
      let weight = isGiven ? (Int(id) < counts.count ? counts[Int(id)] : 0) : max(1, (1 << 20) / (rank + 1))
      guard weight > 0 else { continue }
      sum += weight
      ids.append(id)
      sums.append(sum)
    }
    guard ids.count >= 2, sum <= 1 << 32 else {
      throw settings.invalid(
        "frequencies", "is no law to draw from",
        help: "count two ordinary ids or more, and no more than 4294967296 tokens in all")
    }
    (self.ids, self.sums) = (ids, sums)
  }

  /// A replacement: one `bounded`.
  ///
  /// - Parameter places: positions of the ordinary tokens of `row`, for `window`.
  func draw(_ stream: inout RandomStream, row: [UInt32], places: [Int32]) -> UInt32 {
    switch kind {
    case .uniform: return table.draw(&stream)
    case .window: return row[Int(places[stream.bounded(places.count)])]
    case .unigram:
      let rest = stream.bounded(sums[sums.count - 1])
      var (low, high) = (0, sums.count - 1)
      while low < high {
        let middle = low + (high - low) / 2
        if sums[middle] <= rest { low = middle + 1 } else { high = middle }
      }
      return ids[low]
    }
  }

  /// Whether a replacement may be this id.
  func mayDraw(_ id: UInt32, in row: [UInt32]) -> Bool {
    switch kind {
    case .uniform: return table.mayDraw(id)
    case .window: return !table.isSpecial(id) && row.contains(id)
    case .unigram:
      var (low, high) = (0, ids.count)
      while low < high {
        let middle = low + (high - low) / 2
        if ids[middle] < id { low = middle + 1 } else { high = middle }
      }
      return low < ids.count && ids[low] == id
    }
  }
}
