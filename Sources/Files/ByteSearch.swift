#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Offset of the first `byte` in a buffer, or nil: the C library's vector search.
package func firstOffset(of byte: UInt8, in buffer: UnsafeRawBufferPointer) -> Int? {
  guard let start = buffer.baseAddress, let found = unsafe memchr(start, Int32(byte), buffer.count) else { return nil }
  return unsafe UnsafeRawPointer(found) - start
}

/// Offset of the first place where a few bytes stand in a buffer, or nil.
package func firstOffset(of bytes: [UInt8], in buffer: UnsafeRawBufferPointer) -> Int? {
  guard let first = bytes.first else { return 0 }
  var start = 0
  while start + bytes.count <= buffer.count {
    let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start..<buffer.count - bytes.count + 1])
    guard let found = unsafe firstOffset(of: first, in: rest) else { return nil }
    start += found
    if unsafe buffer[start..<start + bytes.count].elementsEqual(bytes) { return start }
    start += 1
  }
  return nil
}
