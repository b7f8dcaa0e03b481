/// A value of a column.
enum ParquetValue {
  case bytes(ArraySlice<UInt8>)
  case integer(Int64)
}

/// The values of a dictionary page, to be had by their number.
struct ParquetDictionary {
  private let bytes: [UInt8]
  /// Where the length of each value stands, for byte arrays.
  private var starts: [UInt32] = []
  private let width: Int
  let count: Int

  /// - Parameter width: bytes of an integer or of an array of fixed length; 0 for byte arrays.
  /// - Returns: nil when the bytes do not hold `count` values.
  init?(_ bytes: [UInt8], count: Int, width: Int, isInteger: Bool) {
    guard count >= 0, count <= bytes.count / (width == 0 ? 4 : width) else { return nil }
    self.bytes = bytes
    self.count = count
    self.width = width
    self.isInteger = isInteger
    guard width == 0 else { return }
    starts.reserveCapacity(count)
    var offset = 0
    for _ in 0..<count {
      guard offset <= bytes.count - 4 else { return nil }
      let length = Int(bits(of: bytes, at: offset * 8, count: 32))
      guard length <= bytes.count - offset - 4 else { return nil }
      starts.append(UInt32(offset))
      offset += 4 + length
    }
  }

  private let isInteger: Bool

  subscript(index: Int) -> ParquetValue? {
    guard index < count else { return nil }
    if isInteger { return .integer(integer(of: bytes, at: index * width, byteCount: width)) }
    if width > 0 { return .bytes(bytes[index * width..<(index + 1) * width]) }
    let start = Int(starts[index])
    return .bytes(bytes[start + 4..<start + 4 + Int(bits(of: bytes, at: start * 8, count: 32))])
  }
}

/// The values of one data page, one after the other, in whichever way they are encoded.
struct ParquetValues {
  private enum Form {
    case plainBytes
    case plainFixed(width: Int)
    case plainIntegers(width: Int)
    case dictionary(ParquetDictionary, HybridDecoder)
    case integers(DeltaDecoder)
    /// All lengths, then all bytes.
    case lengths(DeltaDecoder)
    /// How many bytes of the value before each begins with; the lengths of the rest; the rest.
    case prefixes(DeltaDecoder, lengths: DeltaDecoder, last: [UInt8])
  }

  private var form: Form
  private let bytes: [UInt8]
  private var offset: Int

  /// Prepares the values that stand in `bytes` from `offset` on.
  ///
  /// - Returns: nil when the bytes do not begin as the encoding has it.
  init?(
    _ encoding: Encoding, _ bytes: [UInt8], from offset: Int, _ leaf: ParquetSchema.Leaf,
    _ dictionary: ParquetDictionary?
  ) {
    self.bytes = bytes
    self.offset = offset
    switch encoding {
    case .plain:
      form =
        leaf.isInteger
        ? .plainIntegers(width: leaf.width) : leaf.width > 0 ? .plainFixed(width: leaf.width) : .plainBytes
    case .dictionary:
      guard let dictionary else { return nil }
      // No byte at all for a page without values.
      let bitWidth = offset < bytes.count ? Int(bytes[offset]) : 0
      guard bitWidth <= 32 else { return nil }
      form = .dictionary(
        dictionary, HybridDecoder(bytes, min(offset + 1, bytes.count)..<bytes.count, bitWidth: bitWidth))
    case .deltaIntegers:
      guard let integers = DeltaDecoder(bytes, offset..<bytes.count) else { return nil }
      form = .integers(integers)
    case .deltaLengths:
      guard let lengths = DeltaDecoder(bytes, offset..<bytes.count), let start = lengths.endOfIntegers() else {
        return nil
      }
      form = .lengths(lengths)
      self.offset = start
    case .deltaBytes:
      guard let prefixes = DeltaDecoder(bytes, offset..<bytes.count), let middle = prefixes.endOfIntegers(),
        let lengths = DeltaDecoder(bytes, middle..<bytes.count), let start = lengths.endOfIntegers()
      else { return nil }
      form = .prefixes(prefixes, lengths: lengths, last: [])
      self.offset = start
    }
  }

  /// The next value; nil when the bytes hold no more.
  mutating func next() -> ParquetValue? {
    switch form {
    case .plainBytes:
      guard offset <= bytes.count - 4 else { return nil }
      let length = Int(bits(of: bytes, at: offset * 8, count: 32))
      offset += 4
      return take(length)
    case .plainFixed(let width): return take(width)
    case .plainIntegers(let width):
      guard width <= bytes.count - offset else { return nil }
      offset += width
      return .integer(integer(of: bytes, at: offset - width, byteCount: width))
    case .dictionary(let dictionary, var indices):
      let index = indices.next()
      form = .dictionary(dictionary, indices)
      return index.flatMap { dictionary[Int($0)] }
    case .integers(var integers):
      let value = integers.next()
      form = .integers(integers)
      return value.map { .integer($0) }
    case .lengths(var lengths):
      let length = lengths.next()
      form = .lengths(lengths)
      return length.flatMap { take(Int($0)) }
    case .prefixes(var prefixes, var lengths, var last):
      form = .plainBytes
      guard let prefix = prefixes.next(), let length = lengths.next(), prefix >= 0, prefix <= last.count,
        case .bytes(let rest)? = take(Int(length))
      else { return nil }
      last.removeLast(last.count - Int(prefix))
      last.append(contentsOf: rest)
      form = .prefixes(prefixes, lengths: lengths, last: last)
      return .bytes(last[...])
    }
  }

  private mutating func take(_ byteCount: Int) -> ParquetValue? {
    guard byteCount >= 0, byteCount <= bytes.count - offset else { return nil }
    offset += byteCount
    return .bytes(bytes[offset - byteCount..<offset])
  }
}

extension ParquetValues {
  /// The encodings that are read.
  enum Encoding {
    case plain, dictionary, deltaIntegers, deltaLengths, deltaBytes

    /// - Parameter number: the format's number for it.
    /// - Returns: nil for one that is not read, or that does not go with the type.
    init?(_ number: Int, for leaf: ParquetSchema.Leaf) {
      switch number {
      case 0: self = .plain
      case 2, 8: self = .dictionary
      case 5 where leaf.isInteger: self = .deltaIntegers
      case 6 where leaf.type == .bytes: self = .deltaLengths
      case 7 where !leaf.isInteger: self = .deltaBytes
      default: return nil
      }
    }

    /// The format's name for a number.
    static func name(_ number: Int) -> String {
      let names = [
        "PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED",
        "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT",
      ]
      return names.indices.contains(number) ? names[number] : "encoding \(number)"
    }
  }
}

extension ParquetSchema.Leaf {
  var isInteger: Bool { type == .int32 || type == .int64 }

  /// Bytes of a plain value; 0 where each has its own length.
  var width: Int {
    switch type {
    case .int32: 4
    case .int64: 8
    case .fixedBytes: valueByteCount
    default: 0
    }
  }
}

/// A signed little-endian integer of 4 or 8 bytes.
private func integer(of bytes: [UInt8], at offset: Int, byteCount: Int) -> Int64 {
  let value = bits(of: bytes, at: offset * 8, count: byteCount * 8)
  return byteCount == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
}
