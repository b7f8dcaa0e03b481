/// Thrift's compact protocol, in which Parquet keeps what it says about itself.
///
/// Nothing is believed: every step is checked against the end of the bytes, and structures nest only so deep.
///
/// - Source: apache/thrift, `doc/specs/thrift-compact-protocol.md`.
struct ThriftReader {
  /// What cannot be read; its place is `offset`.
  enum Fault: Error {
    /// The bytes end inside a value: more of them may help.
    case endOfBytes
    case malformed(String)
  }

  enum Kind: UInt8 {
    case stop, yes, no, byte, int16, int32, int64, double, binary, list, set, map, structure
  }

  let bytes: [UInt8]
  private(set) var offset: Int
  private var depth = 0

  private static let deepestLevel = 32

  init(_ bytes: [UInt8], from offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  var remainingByteCount: Int { bytes.count - offset }

  /// Walks over the fields of a structure; `field` takes the value of those it knows and answers whether it did.
  mutating func structure(
    _ field: (_ id: Int, _ kind: Kind, inout ThriftReader) throws(Fault) -> Bool
  ) throws(Fault) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestLevel else { throw .malformed("structures nested too deep") }
    var id = 0
    while true {
      let head = try byte()
      guard let kind = Kind(rawValue: head & 0x0F) else { throw .malformed("a field of the kind \(head & 0x0F)") }
      if kind == .stop { return }
      let step = Int(head >> 4)
      id = step == 0 ? try integer() : id + step
      if try !field(id, kind, &self) { try skip(kind) }
    }
  }

  /// The number of a list's members and what they are.
  mutating func list() throws(Fault) -> (count: Int, kind: Kind) {
    let head = try byte()
    guard let kind = Kind(rawValue: head & 0x0F) else { throw .malformed("a list of the kind \(head & 0x0F)") }
    let count = head >> 4 == 15 ? try varint() : UInt64(head >> 4)
    // No member is smaller than a byte.
    guard count <= UInt64(remainingByteCount) else { throw .endOfBytes }
    return (Int(count), kind)
  }

  mutating func integer() throws(Fault) -> Int {
    let bits = try varint()
    return Int(Int64(bitPattern: bits >> 1) ^ -Int64(bits & 1))
  }

  mutating func text() throws(Fault) -> String {
    String(decoding: bytes[try binary()], as: UTF8.self)
  }

  mutating func skip(_ kind: Kind) throws(Fault) {
    switch kind {
    case .stop, .yes, .no: break
    case .byte: _ = try byte()
    case .int16, .int32, .int64: _ = try varint()
    case .double: try advance(8)
    case .binary: _ = try binary()
    case .structure: try structure { (_, _, _) throws(Fault) in false }
    case .list, .set:
      let (count, kind) = try list()
      try skip(count, kind)
    case .map:
      let count = try varint()
      guard count <= UInt64(remainingByteCount) else { throw .endOfBytes }
      if count == 0 { return }
      let kinds = try byte()
      guard let key = Kind(rawValue: kinds >> 4), let value = Kind(rawValue: kinds & 0x0F) else {
        throw .malformed("a map of unknown kinds")
      }
      for _ in 0..<count {
        try skip(1, key)
        try skip(1, value)
      }
    }
  }

  /// Passes over members of a list; truth takes a byte there.
  private mutating func skip(_ count: Int, _ kind: Kind) throws(Fault) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestLevel else { throw .malformed("lists nested too deep") }
    if kind == .yes || kind == .no || kind == .stop || kind == .byte { return try advance(count) }
    for _ in 0..<count { try skip(kind) }
  }

  private mutating func binary() throws(Fault) -> Range<Int> {
    let count = try varint()
    guard count <= UInt64(remainingByteCount) else { throw .endOfBytes }
    offset += Int(count)
    return offset - Int(count)..<offset
  }

  private mutating func varint() throws(Fault) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      let next = try byte()
      value |= UInt64(next & 0x7F) << UInt64(shift)
      if next < 0x80 { return value }
    }
    throw .malformed("a number of more than ten bytes")
  }

  private mutating func byte() throws(Fault) -> UInt8 {
    guard offset < bytes.count else { throw .endOfBytes }
    offset += 1
    return bytes[offset - 1]
  }

  private mutating func advance(_ byteCount: Int) throws(Fault) {
    guard byteCount <= remainingByteCount else { throw .endOfBytes }
    offset += byteCount
  }
}
