/// One document of a block: where its text lies, and where it came from.
public struct Document: Sendable, Equatable {
  /// XXH64 of the text after the recipe's text steps; 0 until `DocumentBlock.assignIDs` has run.
  public var id: UInt64
  /// First byte of the text in the block's buffer.
  public var start: Int
  /// Length of the text in bytes.
  public var byteCount: Int
  /// Where the document starts in its decompressed file: offset in bytes from 0.
  public var sourceByte: Int
  /// Line of that place, from 1.
  public var sourceLine: Int
  /// Row group or record batch that the document lies in, from 0, where the file is a table without lines: then
  /// `sourceLine` is its row, from 1, and `sourceByte` 0.
  public var sourceGroup: Int?
  /// Which text of its record this is: 0 for the first or only one. The texts of a record follow one another.
  public var section: Int

  public init(
    id: UInt64 = 0, start: Int, byteCount: Int, sourceByte: Int, sourceLine: Int, sourceGroup: Int? = nil,
    section: Int = 0
  ) {
    self.id = id
    self.start = start
    self.byteCount = byteCount
    self.sourceByte = sourceByte
    self.sourceLine = sourceLine
    self.sourceGroup = sourceGroup
    self.section = section
  }

  public var range: Range<Int> { start..<start + byteCount }
}

/// A document that was left out, and why; it becomes a row of the manifest.
public struct SkippedDocument: Sendable, Equatable {
  public var location: SourceLocation
  /// The code of the diagnostic, or the reason a filter gave.
  public var code: String
  /// One line for people.
  public var message: String

  public init(location: SourceLocation, code: String, message: String) {
    self.location = location
    self.code = code
    self.message = message
  }
}

/// A run of consecutive documents of one input file in ONE buffer: the unit of work, retry, progress and determinism.
///
///     bytes      |The first text.|Another one.|…|
///     documents   ^start byteCount ^            ^
///
/// Text is valid UTF-8. Owned by one worker, cleared and refilled; buffers keep their capacity.
public struct DocumentBlock: ~Copyable {
  /// Path of the input file, as given.
  public var path: String = ""
  /// Number of the file in the plan, from 0.
  public var fileIndex = 0
  /// Number of the block in its file, from 0.
  public var blockIndex = 0
  /// The texts, one after the other.
  public var bytes: [UInt8] = []
  public var documents: [Document] = []
  /// The documents are no texts but ids, 32-bit little-endian numbers in `bytes`.
  public var holdsCodes = false
  /// Ids that the source gave its documents (`input.id`); empty, or one for each document.
  public var sourceIDs: [String] = []
  /// Byte offsets in `bytes` at which sentences start, ascending, the start of each document included; empty unless
  /// an objective asked for sentences.
  public var sentenceStarts: [Int] = []
  /// Documents of this stretch of the file that could not be used.
  public var skipped: [SkippedDocument] = []
  /// Decompressed bytes of the file that this block covers, skipped documents and syntax included.
  public var sourceByteCount = 0

  public init() {}

  /// Empties the block and keeps its buffers.
  public mutating func removeAll() {
    path = ""
    fileIndex = 0
    blockIndex = 0
    bytes.removeAll(keepingCapacity: true)
    documents.removeAll(keepingCapacity: true)
    holdsCodes = false
    sourceIDs.removeAll(keepingCapacity: true)
    sentenceStarts.removeAll(keepingCapacity: true)
    skipped.removeAll(keepingCapacity: true)
    sourceByteCount = 0
  }

  /// Takes over everything but the texts, so that a step can write new texts for the same documents.
  public mutating func adoptOrigin(of other: borrowing DocumentBlock) {
    removeAll()
    path = other.path
    fileIndex = other.fileIndex
    blockIndex = other.blockIndex
    holdsCodes = other.holdsCodes
    sourceIDs.append(contentsOf: other.sourceIDs)
    skipped.append(contentsOf: other.skipped)
    sourceByteCount = other.sourceByteCount
  }

  /// Where a document came from.
  public func location(of document: Document) -> SourceLocation {
    if let group = document.sourceGroup { return SourceLocation(path: path, row: document.sourceLine, group: group) }
    return SourceLocation(path: path, byte: document.sourceByte, line: document.sourceLine)
  }

  /// Notes a document as left out, with the id that its source gave it; the document itself stays.
  public mutating func skip(_ index: Int, code: String, message: String) {
    var message = message
    if sourceIDs.count == documents.count, !sourceIDs[index].isEmpty { message += " (id '\(sourceIDs[index])')" }
    skipped.append(SkippedDocument(location: location(of: documents[index]), code: code, message: message))
  }

  /// The texts of the record that begins at `index`: that document, and those behind it that are further sections.
  public func record(at index: Int) -> Range<Int> {
    var end = index + 1
    while end < documents.count, documents[end].section > 0 { end += 1 }
    return index..<end
  }

  /// Sets every document's id to the XXH64 of its text.
  public mutating func assignIDs() {
    for index in documents.indices {
      documents[index].id = Digest.xxh64(bytes.span.extracting(documents[index].range))
    }
  }

  /// The ids of a document of a block that holds codes.
  public func codes(of document: Document) -> [UInt32] {
    stride(from: document.start, to: document.start + document.byteCount, by: 4).map { place in
      (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    }
  }

  /// The text of a document as a string; for messages and tests, not for hot code.
  public func text(of document: Document) -> String {
    String(decoding: bytes[document.range], as: UTF8.self)
  }
}
