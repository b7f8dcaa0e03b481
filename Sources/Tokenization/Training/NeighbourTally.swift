/// What stood on one side of the pair that is being merged: by symbol its weight, and the segments in which that pair
/// of neighbours now lies.
///
/// Dense arrays over all symbols with a list of those in use: noting a neighbour costs no hash.
struct NeighbourTally: ~Copyable {
  struct Note: BitwiseCopyable, Sendable {
    var weight: Int64 = 0
    /// Where the next segment of the symbol goes while the records are dealt out.
    var cursor = 0
    var segmentCount: UInt32 = 0
    var lastSegment: UInt32 = 0
  }

  struct Record: BitwiseCopyable, Sendable {
    var symbol: UInt32
    var segment: UInt32
  }

  private var notes = PlainBuffer<Note>()
  private var records = PlainBuffer<Record>()
  /// The symbols that were noted, in the order of first sight.
  private(set) var symbols = PlainBuffer<UInt32>()

  /// Makes room for symbols below `count`.
  mutating func grow(to count: Int) {
    notes.append(repeating: Note(), count: count - notes.count)
  }

  /// Notes that `symbol` stood beside the pair, in a word seen `weight` times; `segment` is that of the left one of the
  /// two. Segments come in ascending order.
  @inline(__always)
  mutating func note(_ symbol: UInt32, in segment: UInt32, weight: Int64) {
    var note = notes[Int(symbol)]
    note.weight += weight
    if note.segmentCount == 0 {
      symbols.append(symbol)
    } else if note.lastSegment == segment {
      notes[Int(symbol)] = note
      return
    }
    note.segmentCount += 1
    note.lastSegment = segment
    notes[Int(symbol)] = note
    records.append(Record(symbol: symbol, segment: segment))
  }

  /// Sum of the weights with which the symbol was noted.
  func weight(of symbol: UInt32) -> Int64 { notes[Int(symbol)].weight }

  /// Appends the segments of every noted symbol to the arena, one slice after the other.
  mutating func dealSegments(into arena: inout PlainBuffer<UInt32>) {
    var start = arena.count
    arena.append(repeating: 0, count: records.count)
    for index in 0..<symbols.count {
      let symbol = Int(symbols[index])
      notes[symbol].cursor = start
      start += Int(notes[symbol].segmentCount)
    }
    for index in 0..<records.count {
      let record = records[index]
      let cursor = notes[Int(record.symbol)].cursor
      arena[cursor] = record.segment
      notes[Int(record.symbol)].cursor = cursor + 1
    }
  }

  /// The slice that `dealSegments` gave to a symbol.
  func slice(of symbol: UInt32) -> Range<Int> {
    let note = notes[Int(symbol)]
    return note.cursor - Int(note.segmentCount)..<note.cursor
  }

  mutating func removeAll() {
    for index in 0..<symbols.count { notes[Int(symbols[index])] = Note() }
    symbols.removeAll()
    records.removeAll()
  }
}
