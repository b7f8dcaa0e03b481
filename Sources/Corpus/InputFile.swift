import Files

/// One file of a corpus, before it is opened.
public struct InputFile: Sendable, Equatable {
  /// As it was given or found; `-` is standard input.
  public var path: String
  /// Size on disk, compressed if the file is; nil for standard input and pipes.
  public var byteCount: Int?
  /// What tells this content of the path from another one, where the file system knows such a thing.
  public var version: String?
  public var options: InputOptions
  /// How often each of its documents takes part.
  public var weight = 1.0
  /// Number of the file in the corpus, from 0.
  public var index: Int

  public init(path: String, byteCount: Int? = nil, options: InputOptions = InputOptions(), index: Int = 0) {
    self.path = path
    self.byteCount = byteCount
    self.options = options
    self.index = index
  }
}

extension InputFile {
  /// The name without a compression suffix: `part.jsonl.zst` → `part.jsonl`.
  static func uncompressedName(_ path: String) -> Substring {
    for suffix in compressionSuffixes where path.lowercased().hasSuffix(suffix) {
      return path.dropLast(suffix.count)
    }
    return path[...]
  }

  /// The format that a name promises, or `.auto` when it promises none.
  static func format(ofName path: String) -> InputOptions.Format {
    let name = uncompressedName(path).lowercased()
    return formats.first { $0.suffixes.contains(where: name.hasSuffix) }?.format ?? .auto
  }

  /// What names promise. `.json` is not here: some such files hold JSON lines, and some do not.
  private static let formats: [(format: InputOptions.Format, suffixes: [String])] = [
    (.jsonl, [".jsonl", ".ndjson"]), (.text, [".txt", ".text"]), (.csv, [".csv"]), (.tsv, [".tsv", ".tab"]),
    (.parquet, [".parquet"]), (.arrow, [".arrow", ".arrows", ".feather"]), (.npy, [".npy"]),
    (.warc, [".warc", ".wet"]), (.html, [".html", ".htm", ".xhtml"]), (.markdown, [".md", ".markdown"]),
  ]

  /// Formats of files that lie beside corpora as often as in them; a walk passes over these.
  private static let oftenSomethingElse: [InputOptions.Format] = [.arrow, .npy, .html, .markdown]

  /// Whether the name is that of a tar archive, packed or not.
  static func isArchiveName(_ path: String) -> Bool {
    let name = path.lowercased()
    return uncompressedName(name).hasSuffix(".tar") || [".tgz", ".tbz2", ".txz"].contains(where: name.hasSuffix)
  }

  /// Whether a file of this name in an archive is read: as in a walk.
  static func isMemberName(_ path: String) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    return !name.hasPrefix(".") && isCorpusName(path)
  }

  /// Whether a walk through a directory takes a file of this name. `.json` is not: most such files are no corpora.
  static func isCorpusName(_ path: String) -> Bool {
    let format = format(ofName: path)
    return isArchiveName(path) || format != .auto && !oftenSomethingElse.contains(format)
  }
}
