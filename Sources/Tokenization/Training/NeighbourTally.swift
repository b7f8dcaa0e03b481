/// What stood on one side of the pair that is being merged: by symbol its weight, and the words in which it stood
/// there.
///
/// Dense arrays over all symbols with a list of those in use: noting a neighbour costs no hash.
struct NeighbourTally {
  private var weights: [Int64] = []
  private var wordCounts: [Int] = []
  private var lastWords: [UInt32] = []
  private(set) var symbols: [UInt32] = []
  private var records: [(symbol: UInt32, word: UInt32)] = []
  /// Where the next word of a symbol goes while the records are dealt out.
  private var cursors: [Int] = []

  /// Makes room for symbols below `count`.
  mutating func grow(to count: Int) {
    let missing = count - weights.count
    guard missing > 0 else { return }
    weights.append(contentsOf: repeatElement(0, count: missing))
    wordCounts.append(contentsOf: repeatElement(0, count: missing))
    lastWords.append(contentsOf: repeatElement(0, count: missing))
    cursors.append(contentsOf: repeatElement(0, count: missing))
  }

  /// Notes that `symbol` stood beside the pair in a word seen `weight` times. Words come in ascending runs.
  @inline(__always)
  mutating func note(_ symbol: UInt32, in word: UInt32, weight: Int64) {
    let index = Int(symbol)
    if wordCounts[index] == 0 {
      symbols.append(symbol)
    } else if lastWords[index] == word {
      weights[index] += weight
      return
    }
    weights[index] += weight
    wordCounts[index] += 1
    lastWords[index] = word
    records.append((symbol, word))
  }

  /// Sum of the weights with which the symbol was noted.
  func weight(of symbol: UInt32) -> Int64 { weights[Int(symbol)] }

  /// Appends the words of every noted symbol to the arena, one slice after the other.
  mutating func dealWords(into arena: inout [UInt32]) {
    var start = arena.count
    arena.append(contentsOf: repeatElement(0, count: records.count))
    for symbol in symbols {
      cursors[Int(symbol)] = start
      start += wordCounts[Int(symbol)]
    }
    for (symbol, word) in records {
      arena[cursors[Int(symbol)]] = word
      cursors[Int(symbol)] += 1
    }
  }

  /// The slice that `dealWords` gave to a symbol.
  func slice(of symbol: UInt32) -> Range<Int> {
    cursors[Int(symbol)] - wordCounts[Int(symbol)]..<cursors[Int(symbol)]
  }

  mutating func removeAll() {
    for symbol in symbols {
      weights[Int(symbol)] = 0
      wordCounts[Int(symbol)] = 0
    }
    symbols.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
  }
}
