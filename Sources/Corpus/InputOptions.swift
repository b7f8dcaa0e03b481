/// What to do with a document that cannot be used as it is.
public enum OnError: String, Sendable, CaseIterable {
  /// Stop with a diagnostic that says where and why.
  case fail
  /// Leave the document out, and list it.
  case skip
  /// Replace what is not UTF-8 by U+FFFD; leave out and list what cannot be repaired.
  case repair
}

/// How the content of an input file is to be understood.
public struct InputOptions: Sendable, Equatable {
  public enum Format: String, Sendable, CaseIterable {
    /// By the first bytes where they say it (`PAR1`, `[`, …); else by the name without its compression suffix
    /// (`.jsonl`, `.csv`, `.txt`, …); else JSON lines when the content starts with `{`, and text otherwise.
    case auto
    /// One JSON object a line (RFC 8259); empty lines are passed over.
    case jsonl
    /// The members of a JSON array, or JSON objects one behind the other, over any number of lines.
    case json
    /// UTF-8 text.
    case text
    /// Rows of fields between commas (RFC 4180) or tabs.
    case csv, tsv
    /// A table in columns, of which the text is one; `arrow` is a stream or a file of Arrow's.
    case parquet, arrow
    /// Codes as an array of NumPy's: a document a row, or one.
    case npy
    /// Records of a web archive: plain texts (WET), and the text of pages.
    case warc
    /// The articles of a dump of MediaWiki's, as plain text.
    case mediawiki
    /// A page a file, as the text that it shows.
    case html, markdown
  }

  /// What a document is in a text file.
  public enum TextDocuments: String, Sendable, CaseIterable {
    /// Each line that is not empty.
    case line
    /// Lines up to the next empty one.
    case paragraph
    /// What stands between separators.
    case separator
    /// The whole file.
    case file
  }

  /// The further texts of a record, beside its first one.
  public struct Sections: Sendable, Equatable {
    /// Where the text is that goes with the first one.
    public var positive: [String]
    /// Where texts are that do not: each field may hold one, a list of them, or none.
    public var negatives: [[String]]

    public init(positive: [String], negatives: [[String]] = []) {
      self.positive = positive
      self.negatives = negatives
    }
  }

  /// Where the text is in a JSON object: keys from the outside in, `["meta", "body"]`.
  public var text: [String]
  /// For documents that are records of several texts, of which `text` is the first; nil for one text each.
  public var sections: Sections?
  /// Where the documents' codes are, for inputs that are ids already: a column of integers or of lists of integers.
  /// `text` is not looked for then.
  public var codes: [String]?
  /// Where the source's own id is, if it is wanted: a string, or a number kept as it is written.
  public var id: [String]?
  public var format: Format
  public var documents: TextDocuments
  /// What stands between documents where `documents` is `separator`; not empty.
  public var separator: String
  /// What stands between fields of `csv` and `tsv`, if it is not the usual: one ASCII character.
  public var delimiter: UInt8?
  /// The first row of `csv` and `tsv` names the columns; else they are called 0, 1, 2 …
  public var hasHeader: Bool
  public var onError: OnError
  /// Documents of more bytes than this are errors (`corpus.document-too-large`); for JSON the whole line counts.
  public var maximumDocumentBytes: Int
  /// What the file may ask for beside that.
  public var limits: InputLimits
  /// The most bytes of one page, dictionary, record batch or footer of a table, packed or unpacked, and of a table that
  /// must be held in memory because it lies inside another file.
  public var maximumBufferBytes: Int
  /// A block ends with the first document that ends this many decompressed bytes or more after the block's start.
  public var blockBytes: Int

  public init(
    text: [String] = ["text"], sections: Sections? = nil, codes: [String]? = nil, id: [String]? = nil,
    format: Format = .auto, documents: TextDocuments = .paragraph, separator: String = "<|endoftext|>",
    delimiter: UInt8? = nil, hasHeader: Bool = true, onError: OnError = .fail, maximumDocumentBytes: Int = 256 << 20,
    limits: InputLimits = InputLimits(), maximumBufferBytes: Int = 512 << 20, blockBytes: Int = 8 << 20
  ) {
    self.text = text
    self.sections = sections
    self.codes = codes
    self.id = id
    self.format = format
    self.documents = documents
    self.separator = separator
    self.delimiter = delimiter
    self.hasHeader = hasHeader
    self.onError = onError
    self.maximumDocumentBytes = maximumDocumentBytes
    self.limits = limits
    self.maximumBufferBytes = maximumBufferBytes
    self.blockBytes = blockBytes
  }

  /// `meta.body` → `["meta", "body"]`; a key with a dot in it cannot be written so.
  public static func fieldPath(_ dotted: String) -> [String] {
    dotted.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }
}
