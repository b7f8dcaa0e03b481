public import Blocks
public import Files

/// Reads one input file block by block, decompressed, checked and cut into documents.
///
///     var cursor = try InputCursor(file, in: LocalFileSystem())
///     var block = DocumentBlock()
///     while try cursor.nextBlock(into: &block) { … }
///
/// Where a block ends depends on the decompressed content and the options alone. Memory is a few blocks and the largest
/// document, whatever the size of the file.
///
/// `@unchecked Sendable`: it cannot be copied, so it has one owner at a time, and what it refers to was made in `init`
/// and is handed to nobody.
public struct InputCursor: ~Copyable, @unchecked Sendable {
  public let file: InputFile

  private var window: SourceWindow?
  private var reader: (any DocumentReader)?
  private var blockIndex = 0
  /// What ended the file early: thrown now and at every later call, or noted in the last block.
  private var failure: Diagnostic?
  private var isDone = false

  /// A block also ends when so many documents were left out: a bound on the memory of the list.
  package static let mostSkippedInBlock = 1 << 16

  /// Opens the file and finds out its compression.
  ///
  /// - Throws: `files.…` when the file cannot be opened; what its content does wrong is thrown, or noted as `onError`
  ///   says, by `nextBlock`.
  public init(_ file: InputFile, in fileSystem: any FileSystem = LocalFileSystem()) throws(Diagnostic) {
    try self.init(file, reading: try fileSystem.openForReading(file.path))
  }

  /// Reads a file that is open.
  ///
  /// - Throws: as `init(_:in:)`.
  package init(_ file: InputFile, reading bytes: any ByteReader) throws(Diagnostic) {
    self.file = file
    do throws(Diagnostic) {
      window = SourceWindow(try openDecompressed(bytes))
    } catch {
      guard error.isAboutContent, file.options.onError != .fail else { throw error }
      failure = error
    }
  }

  /// Bytes of the file on disk that were taken so far, for progress.
  public var compressedBytesRead: Int { window?.compressedByteCount ?? 0 }

  /// Empties `block` and fills it with the next documents; false, with an empty block, at the end of the file.
  ///
  /// A block can hold no document, only ones that were left out, or nothing but empty lines.
  ///
  /// - Throws: under `fail`, `corpus.…` for the first document that cannot be used and `files.…` for a stream that
  ///   cannot be read to its end; under the other policies only errors of the system. After a throw the cursor is
  ///   spent.
  public mutating func nextBlock(into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    block.removeAll()
    block.path = file.path
    block.fileIndex = file.index
    block.blockIndex = blockIndex
    if isDone {
      if let failure { throw failure }
      return false
    }
    do throws(Diagnostic) {
      try readUnits(into: &block)
    } catch {
      isDone = true
      if file.options.onError == .fail || !error.isAboutContent {
        failure = error
        throw error
      }
      DocumentPolicy(file.options).note(error, in: &block)
    }
    if isDone, block.sourceByteCount == 0, block.skipped.isEmpty { return false }
    blockIndex += 1
    return true
  }

  private mutating func readUnits(into block: inout DocumentBlock) throws(Diagnostic) {
    if let failure {
      self.failure = nil
      throw failure
    }
    guard let window else { return }
    let start = window.position
    defer { block.sourceByteCount = window.position - start }
    let reader: any DocumentReader
    if let opened = self.reader { reader = opened } else { reader = try openContent(of: window) }
    self.reader = reader
    do throws(Diagnostic) {
      repeat {
        if try !reader.readUnit(from: window, into: &block) {
          isDone = true
          return
        }
      } while window.position - start < file.options.blockBytes && block.skipped.count < Self.mostSkippedInBlock
    } catch {
      throw error.isAboutStream ? located(error, reader, window) : error
    }
  }

  /// Finds out what the content is: an archive of files, or a file.
  private func openContent(of window: SourceWindow) throws(Diagnostic) -> any DocumentReader {
    guard try ContentHead(of: window).isArchive(named: file.path) else {
      return try openFile(of: window, path: file.path, file.options)
    }
    let options = file.options
    return TarArchive(options) { (bytes, path) throws(Diagnostic) in
      let window = SourceWindow(try openDecompressed(bytes))
      return (window, try openFile(of: window, path: path, options))
    }
  }

  /// A broken stream's diagnostic, with the line that was being read.
  private func located(_ error: Diagnostic, _ reader: any DocumentReader, _ window: SourceWindow) -> Diagnostic {
    var location = error.location ?? SourceLocation(path: file.path)
    location.line = reader.line
    let advice = "or set `on_error: skip` to keep the whole documents before line \(reader.line)"
    let help = file.options.onError == .fail ? error.help.map { "\($0), \(advice)" } ?? advice : error.help
    return error.with(location: location, help: help)
  }
}

/// Looks at how a file starts: passes over a byte order mark, refuses what is no UTF-8 text, and finds the format.
private func openFile(
  of window: SourceWindow, path: String, _ options: InputOptions
) throws(Diagnostic) -> any DocumentReader {
  let head = try ContentHead(of: window)
  if let problem = head.problem(path: path) { throw problem }
  window.consume(head.markByteCount)
  var format = options.format
  if format == .auto { format = InputFile.format(ofName: path) }
  if format == .auto { format = head.startsObject ? .jsonl : .text }
  if format == .jsonl { return JSONLines(options) }
  if options.sections != nil {
    throw Diagnostic(
      "corpus.no-fields", "plain text has no fields to take the texts of a record from",
      at: SourceLocation(path: path), expected: "JSON lines",
      help: "set `format: jsonl` if it holds JSON lines; else leave out the fields under `text:`")
  }
  return PlainText(options)
}

extension Diagnostic {
  /// The compressed stream cannot be read on.
  var isAboutStream: Bool {
    [
      "files.truncated-stream", "files.corrupt-stream", "files.window-too-large", "files.unsupported-codec",
    ].contains(code)
  }

  /// The file is at fault, not the system: under `skip` and `repair` the run goes on without its rest.
  fileprivate var isAboutContent: Bool { isAboutStream || code.hasPrefix("corpus.") }
}
