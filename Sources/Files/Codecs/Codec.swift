import Blocks

/// A compression that is read.
enum Codec: String {
  case plain, zstd, gzip, bzip2, xz, lz4

  /// Tells the compression by the first bytes of a file, and leaves them unread.
  ///
  /// - Throws: `files.unsupported-codec` for a known format that is not read, `files.truncated-stream` for a file that
  ///   ends inside its magic number, or that is empty under a compressed name: downloads that failed look like that.
  static func detect(in input: InputBuffer) throws(Diagnostic) -> Codec {
    let head = try input.peek(KnownFormat.longestMagic)
    if let codec = Codec(startOf: head) { return codec }
    let isCut = cutMagics.contains { head.count >= 3 && head.count < $0.count && $0.starts(with: head) }
    if isCut || head.isEmpty && promisesCompression(input.path) {
      throw Diagnostic(
        "files.truncated-stream", "'\(input.path)' ends before its content begins",
        at: SourceLocation(path: input.path, byte: 0, frame: 0),
        found: head.isEmpty ? "an empty file" : "\(head.count) bytes", help: incompleteFileHelp)
    }
    if let format = KnownFormat.all.first(where: { $0.matches(head) }) {
      throw Diagnostic(
        "files.unsupported-codec", "'\(input.path)' is \(format.name), which is not read",
        at: SourceLocation(path: input.path), expected: "plain text, zstd, gzip, bzip2, xz or lz4",
        found: format.name, help: format.help)
    }
    return .plain
  }

  /// The compression that content starting with these bytes has; nil for none that is read.
  private init?(startOf head: [UInt8]) {
    if head.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else if head.count >= 4, head[0] & 0xF0 == 0x50, head[1...3] == [0x2A, 0x4D, 0x18] {
      // A skippable frame, which zstd puts before, between and behind frames.
      self = .zstd
    } else if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
      self = .xz
    } else if head.starts(with: [0x04, 0x22, 0x4D, 0x18]) {
      self = .lz4
    } else if head.count >= 10, head.starts(with: Array("BZh".utf8)), Self.bzip2Blocks.contains(Array(head[4..<10])) {
      // Its magic number is letters, with which a text may begin, too: the start of a block must follow.
      self = .bzip2
    } else {
      return nil
    }
  }

  /// The name of the compression, or other known format, that content starting with these bytes has; nil for text.
  static func name(ofContent head: [UInt8]) -> String? {
    Codec(startOf: head)?.rawValue ?? KnownFormat.all.first { $0.matches(head) }?.name
  }

  /// The starts of a bzip2 block and of its end.
  private static let bzip2Blocks: [[UInt8]] = [
    [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
  ]

  /// Magic numbers of which the first three bytes stand in no text.
  private static let cutMagics: [[UInt8]] = [
    [0x28, 0xB5, 0x2F, 0xFD], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], [0x04, 0x22, 0x4D, 0x18],
  ]

  private static func promisesCompression(_ path: String) -> Bool {
    compressionSuffixes.contains { path.hasSuffix($0) }
  }
}

/// What the names of compressed files end in.
package let compressionSuffixes = [".zst", ".zstd", ".gz", ".gzip", ".bgz", ".bz2", ".xz", ".lz4"]

/// What to say about a file that stops too early.
let incompleteFileHelp = "the file is probably incomplete: fetch or write it again"

/// A format that we can name but do not read.
package struct KnownFormat: Sendable {
  package let name: String
  let magic: [UInt8]
  let help: String

  /// The most bytes that `format(of:)` looks at.
  package static let longestMagic = 10

  /// The format that content starting with these bytes has, compressions that are read included; nil for text.
  package static func format(of head: [UInt8]) -> String? { Codec.name(ofContent: head) }

  func matches(_ head: [UInt8]) -> Bool {
    head.starts(with: magic)
  }

  static let all: [KnownFormat] = [
    KnownFormat("lz4 (legacy)", [0x02, 0x21, 0x4C, 0x18], "lz4 -dc FILE | zstd > FILE.zst"),
    KnownFormat("zstd of a version before 0.8", [0x27, 0xB5, 0x2F, 0xFD], "unpack it with an old zstd"),
    KnownFormat("snappy", [0xFF, 0x06, 0x00, 0x00, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59], "unpack it first"),
    KnownFormat("zip", [0x50, 0x4B, 0x03, 0x04], "unzip -p FILE | zstd > FILE.zst"),
    KnownFormat("zip (empty)", [0x50, 0x4B, 0x05, 0x06], "it holds no files"),
    KnownFormat("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "unpack it first"),
    KnownFormat("encrypted Parquet", Array("PARE".utf8), "write it again without a key"),
  ]

  private init(_ name: String, _ magic: [UInt8], _ help: String) {
    self.name = name
    self.magic = magic
    self.help = help.contains("|") ? "recompress it: `\(help)`" : help
  }
}
