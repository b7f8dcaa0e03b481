/// XXH64, the hash of document ids, window hashes and shard checksums; `xxhsum -H64` prints the same.
///
/// - Source: Yann Collet, xxHash specification 0.1.1 (XXH64), seed 0 unless given.
/// - Cost: about 10 GB/s in long inputs; no allocation.
public enum Digest {
  @usableFromInline static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  @usableFromInline static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  @usableFromInline static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  @usableFromInline static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  @usableFromInline static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The hash of bytes.
  public static func xxh64(_ bytes: RawSpan, seed: UInt64 = 0) -> UInt64 {
    var state = XXH64(seed: seed)
    let whole = state.consumeStripes(of: bytes, from: 0)
    return state.value(of: bytes, rest: whole)
  }

  /// The hash of bytes given as a span of them.
  public static func xxh64(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
    xxh64(unsafe bytes.bytes, seed: seed)
  }

  /// The hash of an array's bytes.
  public static func xxh64(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
    xxh64(bytes.span, seed: seed)
  }

  /// The hash of ids as little-endian 32-bit words: how a window of tokens is fingerprinted.
  public static func xxh64(ids: Span<UInt32>, seed: UInt64 = 0) -> UInt64 {
    xxh64(unsafe ids.bytes, seed: seed)
  }

  /// The hash of a string's UTF-8.
  public static func xxh64(_ text: String, seed: UInt64 = 0) -> UInt64 {
    xxh64(Array(text.utf8), seed: seed)
  }

  /// Sixteen lower-case hexadecimal digits, as `xxhsum` prints them.
  public static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}

/// XXH64 over bytes that come in pieces: the value depends on their concatenation alone.
public struct XXH64: Sendable {
  private var lane1: UInt64
  private var lane2: UInt64
  private var lane3: UInt64
  private var lane4: UInt64
  private let seed: UInt64
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0

  public init(seed: UInt64 = 0) {
    self.seed = seed
    lane1 = seed &+ Digest.prime1 &+ Digest.prime2
    lane2 = seed &+ Digest.prime2
    lane3 = seed
    lane4 = seed &- Digest.prime1
  }

  public mutating func update(_ bytes: RawSpan) {
    byteCount &+= UInt64(bytes.byteCount)
    var offset = 0
    if !pending.isEmpty {
      while pending.count < 32, offset < bytes.byteCount {
        pending.append(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        offset += 1
      }
      guard pending.count == 32 else { return }
      let stripe = pending
      consumeStripes(of: unsafe stripe.span.bytes, from: 0)
      pending.removeAll(keepingCapacity: true)
    }
    offset = consumeStripes(of: bytes, from: offset)
    while offset < bytes.byteCount {
      pending.append(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
      offset += 1
    }
  }

  /// The hash of everything fed so far.
  public var value: UInt64 {
    unsafe finish(byteCount: byteCount, pending.span.bytes, from: 0)
  }

  /// The hash of one run of bytes whose whole stripes, up to `rest`, have been consumed: nothing is copied.
  fileprivate func value(of bytes: RawSpan, rest: Int) -> UInt64 {
    finish(byteCount: UInt64(bytes.byteCount), bytes, from: rest)
  }

  private func finish(byteCount: UInt64, _ rest: RawSpan, from start: Int) -> UInt64 {
    var hash: UInt64
    if byteCount >= 32 {
      hash = Self.rotate(lane1, 1) &+ Self.rotate(lane2, 7) &+ Self.rotate(lane3, 12) &+ Self.rotate(lane4, 18)
      hash = Self.merge(hash, lane1)
      hash = Self.merge(hash, lane2)
      hash = Self.merge(hash, lane3)
      hash = Self.merge(hash, lane4)
    } else {
      hash = seed &+ Digest.prime5
    }
    hash &+= byteCount
    var offset = start
    while offset + 8 <= rest.byteCount {
      hash ^= Self.round(0, Self.load64(rest, offset))
      hash = Self.rotate(hash, 27) &* Digest.prime1 &+ Digest.prime4
      offset += 8
    }
    if offset + 4 <= rest.byteCount {
      hash ^=
        UInt64(unsafe UInt32(littleEndian: rest.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        &* Digest.prime1
      hash = Self.rotate(hash, 23) &* Digest.prime2 &+ Digest.prime3
      offset += 4
    }
    while offset < rest.byteCount {
      hash ^= UInt64(unsafe rest.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) &* Digest.prime5
      hash = Self.rotate(hash, 11) &* Digest.prime1
      offset += 1
    }
    hash = (hash ^ (hash >> 33)) &* Digest.prime2
    hash = (hash ^ (hash >> 29)) &* Digest.prime3
    return hash ^ (hash >> 32)
  }

  /// Feeds all whole 32-byte stripes from `start` and returns the offset behind the last.
  @discardableResult
  fileprivate mutating func consumeStripes(of bytes: RawSpan, from start: Int) -> Int {
    var (a, b, c, d) = (lane1, lane2, lane3, lane4)
    var offset = start
    while offset + 32 <= bytes.byteCount {
      a = Self.round(a, Self.load64(bytes, offset))
      b = Self.round(b, Self.load64(bytes, offset + 8))
      c = Self.round(c, Self.load64(bytes, offset + 16))
      d = Self.round(d, Self.load64(bytes, offset + 24))
      offset += 32
    }
    (lane1, lane2, lane3, lane4) = (a, b, c, d)
    return offset
  }

  @inline(__always)
  private static func load64(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
    unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  private static func merge(_ hash: UInt64, _ lane: UInt64) -> UInt64 {
    (hash ^ round(0, lane)) &* Digest.prime1 &+ Digest.prime4
  }

  @inline(__always)
  private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
    (value << count) | (value >> (64 - count))
  }

  @inline(__always)
  private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotate(lane &+ input &* Digest.prime2, 31) &* Digest.prime1
  }
}
