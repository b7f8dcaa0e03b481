import Blocks
import Files
import Shards

/// Passes a file on to whoever reads it, and hashes it on the way: what was read is what is hashed.
///
/// `@unchecked Sendable`: it passes from worker to worker with the cursor that reads it, one at a time.
final class InputDigest: ByteReader, @unchecked Sendable {
  private let file: any ReadableFile
  private var hash = XXH64()
  private var byteCount = 0

  init(_ file: any ReadableFile) { self.file = file }

  var path: String { file.path }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    let count = try unsafe file.read(into: buffer)
    unsafe hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes)
    byteCount += count
    return count
  }

  /// Reads what its reader left, and says what the whole file is.
  func finish() throws(Diagnostic) -> ManifestInput.Fingerprint {
    var rest = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      var span = rest.mutableSpan
      let count = try unsafe span.withUnsafeMutableBytes { (bytes) throws(Diagnostic) in try unsafe read(into: bytes) }
      if count == 0 { return ManifestInput.Fingerprint(byteCount: byteCount, checksum: hash.value) }
    }
  }
}
