import ArrowIPC
import Blocks
import Files

/// The rows of an Arrow stream or file, record batch by record batch, one of which is held at a time.
///
/// - Source: Apache Arrow columnar format 1.5, "Serialization and Interprocess Communication".
final class ArrowReader: DocumentReader {
  private let options: InputOptions
  private let rows: RowDocuments
  private var messages: ArrowMessages
  private let unpacker = BlockUnpacker()
  private var fields: TableFields<[ArrowField]>?
  private var dictionaries: [Int: [ArrowColumn]] = [:]
  /// The fields whose values a dictionary holds, by its number.
  private var dictionaryFields: [Int: ArrowField] = [:]
  private var columns: [ArrowColumn] = []
  private var batch = -1
  private var rowInBatch = 0
  private var rowCount = 0
  private var row = 0
  private var codes: CodeBuffer
  /// What a batch holds counts as its rows are read, not when it is fetched: so that blocks end inside batches.
  private(set) var unpackedByteCount = 0
  private var uncountedByteCount = 0

  static let area = FlatBuffer.Area(codePrefix: "corpus", help: "fetch or write the file again")
  private static let mostTexts = 1 << 16

  init(_ options: InputOptions, path: String) {
    self.options = options
    rows = RowDocuments(options)
    messages = ArrowMessages(path: path, limit: options.maximumBufferBytes)
    codes = CodeBuffer(limit: options.maximumDocumentBytes)
  }

  var line: Int { row + 1 }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    while rowInBatch == rowCount {
      unpackedByteCount += uncountedByteCount
      uncountedByteCount = 0
      guard let message = try messages.next(in: window) else { return false }
      try take(message, of: window, block.path)
    }
    try readRow(into: &block)
    return true
  }

  private func take(_ message: ArrowMessages.Message, of window: SourceWindow, _ path: String) throws(Diagnostic) {
    switch (message.headerType, fields) {
    case (ArrowFormat.Header.schema, nil):
      try readSchema(message.header, path)
      try messages.skipBody(of: message, in: window)
    case (ArrowFormat.Header.dictionaryBatch, .some):
      let id = try message.header.int64(0)
      guard let field = dictionaryFields[id], let data = try message.header.table(1) else {
        return try messages.skipBody(of: message, in: window)
      }
      let body = try messages.body(of: message, in: window)
      var layout = field
      (layout.node, layout.buffer, layout.viewCount, layout.dictionary) = (0, 0, 0, nil)
      let count = try data.int64(ArrowFormat.RecordBatchSlot.length)
      let part = try ArrowBatch(data, body, path, unpacker, limit: options.maximumBufferBytes).column([layout], count)
      let isDelta = try message.header.bool(2)
      dictionaries[id] = (isDelta ? dictionaries[id] ?? [] : []) + [part]
    case (ArrowFormat.Header.recordBatch, let fields?):
      let body = try messages.body(of: message, in: window)
      uncountedByteCount = body.count
      unpackedByteCount -= body.count
      let contents = try ArrowBatch(message.header, body, path, unpacker, limit: options.maximumBufferBytes)
      rowCount = try message.header.int64(ArrowFormat.RecordBatchSlot.length)
      guard rowCount >= 0 else { throw message.header.damaged(expected: "a number of rows", found: "\(rowCount)") }
      batch += 1
      rowInBatch = 0
      columns = []
      for field in fields.all {
        var column = try contents.column(field, rowCount)
        if let dictionary = field.last?.dictionary { column = column.looking(into: dictionaries[dictionary.id] ?? []) }
        columns.append(column)
      }
    default:
      throw message.table.unsupported("a message of another kind", expected: "a schema, then batches")
    }
  }

  private func readSchema(_ header: FlatTableView, _ path: String) throws(Diagnostic) {
    let all = try ArrowField.fields(of: header)
    let chosen = try TableFields(options, in: path) { (name) throws(Diagnostic) in
      let found = ArrowField.at(name, among: all)
      guard let field = found.first, !field.isEmpty else {
        throw TableFields<Int>.missing(name, in: path, found: ArrowField.names(of: all))
      }
      guard found.count == 1 else { throw TableFields<Int>.ambiguous(name, in: path) }
      return field
    }
    for (field, use) in chosen.wanted {
      guard let leaf = field.last else { continue }
      let member = leaf.isList ? leaf.children.first ?? leaf : leaf
      let isRight =
        switch use {
        case .text: leaf.isBytes
        case .negative: member.isBytes && member.dictionary == nil || leaf.isBytes
        case .id: leaf.isBytes || leaf.isInteger && leaf.dictionary == nil
        case .codes: member.isInteger && member.dictionary == nil
        }
      guard isRight else {
        throw TableFields<Int>.wrongType(field.map(\.name), use, found: leaf.typeName, in: path)
      }
      if let dictionary = leaf.dictionary { dictionaryFields[dictionary.id] = leaf }
    }
    fields = chosen
  }

  private func readRow(into block: inout DocumentBlock) throws(Diagnostic) {
    let location = SourceLocation(path: block.path, row: row + 1, group: batch)
    let contents: (texts: [ArraySlice<UInt8>?], id: String)
    do throws(ArrowColumn.Fault) {
      contents = try rowContents()
    } catch {
      let left = rowCount - rowInBatch
      row += left
      rowInBatch = rowCount
      let advice = options.onError == .fail ? "" : ", so the last \(left) rows of its record batch are left out"
      return try rows.policy.reject(
        Diagnostic(
          "corpus.damaged-metadata", "'\(block.path)' is damaged\(advice)", at: location, expected: error.expected,
          found: error.found, help: Self.area.help), in: &block)
    }
    row += 1
    rowInBatch += 1
    let byteCount = contents.texts.reduce(codes.byteCount + 1) { $0 + ($1?.count ?? 0) }
    unpackedByteCount += byteCount
    uncountedByteCount = max(0, uncountedByteCount - byteCount)
    if options.codes != nil { return try rows.take(codes: codes, id: contents.id, at: location, into: &block) }
    guard contents.texts.count < Self.mostTexts else {
      return try rows.rejectCrowded(contents.texts.count, at: location, into: &block)
    }
    try rows.take(
      contents.texts[0], further: Array(contents.texts.dropFirst()), id: contents.id, at: location, into: &block)
  }

  /// The texts and the id of the row at hand; its codes are left in `codes`.
  private func rowContents() throws(ArrowColumn.Fault) -> (texts: [ArraySlice<UInt8>?], id: String) {
    var texts: [ArraySlice<UInt8>?] = []
    var id = ""
    codes.removeAll()
    let negatives = (fields?.furtherPositions ?? 0..<0).dropFirst()
    for (index, column) in columns.enumerated() {
      if index == fields?.idPosition {
        if column.holdsIntegers {
          id = try column.integer(rowInBatch).map { "\($0)" } ?? ""
        } else {
          id = try column.bytes(rowInBatch).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
      } else if options.codes != nil {
        try readCodes(column)
      } else if negatives.contains(index), column.holdsLists {
        guard let list = try column.list(rowInBatch) else { continue }
        for member in list.range where texts.count < Self.mostTexts { texts.append(try list.members.bytes(member)) }
      } else {
        texts.append(try column.bytes(rowInBatch))
      }
    }
    return (texts, id)
  }

  private func readCodes(_ column: ArrowColumn) throws(ArrowColumn.Fault) {
    guard column.holdsLists else {
      if let code = try column.integer(rowInBatch) { codes.append(code) }
      return
    }
    guard let list = try column.list(rowInBatch) else { return }
    for member in list.range {
      if let code = try list.members.integer(member) { codes.append(code) }
    }
  }
}
