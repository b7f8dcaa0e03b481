/// The scalar that starts at `index`, and its length in bytes.
///
/// Text is valid UTF-8 by contract; bytes that are not give U+FFFD and never a read beyond the end.
@inline(__always)
func decodeScalar(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> (value: UInt32, length: Int) {
  let lead = unsafe UInt32(text[index])
  let available = text.count - index
  func trail(_ offset: Int) -> UInt32 { unsafe UInt32(text[index + offset]) & 0x3F }
  if lead < 0x80 { return (lead, 1) }
  if lead < 0xE0, available >= 2 { return ((lead & 0x1F) << 6 | trail(1), 2) }
  if lead < 0xF0, available >= 3 { return ((lead & 0x0F) << 12 | trail(1) << 6 | trail(2), 3) }
  if available >= 4 { return ((lead & 0x07) << 18 | trail(1) << 12 | trail(2) << 6 | trail(3), 4) }
  return (0xFFFD, available)
}

extension [UInt8] {
  /// Appends up to `capacity` bytes that `write` puts into fresh memory; it returns how many.
  @inline(__always)
  mutating func append(atMost capacity: Int, writing write: (UnsafeMutablePointer<UInt8>) -> Int) {
    guard capacity > 0 else { return }
    append(addingCapacity: capacity) { span in
      unsafe span.withUnsafeMutableBufferPointer { buffer, count in
        if let base = buffer.baseAddress { count = unsafe write(base) }
      }
    }
  }
}
