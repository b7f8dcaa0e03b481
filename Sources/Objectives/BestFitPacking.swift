/// Documents packed into rows so that hardly any is cut: best fit, longest first.
///
///     lengths 14 7 5 2 3, rows of 8    [0: 0 ..< 8] [1: 0 ..< 7] [0: 8 ..< 14, 3: 0 ..< 2] [2: 0 ..< 5, 4: 0 ..< 3]
///
/// What is longer than a row is cut into full rows and a rest. Pieces are then taken by descending length (document and
/// offset on a tie), and each goes into the row with the least room that it still fits in (the oldest on a tie), or
/// opens a new one.
///
/// - Source: Ding et al. 2024 (arXiv:2404.10830).
/// - Cost: O(n log n) for the order; a row is found by a scan of a bitmap of `capacity` bits.
package struct BestFitPacking {
  /// A stretch of a document.
  package struct Piece: Equatable {
    package var document: Int
    package var offset: Int
    package var count: Int

    package init(document: Int, offset: Int, count: Int) {
      self.document = document
      self.offset = offset
      self.count = count
    }
  }

  /// The pieces, row by row, in the order in which they were placed.
  package private(set) var pieces: [Piece]
  /// Where each row starts in `pieces`, and their number.
  package private(set) var rowStarts: [Int]

  /// - Parameters:
  ///   - lengths: tokens of each document; those without any take no part.
  ///   - capacity: tokens of a row.
  ///   - cost: what a piece takes of the capacity beside its tokens.
  package init(lengths: [Int], capacity: Int, cost: Int = 0) {
    let longest = capacity - cost
    precondition(longest > 0, "a row holds a token")
    var items: [Piece] = []
    for (document, length) in lengths.enumerated() {
      for offset in stride(from: 0, to: length, by: longest) {
        items.append(Piece(document: document, offset: offset, count: min(longest, length - offset)))
      }
    }
    items.sort { ($1.count, $0.document, $0.offset) < ($0.count, $1.document, $1.offset) }
    var open = OpenRows(capacity: capacity)
    var rows: [Int32] = []
    rows.reserveCapacity(items.count)
    for item in items { rows.append(open.place(item.count + cost)) }
    // Counting sort by row, stable.
    rowStarts = Array(repeating: 0, count: open.count + 1)
    for row in rows { rowStarts[Int(row) + 1] += 1 }
    for row in 0..<open.count { rowStarts[row + 1] += rowStarts[row] }
    var next = rowStarts
    pieces = items
    for (item, row) in zip(items, rows) {
      pieces[next[Int(row)]] = item
      next[Int(row)] += 1
    }
  }

  /// The rows by the room they have left.
  private struct OpenRows {
    private(set) var count = 0
    /// By room: its rows, the oldest last.
    private var rows: [[Int32]]
    /// By room: one bit, set where there is such a row.
    private var isOpen: [UInt64]

    init(capacity: Int) {
      rows = Array(repeating: [], count: capacity + 1)
      isOpen = Array(repeating: 0, count: capacity / 64 + 1)
    }

    /// Puts a piece into a row, and returns which.
    mutating func place(_ size: Int) -> Int32 {
      if let room = leastRoom(from: size), let row = rows[room].popLast() {
        if rows[room].isEmpty { isOpen[room >> 6] &= ~(1 << UInt64(room & 63)) }
        keep(row, room: room - size)
        return row
      }
      count += 1
      keep(Int32(count - 1), room: rows.count - 1 - size)
      return Int32(count - 1)
    }

    private mutating func keep(_ row: Int32, room: Int) {
      guard room > 0 else { return }
      var (low, high) = (0, rows[room].count)
      while low < high {
        let middle = low + (high - low) / 2
        if rows[room][middle] > row { low = middle + 1 } else { high = middle }
      }
      rows[room].insert(row, at: low)
      isOpen[room >> 6] |= 1 << UInt64(room & 63)
    }

    private func leastRoom(from size: Int) -> Int? {
      var word = size >> 6
      guard word < isOpen.count else { return nil }
      var bits = isOpen[word] & (~0 << UInt64(size & 63))
      while bits == 0 {
        word += 1
        guard word < isOpen.count else { return nil }
        bits = isOpen[word]
      }
      return word << 6 + bits.trailingZeroBitCount
    }
  }
}
