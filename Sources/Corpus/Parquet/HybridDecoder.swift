/// Small numbers in runs of one value or packed by bits: levels, indices of a dictionary, truth.
///
///     run        count << 1, then the value in whole bytes
///     packed     groups << 1 | 1, then groups · 8 values of `bitWidth` bits each, lowest bits first
///
/// - Source: apache/parquet-format, `Encodings.md`, "RLE / Bit-Packing Hybrid".
struct HybridDecoder {
  private let bytes: [UInt8]
  private var offset: Int
  private let end: Int
  private let bitWidth: Int
  private var remaining = 0
  private var value: UInt32 = 0
  private var isPacked = false
  /// Bit of `bytes` at which the next packed value starts.
  private var bit = 0

  /// - Parameter bitWidth: at most 32.
  init(_ bytes: [UInt8], _ range: Range<Int>, bitWidth: Int) {
    precondition(range.upperBound <= bytes.count && bitWidth <= 32, "the caller has checked both")
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
    self.bitWidth = bitWidth
  }

  /// The next number; nil when the bytes hold no more.
  mutating func next() -> UInt32? {
    while remaining == 0 {
      guard startRun() else { return nil }
    }
    remaining -= 1
    guard isPacked else { return value }
    bit += bitWidth
    return UInt32(truncatingIfNeeded: bits(of: bytes, at: bit - bitWidth, count: bitWidth))
  }

  private mutating func startRun() -> Bool {
    guard let header = varint(), header < 1 << 40 else { return false }
    isPacked = header & 1 == 1
    if isPacked {
      bit = offset * 8
      // The last group may be cut off behind the last value.
      let byteCount = min(Int(header >> 1) * bitWidth, end - offset)
      remaining = bitWidth == 0 ? Int(header >> 1) * 8 : byteCount * 8 / bitWidth
      offset += byteCount
      return remaining > 0 || header > 1
    }
    remaining = Int(header >> 1)
    let byteCount = (bitWidth + 7) / 8
    guard byteCount <= end - offset else { return false }
    value = 0
    for index in 0..<byteCount { value |= UInt32(bytes[offset + index]) << UInt32(8 * index) }
    offset += byteCount
    return true
  }

  private mutating func varint() -> UInt64? {
    var result: UInt64 = 0
    for shift in stride(from: 0, to: 63, by: 7) {
      guard offset < end else { return nil }
      let byte = bytes[offset]
      offset += 1
      result |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return result }
    }
    return nil
  }
}

/// Up to 64 bits of a buffer, lowest first; the caller has checked that they lie inside.
@inline(__always)
func bits(of bytes: [UInt8], at bit: Int, count: Int) -> UInt64 {
  if count == 0 { return 0 }
  let (first, shift) = (bit >> 3, bit & 7)
  if first + 8 <= bytes.count, shift + count <= 64 {
    let word = unsafe bytes.withUnsafeBytes {
      UInt64(littleEndian: unsafe $0.loadUnaligned(fromByteOffset: first, as: UInt64.self))
    }
    return word >> UInt64(shift) & (~0 >> UInt64(64 - count))
  }
  var result: UInt64 = 0
  var taken = 0
  while taken < count {
    let place = bit + taken
    let room = min(8 - place & 7, count - taken)
    let part = UInt64(bytes[place >> 3] >> UInt8(place & 7)) & (1 << UInt64(room) - 1)
    result |= part << UInt64(taken)
    taken += room
  }
  return result
}
