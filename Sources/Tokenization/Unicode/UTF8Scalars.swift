/// Reads the scalar that starts at `offset` and says how many bytes it takes.
///
/// Text is valid UTF-8 by contract. What is not is read as U+FFFD, byte by byte, and never beyond `end`: a broken
/// promise gives wrong ids, not a wild read.
@inline(__always)
func decodeScalar(_ text: UnsafePointer<UInt8>, at offset: Int, end: Int) -> (scalar: UInt32, byteCount: Int) {
  let lead = unsafe UInt32(text[offset])
  if lead < 0x80 { return (lead, 1) }
  let byteCount = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
  guard lead >= 0xC2, lead < 0xF5, offset + byteCount <= end else { return (0xFFFD, 1) }
  let second = unsafe UInt32(text[offset + 1]) & 0x3F
  if byteCount == 2 { return ((lead & 0x1F) << 6 | second, 2) }
  let third = unsafe UInt32(text[offset + 2]) & 0x3F
  if byteCount == 3 { return ((lead & 0x0F) << 12 | second << 6 | third, 3) }
  let fourth = unsafe UInt32(text[offset + 3]) & 0x3F
  return ((lead & 0x07) << 18 | second << 12 | third << 6 | fourth, 4)
}

/// Whether a character that was read from bytes is spelled in just these bytes.
@inline(__always)
func isWellFormed(_ bytes: UnsafePointer<UInt8>, _ scalar: UInt32, _ byteCount: Int) -> Bool {
  if byteCount == 1 { return scalar < 0x80 }
  for index in 1..<byteCount where unsafe bytes[index] & 0xC0 != 0x80 { return false }
  return byteCount == 2 || scalar >= 0x800 && scalar <= 0x10FFFF && (byteCount == 3) == (scalar < 0x10000)
}

/// The offset of the scalar that ends at `offset`, which lies behind `start`.
@inline(__always)
func scalarStart(_ text: UnsafePointer<UInt8>, before offset: Int, start: Int) -> Int {
  var index = offset - 1
  while index > start, unsafe text[index] & 0xC0 == 0x80 { index -= 1 }
  return index
}

/// Calls `body` with the UTF-8 of a scalar, byte by byte.
@inline(__always)
func encodeScalar(_ scalar: UInt32, _ body: (UInt8) -> Void) {
  if scalar < 0x80 {
    body(UInt8(truncatingIfNeeded: scalar))
  } else if scalar < 0x800 {
    body(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
    body(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
  } else if scalar < 0x10000 {
    body(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
    body(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
    body(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
  } else {
    body(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
    body(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
    body(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
    body(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
  }
}
