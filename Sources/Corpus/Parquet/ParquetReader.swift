import Blocks
import Files

/// The rows of a Parquet file, row group by row group: its footer is read first, then the pages of the columns that are
/// wanted, one at a time.
///
/// Under `skip` and `repair` a row group that is damaged ends where the damage is, and the next begins.
///
/// - Source: apache/parquet-format 2.11, `README.md`, `Encodings.md`, `parquet.thrift`.
final class ParquetReader: DocumentReader {
  private let content: ContentBytes
  private let options: InputOptions
  private let rows: RowDocuments
  private let fields: TableFields<ParquetSchema.Leaf>
  private let footer: ParquetFooter
  private let unpacker = BlockUnpacker()
  private var group = -1
  /// Columns of the row group at hand, in the order of `footer.columns`; empty when there is none.
  private var columns: [ParquetColumn] = []
  private var rowsLeft = 0
  /// Rows of the file passed so far.
  private var row = 0
  /// What was held at once counts as it is unpacked.
  private(set) var unpackedByteCount: Int
  private var codes: CodeBuffer

  /// Texts of one record: a list of them may be said to be endless.
  private static let mostTexts = 1 << 16
  static let magic = Array("PAR1".utf8)
  static let damageHelp = "fetch or write the file again"

  /// Reads the footer.
  ///
  /// - Throws: `files.truncated-stream`, `corpus.damaged-parquet`, `corpus.unsupported-parquet`,
  ///   `corpus.encrypted`, `corpus.missing-field`, `corpus.wrong-type`, …
  init(_ content: ContentBytes, _ options: InputOptions) throws(Diagnostic) {
    self.content = content
    self.options = options
    rows = RowDocuments(options)
    codes = CodeBuffer(limit: options.maximumDocumentBytes)
    unpackedByteCount = -content.heldByteCount
    let (bytes, offset) = try Self.footerBytes(of: content, limit: options.maximumBufferBytes)
    var fields: TableFields<ParquetSchema.Leaf>?
    footer = try ParquetFooter(bytes, path: content.path, offset: offset) { (schema) throws(Diagnostic) in
      let chosen = try TableFields(options, in: content.path) { (path) throws(Diagnostic) in
        try Self.column(at: path, of: schema, in: content.path)
      }
      for (leaf, use) in chosen.wanted { try Self.check(leaf, for: use, in: content.path) }
      fields = chosen
      return chosen.all
    }
    guard let fields else { preconditionFailure("the footer asks for the columns once") }
    self.fields = fields
  }

  var line: Int { row + 1 }
  var bytesReadAside: Int { content.readByteCount }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    do throws(Diagnostic) {
      while rowsLeft == 0 {
        guard group + 1 < footer.rowGroups.count else { return false }
        try enterNextGroup()
      }
      try readRow(into: &block)
    } catch {
      guard options.onError != .fail, error.isAboutContent else { throw error }
      if rowsLeft > 0 {
        let message = "\(error.message), so the last \(rowsLeft) rows of its row group are left out"
        rows.policy.note(error.with(message: message), in: &block)
      } else {
        rows.policy.note(error, in: &block)
      }
      row += rowsLeft
      rowsLeft = 0
    }
    return true
  }

  private func enterNextGroup() throws(Diagnostic) {
    group += 1
    let next = footer.rowGroups[group]
    columns = []
    rowsLeft = next.rowCount
    // A group without rows may have no pages either.
    if next.rowCount == 0 { return }
    for (leaf, chunk) in zip(footer.columns, next.chunks) {
      columns.append(
        try ParquetColumn(
          chunk, leaf, group: group, of: content, unpacker, largestPage: options.maximumBufferBytes))
    }
  }

  private func readRow(into block: inout DocumentBlock) throws(Diagnostic) {
    var texts: [ArraySlice<UInt8>?] = []
    var id = ""
    codes.removeAll()
    for index in columns.indices {
      var slots = 0
      repeat {
        let value = try columns[index].next().value
        slots += 1
        unpackedByteCount += value?.byteCount ?? 1
        if index == fields.idPosition {
          id = value?.text ?? ""
        } else if case .integer(let code)? = value {
          codes.append(code)
        } else if case .bytes(let bytes)? = value {
          if texts.count < Self.mostTexts { texts.append(bytes) }
        } else if options.codes == nil, !fields.furtherPositions.dropFirst().contains(index) {
          texts.append(nil)
        }
      } while try !columns[index].isAtRow()
    }
    row += 1
    rowsLeft -= 1
    let location = SourceLocation(path: block.path, row: row, group: group)
    if options.codes != nil { return try rows.take(codes: codes, id: id, at: location, into: &block) }
    guard texts.count < Self.mostTexts else { return try rows.rejectCrowded(texts.count, at: location, into: &block) }
    try rows.take(texts[0], further: Array(texts.dropFirst()), id: id, at: location, into: &block)
  }
}

