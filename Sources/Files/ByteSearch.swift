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
