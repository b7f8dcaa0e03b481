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

/// Open addressing with linear probing; the slot is the top of the hash, so that growing copies from front to back.
///
/// At most half full while it may double, then three quarters full, then wiped as a whole.
@safe struct WordTable<Slot: WordSlot>: ~Copyable {
  private(set) var slots: UnsafeMutablePointer<Slot>
  private(set) var shift: UInt64
  private(set) var count = 0
  private var capacity: Int
  private let capacityLimit: Int

  /// - Parameters:
  ///   - capacity: slots to begin with, a power of two, at least 2.
  ///   - capacityLimit: slots it may grow to, a power of two, at least 2.
  init(capacity: Int, capacityLimit: Int) {
    self.capacity = min(capacity, capacityLimit)
    self.capacityLimit = capacityLimit
    shift = Self.shift(of: self.capacity)
    unsafe slots = Self.allocate(self.capacity)
  }

  deinit { unsafe palimpsest_free_large_memory(slots, capacity * MemoryLayout<Slot>.stride) }

  private static func shift(of capacity: Int) -> UInt64 { UInt64(64 - capacity.trailingZeroBitCount) }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Slot> {
    guard let memory = unsafe palimpsest_large_memory(capacity * MemoryLayout<Slot>.stride) else {
      fatalError("out of memory: no \(capacity * MemoryLayout<Slot>.stride) bytes for a word cache")
    }
    return unsafe memory.bindMemory(to: Slot.self, capacity: capacity)
  }

  /// Has the line of a slot on its way before it is asked for.
  @inline(__always)
  func prefetch(_ hash: UInt64) { unsafe palimpsest_prefetch(slots + Int(truncatingIfNeeded: hash >> shift)) }

  /// The slot behind another, the first behind the last.
  @inline(__always)
  func next(_ slot: UnsafeMutablePointer<Slot>) -> UnsafeMutablePointer<Slot> {
    let next = unsafe slot + 1
    return unsafe next == slots + capacity ? slots : next
  }

  /// The slot of a word, or the empty one where it belongs.
  @inline(__always)
  func find(_ word: Slot) -> UnsafeMutablePointer<Slot> {
    var slot = unsafe slots + Int(truncatingIfNeeded: word.hash >> shift)
    while unsafe !slot.pointee.holds(word), unsafe !slot.pointee.isEmpty { unsafe slot = next(slot) }
    return unsafe slot
  }

  /// Puts a word in if there is none like it.
  mutating func insert(_ word: Slot) {
    makeRoom()
    let slot = unsafe find(word)
    if unsafe slot.pointee.isEmpty {
      count += 1
      unsafe slot.pointee = word
    }
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
    guard capacity < capacityLimit else {
      if (count + 1) * 4 > capacity * 3 { removeAll() }
      return
    }
    let old = unsafe slots
    let oldCapacity = capacity
    capacity *= 2
    shift -= 1
    unsafe slots = Self.allocate(capacity)
    for index in 0..<oldCapacity where unsafe !old[index].isEmpty { unsafe find(old[index]).pointee = old[index] }
    unsafe palimpsest_free_large_memory(old, oldCapacity * MemoryLayout<Slot>.stride)
  }
}