extension ParquetReader {
  /// The metadata at the end of a file, and where it starts.
  ///
  ///     PAR1 … metadata | its size, 4 bytes | PAR1
  private static func footerBytes(
    of content: ContentBytes, limit: Int
  ) throws(Diagnostic) -> (bytes: [UInt8], offset: Int) {
    let location = SourceLocation(path: content.path, byte: content.byteCount)
    guard try content.begins(with: magic) else {
      throw damaged(SourceLocation(path: content.path, byte: 0), expected: "the bytes PAR1", found: "something else")
    }
    let tail = content.byteCount >= 12 ? try content.read(content.byteCount - 8..<content.byteCount) : []
    if tail.suffix(4) == Array("PARE".utf8)[...] { throw encrypted(content.path) }
    guard tail.suffix(4) == magic[...] else {
      throw Diagnostic(
        "files.truncated-stream", "'\(content.path)' begins as a Parquet file and does not end as one", at: location,
        expected: "the bytes PAR1 at the end", help: "the file is probably incomplete: \(damageHelp)")
    }
    let size = Int(bits(of: tail, at: 0, count: 32))
    guard size <= content.byteCount - 12 else {
      throw damaged(location, expected: "metadata inside the \(content.byteCount) bytes", found: "\(size) bytes")
    }
    guard size <= limit else {
      throw Diagnostic(
        "corpus.page-too-large", "the metadata of '\(content.path)' is larger than it may be", at: location,
        expected: "at most \(limit) bytes", found: "\(size) bytes", help: "raise `max_buffer_size`")
    }
    let start = content.byteCount - 8 - size
    return (try content.read(start..<start + size), start)
  }

  private static func column(
    at path: [String], of schema: ParquetSchema, in file: String
  ) throws(Diagnostic) -> ParquetSchema.Leaf {
    let found = schema.leaves(at: path)
    guard let leaf = found.first else { throw TableFields<Int>.missing(path, in: file, found: schema.names) }
    guard found.count == 1 else { throw TableFields<Int>.ambiguous(path, in: file) }
    return leaf
  }

  private static func check(
    _ leaf: ParquetSchema.Leaf, for use: FieldUse, in path: String
  ) throws(Diagnostic) {
    let isBytes = leaf.type == .bytes || leaf.type == .fixedBytes && leaf.valueByteCount > 0
    let isList = leaf.maximumRepetition > 0
    let isRight =
      switch use {
      case .text: isBytes && !isList
      case .negative: isBytes && leaf.maximumRepetition <= 1
      case .id: (isBytes || leaf.isInteger) && !isList
      case .codes: leaf.isInteger && leaf.maximumRepetition <= 1
      }
    guard !isRight else { return }
    throw TableFields<Int>.wrongType(
      leaf.path, use, found: isList ? "lists of \(leaf.type.name)" : leaf.type.name, in: path)
  }

  static func damaged(_ location: SourceLocation, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      "corpus.damaged-parquet", "'\(location.path)' is damaged", at: location, expected: expected, found: found,
      help: damageHelp)
  }

  static func encrypted(_ path: String) -> Diagnostic {
    Diagnostic(
      "corpus.encrypted", "'\(path)' is encrypted", at: SourceLocation(path: path),
      help: "decrypt it first: write it again without a key")
  }
}

extension ParquetValue {
  /// As an id of a document.
  var text: String {
    switch self {
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    case .integer(let value): "\(value)"
    }
  }

  var byteCount: Int {
    switch self {
    case .bytes(let bytes): bytes.count + 1
    case .integer: 4
    }
  }
}
