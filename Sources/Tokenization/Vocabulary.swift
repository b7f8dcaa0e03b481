/// The tokens of a model, and their ids: look-up by bytes, by rolling hash, and back.
///
/// The hash is taken byte by byte, so that all prefixes of a word are hashed in one pass over it.
struct Vocabulary: Sendable {
  /// Number of entries; ids may have holes, so it may be less than the highest id + 1.
  let count: Int
  /// Highest id + 1, 0 when empty.
  let idLimit: Int
  let longestByteCount: Int

  private let bytes: ConstantTable<UInt8>
  private let offsets: ConstantTable<UInt32>
  private let ids: ConstantTable<UInt32>
  /// By id: entry + 1, 0 for a hole.
  private let entries: ConstantTable<UInt32>
  /// Tag (upper half of the hash) << 32 | entry + 1; 0 is empty. At most half full.
  private let slots: ConstantTable<UInt64>
  private let mask: Int

  /// - Parameter tokens: of equal tokens the last counts, as in JSON.
  init(_ tokens: [(token: [UInt8], id: UInt32)]) {
    var bytes: [UInt8] = []
    var offsets: [UInt32] = [0]
    var ids: [UInt32] = []
    bytes.reserveCapacity(tokens.reduce(0) { $0 + $1.token.count })
    offsets.reserveCapacity(tokens.count + 1)
    ids.reserveCapacity(tokens.count)
    var slotCount = 16
    while slotCount < tokens.count * 2 { slotCount *= 2 }
    var slots = [UInt64](repeating: 0, count: slotCount)
    let mask = slotCount - 1
    var longest = 0
    for (token, id) in tokens {
      var hash = Self.seed
      for byte in token { hash = Self.extend(hash, with: byte) }
      let final = Self.finish(hash)
      var slot = Int(truncatingIfNeeded: final) & mask
      var known: Int?
      while slots[slot] != 0 {
        if slots[slot] >> 32 == final >> 32 {
          let entry = Int(slots[slot] & 0xFFFF_FFFF) - 1
          if bytes[Int(offsets[entry])..<Int(offsets[entry + 1])].elementsEqual(token) {
            known = entry
            break
          }
        }
        slot = (slot + 1) & mask
      }
      if let known {
        ids[known] = id
        continue
      }
      bytes.append(contentsOf: token)
      offsets.append(UInt32(truncatingIfNeeded: bytes.count))
      ids.append(id)
      slots[slot] = (final & 0xFFFF_FFFF_0000_0000) | UInt64(ids.count)
      longest = max(longest, token.count)
    }
    let idLimit = ids.reduce(0) { max($0, Int($1) + 1) }
    var entries = [UInt32](repeating: 0, count: idLimit)
    for (entry, id) in ids.enumerated() { entries[Int(id)] = UInt32(entry + 1) }
    count = ids.count
    self.idLimit = idLimit
    longestByteCount = longest
    self.bytes = ConstantTable(bytes)
    self.offsets = ConstantTable(offsets)
    self.ids = ConstantTable(ids)
    self.entries = ConstantTable(entries)
    self.slots = ConstantTable(slots)
    self.mask = mask
  }

  static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  /// FNV-1a, one byte.
  @inline(__always)
  static func extend(_ hash: UInt64, with byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  @inline(__always)
  static func finish(_ hash: UInt64) -> UInt64 {
    let mixed = (hash ^ hash >> 32) &* 0x9E37_79B9_7F4A_7C15
    return mixed ^ mixed >> 29
  }

  /// The id of the token that is `prefix` followed by `count` bytes of `text`, whose rolling hash is `hash`.
  @inline(__always)
  func id(hash: UInt64, prefix: [UInt8], _ text: UnsafePointer<UInt8>, count: Int) -> UInt32? {
    let final = Self.finish(hash)
    var slot = Int(truncatingIfNeeded: final) & mask
    let slots = unsafe self.slots.base
    while true {
      let content = unsafe slots[slot]
      if content == 0 { return nil }
      if content >> 32 == final >> 32 {
        let entry = Int(content & 0xFFFF_FFFF) - 1
        if unsafe isEqual(entry, prefix: prefix, text, count: count) { return unsafe ids.base[entry] }
      }
      slot = (slot + 1) & mask
    }
  }

  @inline(__always)
  private func isEqual(_ entry: Int, prefix: [UInt8], _ text: UnsafePointer<UInt8>, count: Int) -> Bool {
    let start = unsafe Int(offsets.base[entry])
    let end = unsafe Int(offsets.base[entry + 1])
    guard end - start == prefix.count + count else { return false }
    let token = unsafe bytes.base + start
    for index in 0..<prefix.count where unsafe token[index] != prefix[index] { return false }
    let rest = unsafe token + prefix.count
    for index in 0..<count where unsafe rest[index] != text[index] { return false }
    return true
  }

  func id(of text: UnsafePointer<UInt8>, count: Int) -> UInt32? {
    var hash = Self.seed
    for index in 0..<count { unsafe hash = Self.extend(hash, with: text[index]) }
    return unsafe id(hash: hash, prefix: [], text, count: count)
  }

  func id(of token: [UInt8]) -> UInt32? {
    unsafe token.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return unsafe id(of: UnsafePointer(bytes.base), count: 0) }
      return unsafe id(of: base, count: buffer.count)
    }
  }

  /// The number of bytes of an entry; entries are numbered from 0 to `count`, in the order of the file.
  @inline(__always)
  func byteCount(ofEntry entry: Int) -> Int { Int(offsets[entry + 1] - offsets[entry]) }

  @inline(__always)
  func id(ofEntry entry: Int) -> UInt32 { ids[entry] }

  /// A byte of an entry; nil behind its last.
  @inline(__always)
  func byte(at index: Int, ofEntry entry: Int) -> UInt8? {
    index < byteCount(ofEntry: entry) ? bytes[Int(offsets[entry]) + index] : nil
  }

  /// The bytes of a token; nil where the ids have a hole.
  func token(for id: UInt32) -> [UInt8]? {
    guard Int(id) < entries.count, entries[Int(id)] != 0 else { return nil }
    let entry = Int(entries[Int(id)]) - 1
    let start = Int(offsets[entry])
    return unsafe Array(UnsafeBufferPointer(start: bytes.base + start, count: Int(offsets[entry + 1]) - start))
  }
}
