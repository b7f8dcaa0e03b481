import Blocks

/// The bytes of a file as they are on disk, a stretch at a time: what decoders feed on.
///
///     storage   |consumed|available|room|
///                        ^start    ^end
@safe
final class InputBuffer {
  private let file: any ByteReader
  private let storage: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  /// Bytes that were handed on.
  private(set) var consumedByteCount = 0

  /// A multiple of the pages and of what disks read at once; decoders see a block or more at a time.
  private static let byteCount = 1 << 18

  init(_ file: any ByteReader) {
    self.file = file
    unsafe storage = .allocate(byteCount: Self.byteCount, alignment: 64)
  }

  deinit { unsafe storage.deallocate() }

  var path: String { file.path }

  /// What has been read and not been consumed; valid until the next call of another method.
  var available: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: storage[start..<end]) }

  func consume(_ byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= end - start, "consumed more than is available")
    start += byteCount
    consumedByteCount += byteCount
  }

  /// Makes at least one byte available, and returns false at the end of the file.
  func fill() throws(Diagnostic) -> Bool {
    if start < end { return true }
    (start, end) = (0, 0)
    end = try unsafe file.read(into: storage)
    return end > 0
  }

  /// The next bytes without consuming them: `byteCount` of them, fewer only when the file ends.
  func peek(_ byteCount: Int) throws(Diagnostic) -> [UInt8] {
    while end - start < byteCount {
      if start > 0 {
        unsafe storage.copyMemory(from: available)
        (start, end) = (0, end - start)
      }
      let count = try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[end...]))
      if count == 0 { break }
      end += count
    }
    return unsafe Array(available.prefix(byteCount))
  }

  /// Hands bytes on; what is buffered first, then straight from the file.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    if start == end {
      let count = try unsafe file.read(into: buffer)
      consumedByteCount += count
      return count
    }
    let count = min(buffer.count, end - start)
    unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: available[..<count]))
    consume(count)
    return count
  }
}
