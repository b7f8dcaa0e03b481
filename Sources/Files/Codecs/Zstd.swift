import Blocks
import CZstd

/// Decodes zstd: any number of frames, skippable ones and seek tables passed over, sizes and checksums proved.
///
/// - Source: RFC 8878. The library decodes; this class feeds it one block at a time, so that all blocks before a
///   damaged one reach the reader, whatever the sizes of the reads.
@safe
final class ZstdSource: ByteSource {
  private let input: InputBuffer
  private let context: OpaquePointer
  private let windowLog: Int
  private var decodedByteCount = 0
  private(set) var frame = 0
  /// Bytes that the decoder wants next, its own hint; 0 between frames.
  private var wantedByteCount = 0
  /// The last call filled the buffer, so more may wait in the decoder. It is taken out before anything new goes in:
  /// what comes out of a call that fails is lost.
  private var mayHoldOutput = false
  private var failure: Diagnostic?

  init(_ input: InputBuffer, _ limits: StreamLimits) throws(Diagnostic) {
    guard let context = unsafe ZSTD_createDCtx() else { throw noMemory(toUnpack: input.path) }
    self.input = input
    unsafe self.context = context
    windowLog = limits.windowLog
    unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(windowLog))
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  var path: String { input.path }
  var compressedByteCount: Int { input.consumedByteCount }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    var output = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    var isAtEnd = false
    while failure == nil, !isAtEnd, unsafe output.pos < output.size {
      do throws(Diagnostic) { isAtEnd = try unsafe !decode(into: &output) } catch { failure = error }
    }
    if unsafe output.pos == 0, let failure { throw failure }
    return unsafe output.pos
  }

  /// Takes one step of the decoder, with at most one block of input; false at the end of the file.
  private func decode(into output: inout ZSTD_outBuffer) throws(Diagnostic) -> Bool {
    if mayHoldOutput {
      try unsafe step(UnsafeRawBufferPointer(start: nil, count: 0), into: &output)
      return true
    }
    guard try input.fill() else {
      if wantedByteCount > 0 { throw truncated() }
      return false
    }
    if wantedByteCount == 0, compressedByteCount > 0 { frame += 1 }
    let available = unsafe input.available
    try unsafe step(UnsafeRawBufferPointer(rebasing: available.prefix(feedByteCount)), into: &output)
    return true
  }

  /// One call of the library.
  private func step(_ bytes: UnsafeRawBufferPointer, into output: inout ZSTD_outBuffer) throws(Diagnostic) {
    let before = unsafe output.pos
    var buffer = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    let result = unsafe ZSTD_decompressStream(context, &output, &buffer)
    input.consume(unsafe buffer.pos)
    unsafe decodedByteCount += output.pos - before
    guard ZSTD_isError(result) == 0 else { throw corrupt(ZSTD_getErrorCode(result), result) }
    wantedByteCount = result
    mayHoldOutput = unsafe result > 0 && output.pos == output.size
  }

  /// The hint covers the rest of this block and the header of the next one (3 bytes). Without that header, damage in it
  /// cannot take this block's bytes along: the library drops what it decoded in a call that fails.
  private var feedByteCount: Int {
    switch wantedByteCount {
    case 0: 4
    case 1...3: wantedByteCount
    default: wantedByteCount - 3
    }
  }

  private var location: SourceLocation { SourceLocation(path: path, byte: decodedByteCount, frame: frame) }

  private func truncated() -> Diagnostic {
    Diagnostic(
      "files.truncated-stream", "'\(path)' ends inside a zstd frame", at: location,
      expected: "at least \(wantedByteCount) more bytes of this frame", found: "end of file", help: incompleteFileHelp)
  }

  private func corrupt(_ code: ZSTD_ErrorCode, _ result: Int) -> Diagnostic {
    let reason = unsafe String(cString: ZSTD_getErrorName(result))
    switch code {
    case ZSTD_error_memory_allocation: return noMemory(toUnpack: path)
    case ZSTD_error_frameParameter_windowTooLarge:
      return Diagnostic(
        "files.window-too-large", "'\(path)' needs more memory to unpack than is allowed", at: location,
        expected: "a window of at most 2^\(windowLog) bytes", found: reason,
        help: "raise `limits.window`, or recompress it: `zstd -dc --long=31 FILE | zstd --long=\(windowLog)`")
    case ZSTD_error_dictionary_wrong:
      return Diagnostic(
        "files.unsupported-codec", "'\(path)' was compressed with a dictionary, which is not read", at: location,
        found: reason, help: "unpack it with its dictionary: `zstd -dc -D DICTIONARY FILE | zstd > FILE.zst`")
    case ZSTD_error_prefix_unknown:
      return Diagnostic(
        "files.corrupt-stream", "'\(path)' goes on with something else after a zstd frame", at: location,
        expected: "another frame or the end of the file", found: "bytes that start no frame",
        help: "something was appended to the file, or it was overwritten: fetch or write it again")
    default:
      return Diagnostic(
        "files.corrupt-stream", "'\(path)' is damaged: its zstd data cannot be decoded", at: location, found: reason,
        help: "fetch or write the file again; `zstd -t FILE` checks it")
    }
  }
}
