internal import CKernels

/// A slot of a word table: the word itself as integers, then the ids it became.
///
///     ShortWord, 32 bytes   | up to 15 bytes, length in the top byte | 16 bytes of ids |
///     LongWord, 64 bytes    | up to 39 bytes, length in the top byte | 24 bytes of ids |
///
/// All bits zero is an empty slot. Half a cache line, or a whole one: a look-up touches one line, whatever it finds.
protocol WordSlot: BitwiseCopyable {
  var isEmpty: Bool { get }
  var hash: UInt64 { get }
  func holds(_ other: Self) -> Bool
}

struct ShortWord: WordSlot {
  var key: WordKey
  var ids: (UInt64, UInt64) = (0, 0)

  @inline(__always) var isEmpty: Bool { key.high == 0 }
  @inline(__always) var hash: UInt64 { key.hash }
  @inline(__always) func holds(_ other: ShortWord) -> Bool { key == other.key }

  /// Where a slot's ids lie.
  @inline(__always)
  static func ids(of slot: UnsafeMutablePointer<ShortWord>) -> UnsafeRawPointer {
    unsafe UnsafeRawPointer(slot) + MemoryLayout<WordKey>.size
  }
}

struct LongWord: WordSlot {
  var key: LongWordKey
  var ids: (UInt64, UInt64, UInt64) = (0, 0, 0)

  @inline(__always) var isEmpty: Bool { key.words.4 == 0 }
  @inline(__always) var hash: UInt64 { key.hash }
  @inline(__always) func holds(_ other: LongWord) -> Bool { key == other.key }

  /// Where a slot's ids lie.
  @inline(__always)
  static func ids(of slot: UnsafeMutablePointer<LongWord>) -> UnsafeRawPointer {
    unsafe UnsafeRawPointer(slot) + MemoryLayout<LongWordKey>.size
  }
}

/// Open addressing with linear probing; the slot is the top of the hash.
///
/// At most half full while it may double, then three quarters full, then wiped as a whole. Memory for all it may grow
/// to is asked for at once and touched only as it grows: doubling spreads the words over the same memory, from back to
/// front.
@safe struct WordTable<Slot: WordSlot>: ~Copyable {
  let slots: UnsafeMutablePointer<Slot>
  private(set) var shift: UInt64
  private(set) var count = 0
  private(set) var capacity: Int
  private let capacityLimit: Int

  /// - Parameters:
  ///   - capacity: slots to begin with, a power of two, at least 2.
  ///   - capacityLimit: slots it may grow to, a power of two, at least 2.
  init(capacity: Int, capacityLimit: Int) {
    self.capacity = min(capacity, capacityLimit)
    self.capacityLimit = capacityLimit
    shift = UInt64(64 - self.capacity.trailingZeroBitCount)
    let byteCount = capacityLimit * MemoryLayout<Slot>.stride
    guard let memory = unsafe palimpsest_large_memory(byteCount) else {
      fatalError("out of memory: no \(byteCount) bytes of address space for a word cache")
    }
    unsafe slots = memory.bindMemory(to: Slot.self, capacity: capacityLimit)
  }

  deinit { unsafe palimpsest_free_large_memory(slots, capacityLimit * MemoryLayout<Slot>.stride) }

  /// Has the line of a slot on its way before it is asked for.
  @inline(__always)
  func prefetch(_ hash: UInt64) { unsafe palimpsest_prefetch(slots + Int(truncatingIfNeeded: hash >> shift)) }

  /// The slot of a word, or the empty one where it belongs.
  @inline(__always)
  func find(_ word: Slot) -> UnsafeMutablePointer<Slot> {
    var index = Int(truncatingIfNeeded: word.hash >> shift)
    while unsafe !slots[index].holds(word), unsafe !slots[index].isEmpty { index = (index &+ 1) & (capacity &- 1) }
    return unsafe slots + index
  }

  /// Puts a word in if there is none like it.
  mutating func insert(_ word: Slot) {
    makeRoom()
    let slot = unsafe find(word)
    guard unsafe slot.pointee.isEmpty else { return }
    count += 1
    unsafe slot.pointee = word
  }

  /// Forgets everything and keeps the memory.
  mutating func removeAll() {
    if count == 0 { return }
    count = 0
    unsafe UnsafeMutableRawPointer(slots).initializeMemory(
      as: UInt8.self, repeating: 0, count: capacity * MemoryLayout<Slot>.stride)
  }

  private mutating func makeRoom() {
    guard (count + 1) * 2 > capacity else { return }
    if capacity < capacityLimit { return grow() }
    if (count + 1) * 4 > capacity * 3 { removeAll() }
  }

  /// Doubles the table in its memory.
  ///
  /// The place of a word doubles, too, so run by run from back to front, every word goes to where all has been done. In
  /// a run the first come stay the first: they are the words that are looked up most.
  private mutating func grow() {
    var end = capacity
    capacity *= 2
    shift -= 1
    var run: [Slot] = []
    var late: [Slot] = []
    while end > 0 {
      var start = end
      while start > 0, unsafe !slots[start - 1].isEmpty { start -= 1 }
      run.removeAll(keepingCapacity: true)
      for index in start..<end { unsafe run.append(slots[index]) }
      unsafe UnsafeMutableRawPointer(slots + start).initializeMemory(
        as: UInt8.self, repeating: 0, count: (end - start) * MemoryLayout<Slot>.stride)
      for word in run {
        var place = Int(truncatingIfNeeded: word.hash >> shift)
        while place < capacity, unsafe !slots[place].isEmpty { place += 1 }
        // A run that goes on from the end of the table to its front has words that belong elsewhere.
        if place >= start, place < capacity {
          unsafe slots[place] = word
        } else {
          late.append(word)
        }
      }
      end = max(0, start - 1)
    }
    for word in late { unsafe find(word).pointee = word }
  }
}
