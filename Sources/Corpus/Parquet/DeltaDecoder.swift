/// Integers as differences, packed by bits in blocks of small blocks (`DELTA_BINARY_PACKED`).
///
///     header     values in a block, small blocks in it, count of all values, the first value
///     block      least difference, the bit width of each small block, the small blocks
///
/// - Source: apache/parquet-format, `Encodings.md`, "Delta Encoding".
struct DeltaDecoder {
  /// Values that are still to come.
  private(set) var remaining: Int
  private let bytes: [UInt8]
  private var offset: Int
  private let end: Int
  private let smallBlockCount: Int
  private let smallBlockSize: Int
  private var value: Int64
  private var isFirst = true
  private var leastDifference: Int64 = 0
  /// Where the bit widths of this block start, and which of them is next.
  private var widths = 0
  private var smallBlock = 0
  private var width = 0
  private var bit = 0
  private var leftInSmallBlock = 0

  /// - Returns: nil when the bytes do not start with a header that can be.
  init?(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    end = range.upperBound
    var offset = range.lowerBound
    func varint() -> UInt64? {
      var result: UInt64 = 0
      for shift in stride(from: 0, to: 70, by: 7) {
        guard offset < range.upperBound else { return nil }
        let byte = bytes[offset]
        offset += 1
        result |= UInt64(byte & 0x7F) << UInt64(shift)
        if byte < 0x80 { return result }
      }
      return nil
    }
    guard let blockSize = varint(), let blocks = varint(), let count = varint(), let first = varint(),
      blocks > 0, blocks <= 1 << 16, blockSize <= 1 << 24, blockSize % blocks == 0, blockSize / blocks % 8 == 0,
      blockSize > 0, count <= 1 << 32
    else { return nil }
    self.offset = offset
    smallBlockCount = Int(blocks)
    smallBlockSize = Int(blockSize / blocks)
    remaining = Int(count)
    value = Int64(bitPattern: first >> 1) ^ -Int64(first & 1)
    smallBlock = Int(blocks)
  }

  /// The next integer; nil when there is none, or the bytes end too early.
  mutating func next() -> Int64? {
    guard remaining > 0 else { return nil }
    if isFirst {
      isFirst = false
      remaining -= 1
      return value
    }
    if leftInSmallBlock == 0 {
      guard startSmallBlock() else { return nil }
    }
    guard bit + width <= end * 8 else { return nil }
    let difference = Int64(bitPattern: bits(of: bytes, at: bit, count: width))
    bit += width
    leftInSmallBlock -= 1
    remaining -= 1
    value = value &+ leastDifference &+ difference
    return value
  }

  /// Where the bytes of the last small block end; nil when they end too early. What is left of the integers is passed
  /// over.
  func endOfIntegers() -> Int? {
    var rest = self
    if rest.isFirst, rest.remaining > 0 {
      rest.isFirst = false
      rest.remaining -= 1
    }
    rest.remaining -= min(rest.remaining, rest.leftInSmallBlock)
    while rest.remaining > 0 {
      guard rest.startSmallBlock() else { return nil }
      rest.remaining -= min(rest.remaining, rest.leftInSmallBlock)
    }
    return rest.offset <= end ? rest.offset : nil
  }

  /// Enters the next small block, and the next block where the last has none left.
  private mutating func startSmallBlock() -> Bool {
    if smallBlock == smallBlockCount {
      guard let least = varint(), smallBlockCount <= end - offset else { return false }
      leastDifference = Int64(bitPattern: least >> 1) ^ -Int64(least & 1)
      widths = offset
      offset += smallBlockCount
      smallBlock = 0
    }
    width = Int(bytes[widths + smallBlock])
    guard width <= 64 else { return false }
    smallBlock += 1
    bit = offset * 8
    leftInSmallBlock = smallBlockSize
    offset += smallBlockSize * width / 8
    return true
  }

  private mutating func varint() -> UInt64? {
    var result: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard offset < end else { return nil }
      let byte = bytes[offset]
      offset += 1
      result |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return result }
    }
    return nil
  }
}
