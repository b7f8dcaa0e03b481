internal import CKernels

/// A word of up to 15 bytes as two integers, with its length in the top byte. Of a longer word: 0xFF in the top byte,
/// its length in the rest, and its hash.
struct WordKey: Equatable {
  var low: UInt64
  var high: UInt64

  /// Longest word that a key holds itself.
  static let inlineByteCount = 15
  private static let longTag: UInt64 = 0xFF << 56

  @inline(__always)
  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The key of a word of 1 to 15 bytes; 16 bytes are read.
  @inline(__always)
  init(short word: UnsafePointer<UInt8>, count: Int) {
    let raw = unsafe UnsafeRawPointer(word)
    let missing = UInt64(truncatingIfNeeded: 8 &- count) &* 8
    unsafe low = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
    unsafe high = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    // One of the two halves is cut: shifts beyond 63 bits do not exist, so each shifts by what is left modulo 64.
    let cut = UInt64.max &>> missing
    let isShort = count < 9
    low &= isShort ? cut : .max
    high &= isShort ? 0 : cut
    high |= UInt64(truncatingIfNeeded: count) &<< 56
  }

  /// The key of a word of 16 bytes or more.
  @inline(__always)
  init(long count: Int, hash: UInt64) {
    low = hash
    high = Self.longTag | UInt64(truncatingIfNeeded: count)
  }

  /// The length of the word in bytes.
  @inline(__always)
  var count: Int {
    high >= Self.longTag ? Int(truncatingIfNeeded: high & ~Self.longTag) : Int(truncatingIfNeeded: high >> 56)
  }

  @inline(__always)
  var isLong: Bool { high >= Self.longTag }

  /// Of a short word: its hash, all of it in the top bits. Of a long one, what it was made with.
  @inline(__always)
  var hash: UInt64 { (low &* PALIMPSEST_HASH_LOW) &+ (high &* PALIMPSEST_HASH_HIGH) }

  @inline(__always)
  static func == (left: WordKey, right: WordKey) -> Bool {
    (left.low ^ right.low) | (left.high ^ right.high) == 0
  }
}

/// A word of 16 to 39 bytes as five integers, with its length in the top byte of the last.
struct LongWordKey: Equatable {
  var words: (UInt64, UInt64, UInt64, UInt64, UInt64)

  /// Longest word that a key holds itself.
  static let inlineByteCount = 39

  /// The key of a word of 16 to 39 bytes; nothing but the word is read.
  @inline(__always)
  init(_ word: UnsafePointer<UInt8>, count: Int) {
    let raw = unsafe UnsafeRawPointer(word)
    @inline(__always) func load(_ offset: Int) -> UInt64 {
      unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    // The last eight bytes, which overlap those before, fill what is left of a part; no part lies wholly behind them.
    @inline(__always) func part(_ offset: Int) -> UInt64 {
      if offset &+ 8 <= count { return load(offset) }
      let missing = offset &+ 8 &- count
      return missing >= 8 ? 0 : load(count &- 8) &>> UInt64(truncatingIfNeeded: missing &* 8)
    }
    words = (load(0), load(8), part(16), part(24), part(32) | UInt64(truncatingIfNeeded: count) &<< 56)
  }

  /// The key of a word that is too long to be held: two hashes and its length.
  init(hashing word: UnsafePointer<UInt8>, count: Int) {
    var first = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    var second: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    let raw = unsafe UnsafeRawPointer(word)
    var offset = 0
    // The last eight bytes overlap those before: every byte counts, and none outside of the word is read.
    while offset < count {
      let part = unsafe raw.loadUnaligned(fromByteOffset: min(offset, count - 8), as: UInt64.self)
      first = (first ^ UInt64(littleEndian: part)) &* 0xFF51_AFD7_ED55_8CCD
      first ^= first >> 32
      second = (second &+ UInt64(littleEndian: part)) &* 0xC4CE_B9FE_1A85_EC53
      second ^= second >> 29
      offset += 8
    }
    words = (first, second, UInt64(truncatingIfNeeded: count), 0, 0xFF << 56)
  }

  @inline(__always)
  var hash: UInt64 {
    (words.0 &* 0x9E37_79B9_7F4A_7C15) &+ (words.1 &* 0xD6E8_FEB8_6659_FD93) &+ (words.2 &* 0xC2B2_AE3D_27D4_EB4F)
      &+ (words.3 &* 0xFF51_AFD7_ED55_8CCD) &+ (words.4 &* 0xC4CE_B9FE_1A85_EC53)
  }

  @inline(__always)
  static func == (left: LongWordKey, right: LongWordKey) -> Bool {
    let (a, b) = (left.words, right.words)
    return (a.0 ^ b.0) | (a.1 ^ b.1) | (a.2 ^ b.2) | (a.3 ^ b.3) | (a.4 ^ b.4) == 0
  }
}
