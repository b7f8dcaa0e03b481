public import Blocks
import CZstd

/// Packs buffers into zstd frames, one frame each, with its size in front and a checksum behind.
///
/// - Source: RFC 8878. The bytes of a frame depend on the library's version, what they unpack to does not.
@safe
public final class ZstdPacker: @unchecked Sendable {
  // One owner packs at a time, as with any writer; the context is freed once, in `deinit`.
  private let context: OpaquePointer

  /// Version of the library: `1.5.4`.
  public static var libraryVersion: String { unsafe String(cString: ZSTD_versionString()) }

  /// - Parameter level: from 1, fast, to 19, small.
  public init(level: Int) throws(Diagnostic) {
    guard let context = unsafe ZSTD_createCCtx() else {
      throw Diagnostic("files.no-memory", "there is no memory left to pack with zstd")
    }
    unsafe self.context = context
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  }

  deinit { unsafe ZSTD_freeCCtx(context) }

  /// Appends one frame that holds all the bytes.
  public func pack(_ bytes: [UInt8], into output: inout [UInt8]) {
    let start = output.count
    let room = ZSTD_compressBound(bytes.count)
    output.append(contentsOf: repeatElement(0, count: room))
    let count = unsafe output.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { source in
        unsafe ZSTD_compress2(
          context, target.baseAddress.unsafelyUnwrapped + start, room, source.baseAddress, source.count)
      }
    }
    precondition(ZSTD_isError(count) == 0, "a frame fits the bound that the library gave for it")
    output.removeLast(room - count)
  }
}

/// The content of one zstd frame; nil when the bytes are not exactly one sound frame of that content size.
///
/// - Parameter byteCount: what the frame must say of itself, and hold.
public func unpackZstd(_ frame: UnsafeRawBufferPointer, byteCount: Int) -> [UInt8]? {
  guard unsafe ZSTD_getFrameContentSize(frame.baseAddress, frame.count) == UInt64(byteCount),
    unsafe ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count) == frame.count
  else { return nil }
  return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
    let result = unsafe ZSTD_decompress(target.baseAddress, target.count, frame.baseAddress, frame.count)
    count = ZSTD_isError(result) == 0 ? result : 0
  }.nilUnlessCount(byteCount)
}

extension [UInt8] {
  fileprivate func nilUnlessCount(_ expected: Int) -> [UInt8]? { count == expected ? self : nil }
}
