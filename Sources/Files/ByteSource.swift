public import Blocks

/// The decompressed bytes of one file, in order, once.
public protocol ByteSource: AnyObject {
  /// The path as it was given to `openDecompressed`.
  var path: String { get }
  /// Number of the compressed frame or member that the next byte comes from, from 0; 0 in a plain file.
  var frame: Int { get }
  /// Bytes of the file itself taken so far, for progress.
  var compressedByteCount: Int { get }
  /// Decodes the next bytes and returns their count: at least one, 0 only at the end or for an empty buffer.
  ///
  /// Everything that can be decoded before damage is returned first; the call after that throws, and so do all later
  /// ones.
  ///
  /// - Throws: `files.truncated-stream`, `files.corrupt-stream`, `files.unsupported-codec`, or what reading throws.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int
}

/// Opens a file and takes off its compression, which its first bytes tell, not its name.
///
/// - Parameters:
///   - path: `-` is standard input.
///   - windowLogLimit: zstd frames that need a window of more than 2^this bytes are refused; it bounds the memory.
/// - Throws: `files.unsupported-codec` for a format that is known and not read; what opening and reading throw.
public func openDecompressed(
  _ path: String, in fileSystem: any FileSystem, windowLogLimit: Int = 27
) throws(Diagnostic) -> any ByteSource {
  let input = InputBuffer(try fileSystem.openForReading(path))
  switch try Codec.detect(in: input) {
  case .plain: return PlainSource(input)
  case .zstd: return try ZstdSource(input, windowLogLimit: windowLogLimit)
  case .gzip:
    #if Zlib
      return try GzipSource(input)
    #else
      throw Diagnostic(
        "files.unsupported-codec", "'\(path)' is gzip, and this program was built without it",
        at: SourceLocation(path: path),
        help: "install zlib (`apt install zlib1g-dev`) and build with the trait Zlib, or recompress it with zstd")
    #endif
  }
}

/// A file without compression.
final class PlainSource: ByteSource {
  private let input: InputBuffer

  init(_ input: InputBuffer) { self.input = input }

  var path: String { input.path }
  var frame: Int { 0 }
  var compressedByteCount: Int { input.consumedByteCount }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    try unsafe input.read(into: buffer)
  }
}
