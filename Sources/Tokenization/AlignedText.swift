/// Text on its way through normalizers and pre-tokenizers, with the place each byte came from when someone asks.
///
///     raw          É l l o          (bytes 0-1, 2, 3, 4)
///     bytes        e l l o
///     sourceEnds   2 3 4 5          the raw offset behind the scalar a byte was made of
struct AlignedText: Sendable {
  private(set) var bytes: [UInt8] = []
  /// One per byte while `isAligned`, else empty.
  private(set) var sourceEnds: [Int] = []
  /// Whether origins are kept: only sentences (and one day offsets) need them.
  private(set) var isAligned = false
  /// Whether a character that normalization made is traced as the reference traces it: by its place among the
  /// characters, not by what it was made of. Offsets ask for it.
  var isTracedByPlace = false

  init() {}

  var count: Int { bytes.count }

  mutating func removeAll(aligned: Bool) {
    bytes.removeAll(keepingCapacity: true)
    sourceEnds.removeAll(keepingCapacity: true)
    isAligned = aligned
  }

  /// Becomes a copy of raw text.
  mutating func assign(_ text: UnsafePointer<UInt8>, from start: Int, to end: Int, aligned: Bool) {
    removeAll(aligned: aligned)
    unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text + start, count: end - start))
    guard aligned else { return }
    var offset = start
    while offset < end {
      let byteCount = unsafe decodeScalar(text, at: offset, end: end).byteCount
      for _ in 0..<byteCount { sourceEnds.append(offset + byteCount) }
      offset += byteCount
    }
  }

  @inline(__always)
  mutating func append(byte: UInt8, sourceEnd: Int) {
    bytes.append(byte)
    if isAligned { sourceEnds.append(sourceEnd) }
  }

  mutating func append(scalar: UInt32, sourceEnd: Int) {
    encodeScalar(scalar) { append(byte: $0, sourceEnd: sourceEnd) }
  }

  mutating func append(contentsOf text: [UInt8], sourceEnd: Int) {
    for byte in text { append(byte: byte, sourceEnd: sourceEnd) }
  }

  mutating func append(_ text: UnsafePointer<UInt8>, count: Int, sourceEnd: Int) {
    for index in 0..<count { unsafe append(byte: text[index], sourceEnd: sourceEnd) }
  }

  /// Appends a stretch of another text with its origins.
  mutating func append(_ other: borrowing AlignedText, _ range: Range<Int>) {
    bytes.append(contentsOf: other.bytes[range])
    if isAligned { sourceEnds.append(contentsOf: other.sourceEnds[range]) }
  }

  /// The raw offset behind the scalar that the byte at `index` was made of; 0 when origins are not kept.
  @inline(__always)
  func sourceEnd(at index: Int) -> Int {
    isAligned && sourceEnds.indices.contains(index) ? sourceEnds[index] : 0
  }

  /// Calls `body` with every scalar, its byte range and its origin.
  @inline(__always)
  func forEachScalar(_ body: (_ scalar: UInt32, _ range: Range<Int>) -> Void) {
    forEachScalar(in: 0..<bytes.count, body)
  }

  @inline(__always)
  func forEachScalar(in range: Range<Int>, _ body: (_ scalar: UInt32, _ range: Range<Int>) -> Void) {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let text = buffer.baseAddress else { return }
      var offset = range.lowerBound
      while offset < range.upperBound {
        let (scalar, byteCount) = unsafe decodeScalar(text, at: offset, end: range.upperBound)
        body(scalar, offset..<offset + byteCount)
        offset += byteCount
      }
    }
  }
}
