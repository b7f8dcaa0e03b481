public import Files

/// What an input may ask for before it is refused: bounds on memory and time that real corpora stay far within.
public struct InputLimits: Sendable, Equatable {
  /// Windows of zstd and xz, and how far a compressed stream may expand.
  public var stream: StreamLimits
  /// Bytes of a line, its end not counted; a longer one is an error (`corpus.line-too-long`).
  public var lineByteCount: Int
  /// Levels of arrays and objects in JSON; deeper ones are errors (`corpus.malformed-json`).
  public var nesting: Int
  /// Archives in one another; 1 is an archive that holds none (`corpus.archive-too-deep`).
  public var archiveDepth: Int
  /// Entries of one archive, folders and links included (`corpus.archive-too-long`).
  public var archiveEntryCount: Int

  /// Each level takes some stack of the thread that reads.
  public static let deepestNesting = 4096

  public init(
    stream: StreamLimits = StreamLimits(), lineByteCount: Int = 256 << 20, nesting: Int = 512, archiveDepth: Int = 4,
    archiveEntryCount: Int = 10_000_000
  ) {
    self.stream = stream
    self.lineByteCount = lineByteCount
    self.nesting = min(nesting, Self.deepestNesting)
    self.archiveDepth = archiveDepth
    self.archiveEntryCount = archiveEntryCount
  }
}
