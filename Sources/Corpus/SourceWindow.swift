import Blocks
import CKernels
import Files

/// The stretch of decompressed content that a reader is looking at.
///
///     storage   |consumed|held|room|
///                        ^ position in the file
///
/// It grows only as far as one document needs; what is consumed makes room.
@safe
final class SourceWindow {
  private let source: any ByteSource
  private var storage: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  /// Offset of the first held byte in the decompressed file.
  private(set) var position = 0

  /// Several lines of most corpora, and still a part of the cache next to the core.
  private static let initialByteCount = 1 << 19
  /// What one `fill` asks for at most: a document that is too large is noticed soon after its limit.
  private static let mostFilledByteCount = 4 << 20

  init(_ source: any ByteSource) {
    self.source = source
    unsafe storage = UnsafeMutableRawBufferPointer(
      start: palimpsest_resize(nil, Self.initialByteCount), count: Self.initialByteCount)
  }

  deinit { unsafe palimpsest_resize(storage.baseAddress, 0) }

  /// The held bytes; valid until the next call of another method.
  var held: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: storage[start..<end]) }
  var heldByteCount: Int { end - start }
  var compressedByteCount: Int { source.compressedByteCount }

  func consume(_ byteCount: Int) {
    precondition(byteCount >= 0 && byteCount <= end - start, "consumed more than is held")
    start += byteCount
    position += byteCount
  }

  /// Holds at least one byte more, and returns false at the end of the content.
  func fill() throws(Diagnostic) -> Bool {
    if unsafe end == storage.count || start == end { makeRoom() }
    let room = unsafe storage[end...].prefix(Self.mostFilledByteCount)
    let count = try unsafe source.read(into: UnsafeMutableRawBufferPointer(rebasing: room))
    end += count
    return count > 0
  }

  private func makeRoom() {
    unsafe storage.copyMemory(from: held)
    (start, end) = (0, end - start)
    // Half full of one document: a larger buffer, so that moving costs a constant per byte.
    if unsafe heldByteCount > storage.count / 2 {
      let byteCount = unsafe storage.count * 2
      unsafe storage = UnsafeMutableRawBufferPointer(
        start: palimpsest_resize(storage.baseAddress, byteCount), count: byteCount)
    }
  }
}

/// A line of the window: how many bytes it has, and how many with its end (`\n` or `\r\n`, nothing at the end of the
/// file).
struct LineExtent: Equatable {
  var byteCount: Int
  var byteCountWithEnd: Int
}

extension SourceWindow {
  /// The line that starts `offset` bytes behind the first held one, read in as far as needed; nil at the end of the
  /// file.
  ///
  /// - Parameter limit: gives up, with a `byteCount` above it and no end, once the line reaches further than this.
  func line(at offset: Int = 0, limit: Int) throws(Diagnostic) -> LineExtent? {
    var searched = offset
    while true {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: held[searched...])
      if let found = unsafe firstOffset(of: UInt8(ascii: "\n"), in: rest) {
        let end = searched + found
        let hasReturn = unsafe end > offset && held[end - 1] == UInt8(ascii: "\r")
        return LineExtent(byteCount: end - offset - (hasReturn ? 1 : 0), byteCountWithEnd: end - offset + 1)
      }
      searched = heldByteCount
      let byteCount = searched - offset
      // One more than the limit: the last byte may be the `\r` of the line's end.
      let isTooLong = byteCount > limit && byteCount - limit > 1
      guard !isTooLong, try fill() else {
        return byteCount == 0 ? nil : LineExtent(byteCount: byteCount, byteCountWithEnd: byteCount)
      }
    }
  }

  /// Consumes the rest of a line and its end without holding it, and returns the number of bytes.
  func discardLine() throws(Diagnostic) -> Int {
    let before = position
    while true {
      if let found = unsafe firstOffset(of: UInt8(ascii: "\n"), in: held) {
        consume(found + 1)
        return position - before
      }
      consume(heldByteCount)
      if try !fill() { return position - before }
    }
  }
}
