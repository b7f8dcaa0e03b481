import Blocks

/// What a compressed stream may ask for before it is refused.
public struct StreamLimits: Sendable, Equatable {
  /// Bytes of the window (zstd) or dictionary (xz) that unpacking may need: memory that one small header can ask for.
  /// The default is what `zstd --long` writes and `zstd -d` takes.
  public var windowByteCount: Int
  /// Unpacked bytes for each byte of the file. Text reaches 100; gzip cannot go beyond 1,032.
  public var ratio: Int

  /// The ratio counts from here on: a small file may well be one letter over and over.
  static let freeByteCount = 64 << 20

  public init(windowByteCount: Int = 1 << 27, ratio: Int = 1000) {
    self.windowByteCount = windowByteCount
    self.ratio = ratio
  }

  /// The largest power of two that the window may have, as an exponent; zstd counts from 2^10 to 2^31.
  var windowLog: Int { min(max(Int.bitWidth - 1 - max(windowByteCount, 1).leadingZeroBitCount, 10), 31) }
}

/// A stream that must not unpack to far more than it is: what a bomb does.
final class BoundedSource: ByteSource {
  private let source: any ByteSource
  private let ratio: Int
  private var decodedByteCount = 0
  private var failure: Diagnostic?

  init(_ source: any ByteSource, _ limits: StreamLimits) {
    self.source = source
    ratio = limits.ratio
  }

  var path: String { source.path }
  var frame: Int { source.frame }
  var compressedByteCount: Int { source.compressedByteCount }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    if let failure { throw failure }
    let count = try unsafe source.read(into: buffer)
    decodedByteCount += count
    if decodedByteCount > StreamLimits.freeByteCount, decodedByteCount / ratio > source.compressedByteCount {
      failure = tooLarge()
    }
    return count
  }

  private func tooLarge() -> Diagnostic {
    Diagnostic(
      "files.expansion-too-large", "'\(path)' unpacks to far more than it is",
      at: SourceLocation(path: path, byte: decodedByteCount, frame: frame),
      expected: "at most \(ratio) bytes for each byte of the file",
      found: "\(decodedByteCount) bytes from \(compressedByteCount)",
      help: "it was made to fill memory, or raise `limits.ratio`")
  }
}
