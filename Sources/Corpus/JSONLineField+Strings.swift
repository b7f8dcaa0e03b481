import CKernels

extension JSONLineField {
  /// Passes over the string at hand, and lets `buffer`, if there is one, hold its characters, unescaped.
  mutating func scanString(into buffer: UnescapeBuffer?) -> Bool {
    offset += 1
    let start = offset
    offset = unsafe Self.plainRunEnd(in: bytes, from: offset)
    if peek() == UInt8(ascii: "\"") {
      // Most strings have no escapes: they are where they stand.
      unsafe buffer?.borrow(UnsafeRawBufferPointer(rebasing: bytes[start..<offset]))
      offset += 1
      return true
    }
    unsafe buffer?.begin(roomFor: bytes.count - start)
    unsafe buffer?.append(UnsafeRawBufferPointer(rebasing: bytes[start..<offset]))
    while true {
      if take("\"") { return true }
      if unsafe offset == bytes.count { return fail("'\"' at the end of the string") }
      guard take("\\") else { return fail("an escape such as \\n or \\u0000 in place of a control character") }
      guard scanEscape(into: buffer) else { return false }
      let end = unsafe Self.plainRunEnd(in: bytes, from: offset)
      unsafe buffer?.append(UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
      offset = end
    }
  }

  /// Passes over what follows a backslash.
  private mutating func scanEscape(into buffer: UnescapeBuffer?) -> Bool {
    let plain: UInt8
    switch peek() {
    case UInt8(ascii: "n"): plain = 0x0A
    case UInt8(ascii: "t"): plain = 0x09
    case UInt8(ascii: "r"): plain = 0x0D
    case UInt8(ascii: "b"): plain = 0x08
    case UInt8(ascii: "f"): plain = 0x0C
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = peek()
    case UInt8(ascii: "u"): return scanUnicodeEscape(into: buffer)
    default: return fail("one of \" \\ / b f n r t u after the backslash")
    }
    offset += 1
    buffer?.append(plain)
    return true
  }

  private mutating func scanUnicodeEscape(into buffer: UnescapeBuffer?) -> Bool {
    let start = offset - 1
    guard let unit = scanCodeUnit() else { return false }
    if let scalar = Unicode.Scalar(UInt32(unit)) {
      buffer?.append(scalar)
      return true
    }
    let next = offset
    if unit < 0xDC00, take("\\"), peek() == UInt8(ascii: "u") {
      guard let low = scanCodeUnit() else { return false }
      if low & 0xFC00 == 0xDC00 {
        let value = 0x1_0000 + ((UInt32(unit) & 0x3FF) << 10 | (UInt32(low) & 0x3FF))
        if let scalar = Unicode.Scalar(value) { buffer?.append(scalar) }
        return true
      }
    }
    // What follows is not the other half: it stands for itself.
    offset = next
    buffer?.appendReplacement(forEscapeAt: start)
    return true
  }

  /// Passes over `u` and four hexadecimal digits.
  private mutating func scanCodeUnit() -> UInt16? {
    offset += 1
    var unit: UInt16 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch peek() {
      case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case let byte where (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "f"):
        digit = (byte | 0x20) - UInt8(ascii: "a") + 10
      default:
        fail("four hexadecimal digits after \\u")
        return nil
      }
      unit = unit << 4 | UInt16(digit)
      offset += 1
    }
    return unit
  }

  /// Where the run of bytes that stand for themselves ends: at a quote, a backslash, a control character or the end.
  ///
  /// Same result as `plainRunEndPlain`, a vector at a time.
  static func plainRunEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard let base = bytes.baseAddress else { return start }
    let first = unsafe base.advanced(by: start).assumingMemoryBound(to: UInt8.self)
    return unsafe start + textScan.plain_run(first, bytes.count - start)
  }

  /// The definition, byte by byte.
  static func plainRunEndPlain(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var offset = start
    while offset < bytes.count {
      let byte = unsafe bytes[offset]
      if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
      offset += 1
    }
    return offset
  }
}

/// The kernels that this processor runs fastest.
let textScan = palimpsest_text_scan_kernels()

/// The characters of one string: where they stand in the line, or unescaped in memory that is kept for the next.
@safe
final class UnescapeBuffer {
  private var storage: UnsafeMutableRawBufferPointer
  private var byteCount = 0
  /// A string of the line that is its own content.
  private var borrowed: UnsafeRawBufferPointer?
  /// Offset in the line of the first escape that U+FFFD stands for.
  private(set) var loneSurrogateOffset: Int?

  init() { unsafe storage = .allocate(byteCount: 256, alignment: 8) }

  deinit { unsafe storage.deallocate() }

  /// Valid until the buffer holds another string, and as long as the line.
  var content: UnsafeRawBufferPointer {
    unsafe borrowed ?? UnsafeRawBufferPointer(rebasing: storage[..<byteCount])
  }

  /// Takes bytes that need no unescaping as they are.
  func borrow(_ bytes: UnsafeRawBufferPointer) {
    unsafe borrowed = bytes
    loneSurrogateOffset = nil
  }

  /// Empties the buffer. A string is never longer unescaped than escaped, so the rest of its line is room enough.
  func begin(roomFor room: Int) {
    byteCount = 0
    loneSurrogateOffset = nil
    unsafe borrowed = nil
    if unsafe storage.count < room {
      let larger = unsafe max(room, storage.count * 2)
      unsafe storage.deallocate()
      unsafe storage = .allocate(byteCount: larger, alignment: 8)
    }
  }

  func append(_ bytes: UnsafeRawBufferPointer) {
    unsafe UnsafeMutableRawBufferPointer(rebasing: storage[byteCount...]).copyMemory(from: bytes)
    byteCount += bytes.count
  }

  func append(_ byte: UInt8) {
    unsafe storage[byteCount] = byte
    byteCount += 1
  }

  func append(_ scalar: Unicode.Scalar) {
    for byte in scalar.utf8 { append(byte) }
  }

  func appendReplacement(forEscapeAt offset: Int) {
    if loneSurrogateOffset == nil { loneSurrogateOffset = offset }
    append("\u{FFFD}")
  }

  func equals(_ other: [UInt8]) -> Bool {
    unsafe content.elementsEqual(other)
  }
}
