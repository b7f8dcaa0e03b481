/// Tokens by their bytes: all tokens that a text begins with in one walk, without looking anything up twice.
///
/// A double array. The child of a node under a byte is at `base ^ byte`, if it says that it is this node's; it lies in
/// the same 256 units as the base, so that no look-up leaves the table.
struct TokenTrie: Sendable {
  struct Unit: BitwiseCopyable, Sendable {
    var base: UInt32 = 0
    var parent: UInt32 = TokenTrie.none
    /// The score of the token that ends here; not a number where none does.
    var score = Double.nan
  }

  /// No unit.
  static let none = UInt32.max

  let units: ConstantTable<Unit>
  /// By unit: the id of the token that ends there.
  let ids: ConstantTable<UInt32>

  /// - Parameter tokens: the n-th has id n; of equal tokens the last counts; empty ones are never found.
  init(_ tokens: [(token: [UInt8], score: Double)]) {
    var builder = Builder(tokens)
    builder.build()
    units = ConstantTable(builder.units)
    ids = ConstantTable(builder.ids)
  }

  /// The unit of a node's child, or nil.
  @inline(__always)
  static func child(of node: UInt32, _ byte: UInt8, in units: UnsafePointer<Unit>) -> UInt32? {
    let child = unsafe units[Int(node)].base ^ UInt32(byte)
    return unsafe units[Int(child)].parent == node ? child : nil
  }
}

extension TokenTrie {
  /// Places nodes where they fit, breadth first.
  private struct Builder {
    private(set) var units: [Unit] = []
    private(set) var ids: [UInt32] = []
    private let tokens: [(token: [UInt8], score: Double)]
    /// Ids by the bytes of their tokens.
    private let order: [Int]
    /// Free units in a ring: the next, and the one before.
    private var next: [Int] = []
    private var previous: [Int] = []
    private var firstFree: Int?

    /// A node, its depth, and the tokens in `order` that go through it.
    private struct Pending {
      var node: Int
      var depth: Int
      var range: Range<Int>
    }

    /// So many free units are tried before a node gets fresh ones: building takes time in proportion to the tokens.
    private static let triesPerNode = 32

    init(_ tokens: [(token: [UInt8], score: Double)]) {
      self.tokens = tokens
      order = tokens.indices.sorted { left, right in
        let (a, b) = (tokens[left].token, tokens[right].token)
        return a == b ? left < right : a.lexicographicallyPrecedes(b)
      }
    }

    mutating func build() {
      grow()
      take(0)
      var pending = [Pending(node: 0, depth: 0, range: 0..<order.count)]
      var index = 0
      while index < pending.count {
        let item = pending[index]
        index += 1
        let children = end(item)
        guard let first = children.first else { continue }
        let base = place(children.map(\.byte), first: first.byte)
        units[item.node].base = UInt32(base)
        for child in children {
          let node = base ^ Int(child.byte)
          take(node)
          units[node].parent = UInt32(item.node)
          pending.append(Pending(node: node, depth: item.depth + 1, range: child.range))
        }
      }
    }

    /// Notes the token that ends at a node, and gives the bytes that go on from it.
    private mutating func end(_ item: Pending) -> [(byte: UInt8, range: Range<Int>)] {
      var children: [(byte: UInt8, range: Range<Int>)] = []
      for place in item.range {
        let id = order[place]
        guard item.depth < tokens[id].token.count else {
          if item.depth > 0 {
            units[item.node].score = tokens[id].score
            ids[item.node] = UInt32(id)
          }
          continue
        }
        let byte = tokens[id].token[item.depth]
        if let last = children.last, last.byte == byte {
          children[children.count - 1].range = last.range.lowerBound..<place + 1
        } else {
          children.append((byte, place..<place + 1))
        }
      }
      return children
    }

    /// A base under which all of the bytes are free.
    private mutating func place(_ bytes: [UInt8], first: UInt8) -> Int {
      var unit = firstFree
      for _ in 0..<Self.triesPerNode {
        guard let candidate = unit else { break }
        let base = candidate ^ Int(first)
        if bytes.allSatisfy({ next[base ^ Int($0)] >= 0 }) { return base }
        let following = next[candidate]
        unit = following == firstFree ? nil : following
      }
      let base = units.count
      grow()
      return base
    }

    /// Adds 256 free units, before all others in the ring.
    private mutating func grow() {
      let start = units.count
      let end = start + 256
      units.append(contentsOf: repeatElement(Unit(), count: 256))
      ids.append(contentsOf: repeatElement(0, count: 256))
      next.append(contentsOf: start + 1...end)
      previous.append(contentsOf: start - 1..<end - 1)
      let last = firstFree.map { previous[$0] } ?? end - 1
      if let firstFree {
        next[end - 1] = firstFree
        previous[firstFree] = end - 1
        next[last] = start
        previous[start] = last
      } else {
        next[end - 1] = start
        previous[start] = end - 1
      }
      firstFree = start
    }

    /// Takes a unit out of the ring.
    private mutating func take(_ unit: Int) {
      let (before, after) = (previous[unit], next[unit])
      if after == unit {
        firstFree = nil
      } else {
        next[before] = after
        previous[after] = before
        if firstFree == unit { firstFree = after }
      }
      next[unit] = -1
    }
  }
}
