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

  /// Where the file lies; nil for content that lies in no file.
  private let fileSystem: (any FileSystem)?
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
    try self.init(file, reading: try fileSystem.openForReading(file.path), in: fileSystem)
  }

  /// Reads a file that is open, and that lies in a file system: tables are read here and there.
  ///
  /// - Throws: as `init(_:in:)`.
  package init(_ file: InputFile, reading bytes: any ByteReader, in fileSystem: any FileSystem) throws(Diagnostic) {
    self.file = file
    self.fileSystem = fileSystem
    do throws(Diagnostic) {
      window = SourceWindow(try openDecompressed(bytes, limits: file.options.limits.stream))
    } catch {
      guard error.isAboutContent, file.options.onError != .fail else { throw error }
      failure = error
    }
  }

  /// Reads content that is in memory already, for tests and fuzzing: `file.options.format` picks the reader.
  package init(content: [UInt8], named name: String, _ options: InputOptions) throws(Diagnostic) {
    file = InputFile(path: name, options: options)
    fileSystem = nil
    do throws(Diagnostic) {
      window = SourceWindow(try openDecompressed(HeldBytes(content, path: name), limits: options.limits.stream))
    } catch {
      guard error.isAboutContent, options.onError != .fail else { throw error }
      failure = error
    }
  }

  /// Bytes of the file on disk that were taken so far, for progress.
  public var compressedBytesRead: Int { max(window?.compressedByteCount ?? 0, reader?.bytesReadAside ?? 0) }

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

  /// How far the content has been read.
  private var position: Int { (window?.position ?? 0) + (reader?.unpackedByteCount ?? 0) }

  private mutating func readUnits(into block: inout DocumentBlock) throws(Diagnostic) {
    if let failure {
      self.failure = nil
      throw failure
    }
    guard let window else { return }
    let start = position
    defer { block.sourceByteCount = position - start }
    let reader: any DocumentReader
    if let opened = self.reader {
      reader = opened
    } else {
      let (file, fileSystem) = (file, fileSystem)
      reader = try openContent(of: window, path: file.path, file.options) { () throws(Diagnostic) in
        guard let fileSystem else { return nil }
        return try ContentBytes(ofFile: file.path, in: fileSystem)
      }
    }
    self.reader = reader
    do throws(Diagnostic) {
      repeat {
        if try !reader.readUnit(from: window, into: &block) {
          isDone = true
          return
        }
      } while position - start < file.options.blockBytes && block.skipped.count < Self.mostSkippedInBlock
    } catch {
      throw error.isAboutStream ? located(error, reader, window) : error
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

/// Finds out what the content of a window is: an archive of files, or a file.
///
/// - Parameters:
///   - depth: how many archives it lies in.
///   - onDisk: the file as it lies on disk, if it is no part of another.
private func openContent(
  of window: SourceWindow, path: String, _ options: InputOptions, depth: Int = 0,
  onDisk: () throws(Diagnostic) -> ContentBytes? = { () throws(Diagnostic) in nil }
) throws(Diagnostic) -> any DocumentReader {
  guard try ContentHead(of: window).isArchive(named: path) else {
    return try openFile(of: window, path: path, options, onDisk: onDisk)
  }
  guard depth < options.limits.archiveDepth else {
    throw Diagnostic(
      "corpus.archive-too-deep", "'\(path)' is an archive in too many others", at: SourceLocation(path: path),
      expected: "at most \(options.limits.archiveDepth) archives in one another",
      help: "raise `limits.archive_depth`, or unpack the outer ones first")
  }
  return TarArchive(options) { (bytes, path) throws(Diagnostic) in
    let window = SourceWindow(try openDecompressed(bytes, limits: options.limits.stream))
    return (window, try openContent(of: window, path: path, options, depth: depth + 1))
  }
}

extension Diagnostic {
  /// The compressed stream cannot be read on.
  var isAboutStream: Bool {
    [
      "files.truncated-stream", "files.corrupt-stream", "files.window-too-large", "files.expansion-too-large",
      "files.unsupported-codec",
    ].contains(code)
  }

  /// The file is at fault, not the system: under `skip` and `repair` the run goes on without its rest.
  var isAboutContent: Bool { isAboutStream || code.hasPrefix("corpus.") }
}
