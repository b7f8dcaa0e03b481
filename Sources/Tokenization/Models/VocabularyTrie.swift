/// The tokens of a vocabulary as a double array (Aoe 1989): a step from a prefix to one a byte longer is one load.
///
///     unit, 8 bytes   | id + 1, 23 bits | in use, 1 bit | byte, 8 bits | base, 32 bits |
///
/// The unit of a prefix's continuation by `byte` is at `base ^ byte`, and is its own if it holds `byte`: no two
/// prefixes have the same base. Units 0 to 255 are never in use, so a base of 0 leads nowhere.
struct VocabularyTrie: Sendable {
  private let units: ConstantTable<UInt64>
  /// Where a walk from the empty prefix begins.
  let root: Node

  /// A prefix of a token.
  struct Node: Sendable {
    fileprivate var base: UInt32
    /// The token that the prefix is; `noID` if it is none.
    var id: UInt32

    static let noID = UInt32.max
  }

  /// Ids from here on do not fit.
  static let idLimit = 1 << 23 - 1

  /// Nil where an id does not fit.
  init?(_ vocabulary: Vocabulary) {
    guard vocabulary.idLimit <= Self.idLimit else { return nil }
    var builder = Builder(vocabulary)
    let base = builder.placeAll()
    root = Node(base: base, id: vocabulary.id(of: []) ?? Node.noID)
    units = ConstantTable(builder.units)
  }

  /// The prefix one byte longer; nil if no token begins so.
  @inline(__always)
  func step(_ node: Node, _ byte: UInt8) -> Node? {
    let unit = unsafe units.base[Int(node.base ^ UInt32(byte))]
    guard unit >> 32 & 0x1FF == UInt64(byte) | 0x100 else { return nil }
    return Node(base: UInt32(truncatingIfNeeded: unit), id: UInt32(truncatingIfNeeded: unit >> 41) &- 1)
  }

  /// The prefix that a run of bytes leads to.
  func walk(_ bytes: [UInt8]) -> Node? {
    var node: Node? = root
    for byte in bytes { node = node.flatMap { step($0, byte) } }
    return node
  }
}

/// Places the continuations of each prefix where there is room for all of them.
private struct Builder {
  var units: [UInt64]
  private let vocabulary: Vocabulary
  /// Entries of the vocabulary; those with a common prefix are neighbours where that prefix has been reached.
  private var entries: [Int32]
  private var sorted: [Int32] = []
  /// By place: whether it is some prefix's base.
  private var isBase: [Bool]
  /// The free places, linked both ways in a ring that begins and ends with place 0; others are `taken`.
  private var nextFree: [Int32] = [0] + [Int32](repeating: taken, count: 255)
  private var previousFree: [Int32] = [Int32](repeating: 0, count: 256)

  private static let taken: Int32 = -1

  /// Free places that are tried before new room is made: looking longer costs more than the room.
  private static let trialCount = 32

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    entries = (0..<Int32(truncatingIfNeeded: vocabulary.count)).map { $0 }
    units = [UInt64](repeating: 0, count: 256)
    isBase = [Bool](repeating: false, count: 256)
    units.reserveCapacity(vocabulary.count * 4)
  }

  /// Places all entries; returns the base of the empty prefix.
  mutating func placeAll() -> UInt32 {
    var counts = [Int](repeating: 0, count: 257)
    var root: UInt32 = 0
    // A prefix whose continuations wait to be placed; a list, because tokens can be longer than a stack is deep.
    var waiting: [(entries: Range<Int>, depth: Int, unit: Int)] = [(entries.indices, 0, -1)]
    while let (range, depth, unit) = waiting.popLast() {
      let labels = sort(range, depth: depth, &counts)
      if labels.isEmpty { continue }
      let base = takeBase(for: labels)
      if unit < 0 { root = UInt32(truncatingIfNeeded: base) } else { units[unit] |= UInt64(base) }
      for label in labels {
        let unit = base ^ Int(label.byte)
        units[unit] = UInt64(label.byte) << 32 | 1 << 40
        for entry in entries[label.entries] where vocabulary.byteCount(ofEntry: Int(entry)) == depth + 1 {
          units[unit] |= UInt64(vocabulary.id(ofEntry: Int(entry)) + 1) << 41
        }
        waiting.append((label.entries, depth + 1, unit))
      }
    }
    return root
  }

  /// Sorts a range of entries by the byte at `depth`, those that end there first, and returns the runs of one byte.
  private mutating func sort(
    _ range: Range<Int>, depth: Int, _ counts: inout [Int]
  ) -> [(byte: UInt8, entries: Range<Int>)] {
    func key(_ entry: Int32) -> Int { vocabulary.byte(at: depth, ofEntry: Int(entry)).map { Int($0) + 1 } ?? 0 }
    if range.count == 1 {
      let only = key(entries[range.lowerBound])
      return only == 0 ? [] : [(UInt8(only - 1), range)]
    }
    for index in counts.indices { counts[index] = 0 }
    for index in range { counts[key(entries[index])] += 1 }
    var labels: [(byte: UInt8, entries: Range<Int>)] = []
    var start = range.lowerBound
    for index in counts.indices where counts[index] > 0 {
      if index > 0 { labels.append((UInt8(index - 1), start..<start + counts[index])) }
      let next = start + counts[index]
      counts[index] = start
      start = next
    }
    sorted.removeAll(keepingCapacity: true)
    sorted.append(contentsOf: entries[range])
    for entry in sorted {
      let key = key(entry)
      entries[counts[key]] = entry
      counts[key] += 1
    }
    return labels
  }

  /// A base at which all labels have room. Their places are taken.
  private mutating func takeBase(for labels: [(byte: UInt8, entries: Range<Int>)]) -> Int {
    var found = findBase(for: labels)
    if found == nil {
      addBlock()
      found = findBase(for: labels)
    }
    // A block of its own is always free.
    let base = found ?? addBlock()
    isBase[base] = true
    for label in labels { take(base ^ Int(label.byte)) }
    return base
  }

  private func findBase(for labels: [(byte: UInt8, entries: Range<Int>)]) -> Int? {
    let first = Int(labels[0].byte)
    // The newest places first: those before them have been tried.
    var place = previousFree[0]
    for _ in 0..<Self.trialCount where place != 0 {
      let base = Int(place) ^ first
      if !isBase[base], labels.allSatisfy({ nextFree[base ^ Int($0.byte)] != Self.taken }) { return base }
      place = previousFree[Int(place)]
    }
    return nil
  }

  private mutating func take(_ place: Int) {
    let (next, previous) = (nextFree[place], previousFree[place])
    nextFree[Int(previous)] = next
    previousFree[Int(next)] = previous
    nextFree[place] = Self.taken
  }

  /// Adds 256 free places; returns the first.
  @discardableResult
  private mutating func addBlock() -> Int {
    let start = units.count
    units.append(contentsOf: repeatElement(0, count: 256))
    isBase.append(contentsOf: repeatElement(false, count: 256))
    for place in start..<start + 256 {
      let last = previousFree[0]
      nextFree.append(0)
      previousFree.append(last)
      nextFree[Int(last)] = Int32(truncatingIfNeeded: place)
      previousFree[0] = Int32(truncatingIfNeeded: place)
    }
    return start
  }
}
