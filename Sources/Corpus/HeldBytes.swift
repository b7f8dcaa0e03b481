import Blocks
import Files

/// Bytes in memory, read as if they came from a file.
final class HeldBytes: ByteReader {
  let path: String
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes[...]
    self.path = path
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    let part = bytes.prefix(buffer.count)
    unsafe buffer.copyBytes(from: part)
    bytes = bytes.dropFirst(part.count)
    return part.count
  }
}
