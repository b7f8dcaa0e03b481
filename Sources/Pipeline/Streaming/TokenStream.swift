public import Blocks
import Corpus
public import Files
public import Tokenization

/// Tokenizes files as a stream, a row of ids for each text, in the order of the texts.
///
///     let stream = TokenStream(tokenizer: tokenizer, threads: 4)
///     let totals = try stream.write(["corpus.txt.zst"], as: .jsonl) { bytes in … }
///
/// Blocks of about 4 MiB are worked on by all threads and handed over in turn: memory is a few blocks for each thread,
/// whatever the size of the files, and the bytes do not depend on the number of threads.
public struct TokenStream: Sendable {
  /// What a text is in the files.
  public enum Texts: Sendable, Equatable {
    /// Each line, empty ones too. Lines end at `\n`; a `\r` before it does not belong to the line.
    case lines
    /// The string at a path of keys in each line's JSON object; null and "" give an empty row, blank lines none.
    case jsonl(field: [String])
  }

  /// How rows are written.
  public enum Format: Sendable, Equatable {
    /// Nothing: only totals are wanted.
    case none
    /// A JSON array and a newline for each text.
    case jsonl
    /// The ids of all texts, little-endian, with nothing between them.
    case integers(byteCount: Int)
  }

  public struct Totals: Sendable, Equatable {
    /// Texts, and so rows.
    public var texts = 0
    /// Bytes of text.
    public var bytes = 0
    public var tokens = 0
  }

  let tokenizer: Tokenizer
  let texts: Texts
  let addsSpecialTokens: Bool
  let threadCount: Int
  let fileSystem: any FileSystem

  /// - Parameter threads: worker threads; 0 for one a core.
  public init(
    tokenizer: Tokenizer, texts: Texts = .lines, addsSpecialTokens: Bool = false, threads: Int = 0,
    in fileSystem: any FileSystem = LocalFileSystem()
  ) {
    self.tokenizer = tokenizer
    self.texts = texts
    self.addsSpecialTokens = addsSpecialTokens
    threadCount = threads > 0 ? threads : max(1, processorCount())
    self.fileSystem = fileSystem
  }

  /// Calls `body` with the rows of one block after the other, from one thread at a time.
  ///
  /// Files may be compressed; `-` is standard input.
  ///
  /// - Throws: `tokenize.invalid-utf8` with file, line and byte; `corpus.…` for a line that is not the JSON it should
  ///   be; what reading has to say; what `body` throws.
  public func write(
    _ paths: [String], as format: Format, _ body: @escaping @Sendable (Span<UInt8>) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Totals {
    let rows = TokenRows(format: format, vocabularySize: tokenizer.vocabularySize)
    let relay = Relay(TextBlocks(of: paths, texts: texts, in: fileSystem), result: Totals())
    try WorkerPool(threadCount: threadCount).run(
      whileWaiting: {}, stop: { relay.stop() }, { [self] _ in work(relay, rows, body) })
    return relay.result
  }

  /// One worker's life: read a block, make its rows, hand them over in turn, until there is nothing left.
  private func work(
    _ relay: Relay<Totals>, _ rows: TokenRows, _ body: (Span<UInt8>) throws(Diagnostic) -> Void
  ) -> WorkerPool.Failure? {
    var scratch = tokenizer.makeScratch()
    var block = DocumentBlock()
    var tokens = TokenBlock()
    var bytes: [UInt8] = []
    // What cannot be read comes after everything that was.
    var position = (1, 0)
    do throws(Diagnostic) {
      while let turn = try relay.next(into: &block) {
        tokenizer.encode(block, into: &tokens, scratch: &scratch)
        if addsSpecialTokens { tokens = withSpecialTokens(tokens) }
        bytes.removeAll(keepingCapacity: true)
        rows.append(tokens, to: &bytes)
        position = (0, turn)
        try relay.handOver(turn) { (totals: inout Totals) throws(Diagnostic) in
          totals.texts += block.documents.count
          totals.bytes += block.documents.reduce(0) { $0 + $1.byteCount }
          totals.tokens += tokens.ids.count
          if !bytes.isEmpty { try body(bytes.span) }
        }
        position = (1, 0)
      }
      return nil
    } catch {
      return WorkerPool.Failure(position: position, diagnostic: error)
    }
  }

  private func withSpecialTokens(_ tokens: borrowing TokenBlock) -> TokenBlock {
    var result = TokenBlock()
    for document in tokens.documents {
      let ids = tokenizer.addSpecialTokens(to: Array(tokens.ids[document.range]))
      result.documents.append(
        TokenBlock.Document(id: document.id, start: result.ids.count, tokenCount: ids.count, sentences: 0..<0))
      result.ids.append(contentsOf: ids)
    }
    return result
  }
}
