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
    /// By the name without its compression suffix (`.jsonl`, `.ndjson`, `.json`; `.txt`, `.text`); else JSON lines when
    /// the content starts with `{`, and text otherwise.
    case auto
    /// One JSON object a line (RFC 8259); empty lines are passed over.
    case jsonl
    /// UTF-8 text.
    case text
  }

  /// What a document is in a text file.
  public enum TextDocuments: String, Sendable, CaseIterable {
    /// Each line that is not empty.
    case line
    /// Lines up to the next empty one.
    case paragraph
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
  /// Where the source's own id is, if it is wanted: a string, or a number kept as it is written.
  public var id: [String]?
  public var format: Format
  public var documents: TextDocuments
  public var onError: OnError
  /// Documents of more bytes than this are errors (`corpus.document-too-large`); for JSON the whole line counts.
  public var maximumDocumentBytes: Int
  /// What the file may ask for beside that.
  public var limits: InputLimits
  /// A block ends with the first document that ends this many decompressed bytes or more after the block's start.
  public var blockBytes: Int

  public init(
    text: [String] = ["text"], sections: Sections? = nil, id: [String]? = nil, format: Format = .auto,
    documents: TextDocuments = .paragraph,
    onError: OnError = .fail, maximumDocumentBytes: Int = 256 << 20, limits: InputLimits = InputLimits(),
    blockBytes: Int = 8 << 20
  ) {
    self.text = text
    self.sections = sections
    self.id = id
    self.format = format
    self.documents = documents
    self.onError = onError
    self.maximumDocumentBytes = maximumDocumentBytes
    self.limits = limits
    self.blockBytes = blockBytes
  }

  /// `meta.body` → `["meta", "body"]`; a key with a dot in it cannot be written so.
  public static func fieldPath(_ dotted: String) -> [String] {
    dotted.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }
}
