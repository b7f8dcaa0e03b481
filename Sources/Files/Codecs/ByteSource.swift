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
  /// - Throws: `files.truncated-stream`, `files.corrupt-stream`, `files.unsupported-codec`, `files.window-too-large`,
  ///   `files.expansion-too-large`, or what reading throws.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int
}

/// Opens a file and takes off its compression, which its first bytes tell, not its name.
///
/// - Parameters:
///   - path: `-` is standard input.
///   - limits: what the stream may ask for.
/// - Throws: `files.unsupported-codec` for a format that is known and not read; what opening and reading throw.
public func openDecompressed(
  _ path: String, in fileSystem: any FileSystem, limits: StreamLimits = StreamLimits()
) throws(Diagnostic) -> any ByteSource {
  try openDecompressed(try fileSystem.openForReading(path), limits: limits)
}

/// Takes off the compression of bytes that lie in no file of their own, as `openDecompressed(_:in:)` does of files.
public func openDecompressed(
  _ bytes: any ByteReader, limits: StreamLimits = StreamLimits()
) throws(Diagnostic) -> any ByteSource {
  let input = InputBuffer(bytes)
  let codec = try Codec.detect(in: input)
  if codec == .plain { return PlainSource(input) }
  return BoundedSource(try decoder(codec, of: input, limits), limits)
}

private func decoder(
  _ codec: Codec, of input: InputBuffer, _ limits: StreamLimits
) throws(Diagnostic) -> any ByteSource {
  switch codec {
  case .plain: return PlainSource(input)
  case .zstd: return try ZstdSource(input, limits)
  case .gzip:
    #if Zlib
      return try MemberSource(input, GzipDecoder(), limits)
    #else
      throw leftOut(codec, trait: "Zlib", package: "zlib1g-dev", input.path)
    #endif
  case .bzip2:
    #if Bzip2
      return try MemberSource(input, Bzip2Decoder(), limits)
    #else
      throw leftOut(codec, trait: "Bzip2", package: "libbz2-dev", input.path)
    #endif
  case .xz:
    #if XZ
      return try MemberSource(input, XZDecoder(limits), limits)
    #else
      throw leftOut(codec, trait: "XZ", package: "liblzma-dev", input.path)
    #endif
  case .lz4:
    #if LZ4
      return try MemberSource(input, LZ4Decoder(), limits)
    #else
      throw leftOut(codec, trait: "LZ4", package: "liblz4-dev", input.path)
    #endif
  }
}

/// The diagnostic for a compression that this program was built without.
func leftOut(_ codec: Codec, trait: String, package: String, _ path: String) -> Diagnostic {
  Diagnostic(
    "files.unsupported-codec", "'\(path)' is \(codec.rawValue), and this program was built without it",
    at: SourceLocation(path: path),
    help: "build it with the trait \(trait) (on Debian, `apt install \(package)`), or recompress the file with zstd")
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
