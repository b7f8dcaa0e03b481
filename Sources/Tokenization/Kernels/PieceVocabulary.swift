internal import CKernels

/// Tokens by the bytes they stand for, found by the key that their piece already has.
///
///     slot, 8 bytes   | upper half of the hash | entry + 1 |
struct PieceVocabulary: Sendable {
  private let slots: ConstantTable<UInt64>
  private let keys: ConstantTable<WordKey>
  private let ids: ConstantTable<UInt32>
  private let shift: UInt64
  /// Tokens whose keys are hashes.
  private let long: Vocabulary

  init(_ tokens: [(token: [UInt8], id: UInt32)]) {
    let tokens = tokens.filter { !$0.token.isEmpty }
    long = Vocabulary(tokens.filter { $0.token.count > WordKey.inlineByteCount })
    var bits = 4
    while 1 << bits < tokens.count * 2 { bits += 1 }
    let shift = UInt64(64 - bits)
    let mask = 1 << bits - 1
    var slots = [UInt64](repeating: 0, count: 1 << bits)
    var keys: [WordKey] = []
    for token in tokens {
      let key = unsafe token.token.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return WordKey(low: 0, high: 0) }
        return unsafe WordCache.key(of: base, count: buffer.count, available: buffer.count)
      }
      var slot = Int(truncatingIfNeeded: key.hash >> shift)
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      keys.append(key)
      slots[slot] = key.hash << 32 | UInt64(keys.count)
    }
    self.slots = ConstantTable(slots)
    self.keys = ConstantTable(keys)
    self.shift = shift
    ids = ConstantTable(tokens.map(\.id))
  }

  /// Has the slot of a piece on its way before it is asked for.
  @inline(__always)
  func prefetch(_ key: WordKey) {
    unsafe palimpsest_prefetch(slots.base + Int(truncatingIfNeeded: key.hash >> shift))
  }

  /// The id of a piece; `key` is its key.
  @inline(__always)
  func id(of piece: UnsafePointer<UInt8>, _ key: WordKey) -> UInt32? {
    let hash = key.hash
    let slots = unsafe self.slots.base
    var slot = Int(truncatingIfNeeded: hash >> shift)
    while true {
      let content = unsafe slots[slot]
      if content == 0 { return nil }
      if content >> 32 == hash & 0xFFFF_FFFF {
        let entry = Int(content & 0xFFFF_FFFF) - 1
        if unsafe keys.base[entry] == key {
          return unsafe key.isLong ? long.id(of: piece, count: key.count) : ids.base[entry]
        }
      }
      slot = (slot &+ 1) & (self.slots.count &- 1)
    }
  }
}
