public import Blocks
public import Files
public import Tokenization

/// A tokenizer on disk, in any of the forms in which tokenizers are published.
///
/// | path | form |
/// |---|---|
/// | a folder | the first it holds: `tokenizer.json`, `tokenizer.model`, `vocab.json`, `vocab.txt`, one `.tiktoken` |
/// | `….model` | SentencePiece's, of the kinds BPE and Unigram |
/// | `….tiktoken` | tokens and ranks; `pattern`, or the beginning of its name, tells how text is split |
/// | `…vocab.json`, `…merges.txt` | one of a pair of GPT-2's or RoBERTa's kind; the other is looked for beside it |
/// | `….txt` | a WordPiece vocabulary of BERT's kind |
/// | any other | a `tokenizer.json` |
public struct TokenizerFile: Sendable {
  public var path: String
  /// How a `.tiktoken` file splits text, and its special tokens.
  public var pattern: TiktokenEncoding?
  /// Whether a `vocab.txt` is for text in lower case.
  public var lowercases: Bool?

  public init(_ path: String, pattern: TiktokenEncoding? = nil, lowercases: Bool? = nil) {
    self.path = path
    self.pattern = pattern
    self.lowercases = lowercases
  }

  /// The tokenizer as the bytes of a `tokenizer.json`: those of the file if it is one, else always the same ones.
  ///
  /// - Throws: `files.…`; `tokenizer.not-found` for a folder without a tokenizer or half of a pair;
  ///   `tokenizer.unknown-pattern`, `tokenizer.unused-option`; `tokenizer.invalid`.
  public func json(in fileSystem: any FileSystem = LocalFileSystem()) throws(Diagnostic) -> [UInt8] {
    let isFolder = try fileSystem.status(of: path)?.kind == .directory
    let path = isFolder ? try mainFile(of: path, in: fileSystem) : path
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let name = String(path.dropFirst(folder.count))
    let form = Form(name: name)
    try checkOptions(form, name)
    func file(_ path: String) throws(Diagnostic) -> PublishedVocabulary.File {
      PublishedVocabulary.File(try fileSystem.readAll(path), path: path)
    }
    func config() throws(Diagnostic) -> PublishedVocabulary.File? {
      let path = folder + "tokenizer_config.json"
      return try fileSystem.status(of: path) == nil ? nil : try file(path)
    }
    switch form {
    case .json: return try fileSystem.readAll(path)
    case .sentencePiece: return try PublishedVocabulary.sentencePiece(try file(path))
    case .tiktoken:
      guard let encoding = pattern ?? TiktokenEncoding(fileName: name) else { throw unknownPattern(path) }
      return try PublishedVocabulary.tiktoken(try file(path), encoding: encoding)
    case .wordPiece:
      return try PublishedVocabulary.bert(try file(path), config: try config(), lowercases: lowercases)
    case .pair(let prefix):
      let (vocabulary, merges) = (folder + prefix + "vocab.json", folder + prefix + "merges.txt")
      for half in [vocabulary, merges] where try fileSystem.status(of: half) == nil {
        throw Diagnostic(
          "tokenizer.not-found", "\(path) is half of a tokenizer: the other half is missing",
          at: SourceLocation(path: path), expected: half, found: "nothing there",
          help: "put both beside each other, or give the tokenizer.json of the model")
      }
      return try PublishedVocabulary.byteLevel(
        vocabulary: try file(vocabulary), merges: try file(merges), config: try config())
    }
  }

  private enum Form {
    case json, sentencePiece, tiktoken, wordPiece
    /// - Parameter prefix: what stands before `vocab.json` and `merges.txt`.
    case pair(prefix: String)

    init(name: String) {
      if name.hasSuffix("vocab.json") {
        self = .pair(prefix: String(name.dropLast("vocab.json".count)))
      } else if name.hasSuffix("merges.txt") {
        self = .pair(prefix: String(name.dropLast("merges.txt".count)))
      } else if name.hasSuffix(".model") {
        self = .sentencePiece
      } else {
        self = name.hasSuffix(".tiktoken") ? .tiktoken : name.hasSuffix(".txt") ? .wordPiece : .json
      }
    }
  }

  private func mainFile(of folder: String, in fileSystem: any FileSystem) throws(Diagnostic) -> String {
    let names = try fileSystem.list(folder)
    let base = folder.hasSuffix("/") ? folder : folder + "/"
    for name in ["tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt"] where names.contains(name) {
      return base + name
    }
    let tiktoken = names.filter { $0.hasSuffix(".tiktoken") }
    if tiktoken.count == 1 { return base + tiktoken[0] }
    throw Diagnostic(
      "tokenizer.not-found", "the folder '\(folder)' holds no tokenizer", at: SourceLocation(path: folder),
      expected: "tokenizer.json, tokenizer.model, vocab.json with merges.txt, vocab.txt, or one .tiktoken",
      found: names.isEmpty ? "an empty folder" : names.prefix(8).joined(separator: ", "),
      help: "name the file itself if it has another name")
  }

  private func checkOptions(_ form: Form, _ name: String) throws(Diagnostic) {
    var unused: (option: String, belongs: String)?
    if pattern != nil, case .tiktoken = form {} else if pattern != nil { unused = ("pattern", ".tiktoken") }
    if lowercases != nil, case .wordPiece = form {} else if lowercases != nil { unused = ("lowercase", "vocab.txt") }
    guard let unused else { return }
    throw Diagnostic(
      "tokenizer.unused-option", "'\(unused.option)' says nothing about \(name)", at: SourceLocation(path: path),
      expected: "a \(unused.belongs) to go with '\(unused.option)'",
      help: "leave it out: this file says itself how it is to be read")
  }

  private func unknownPattern(_ path: String) -> Diagnostic {
    Diagnostic(
      "tokenizer.unknown-pattern", "\(path) does not say how text is split", at: SourceLocation(path: path),
      expected: "a name that begins with an encoding's, or one of "
        + TiktokenEncoding.allCases.map(\.rawValue).joined(separator: ", "),
      help: "say which: tokenizer: {path: \(path), pattern: cl100k}, or --pattern cl100k")
  }
}
