import Blocks
import Files

/// Tables as text: a row a line, its fields between commas, tabs or another character; a field in double quotes may
/// hold any of these, and a quote written twice.
///
/// The first row names the columns, unless the recipe says that there is none: then they are called 0, 1, 2 … Empty
/// lines are passed over. A byte is what it is: line ends inside quotes stay as they are.
///
/// - Source: RFC 4180.
final class SeparatedValues: DocumentReader {
  private let options: InputOptions
  private let rows: RowDocuments
  private var scanner: RowScanner
  private var fields: TableFields<Int>?
  private var columnCount = 0
  private(set) var line = 1

  init(_ options: InputOptions, delimiter: UInt8) {
    self.options = options
    rows = RowDocuments(options)
    scanner = RowScanner(delimiter: delimiter, limit: options.maximumDocumentBytes)
  }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    if fields == nil {
      guard try readHeader(from: window, path: block.path) else { return false }
      if options.hasHeader { return true }
    }
    let location = SourceLocation(path: block.path, byte: window.position, line: line)
    switch try scanner.scan(window) {
    case .end: return false
    case .row(let byteCount):
      try takeRow(of: window, at: location, into: &block)
      pass(byteCount, of: window)
    case .fault(let fault):
      let problem = unsafe malformed(window.held, fault, at: location)
      // A quote that never closes has swallowed the rest.
      let end = fault.isAtEnd ? window.heldByteCount : try scanner.lineEnd(behind: fault.offset, in: window)
      pass(end, of: window)
      try rows.policy.reject(problem, in: &block)
    case .tooLong(let byteCount):
      pass(try scanner.lineEnd(behind: 0, in: window), of: window)
      try rows.policy.rejectTooLarge(byteCount, at: location, in: &block)
    }
    return true
  }

  /// Finds the wanted columns in the first row, which stays where it is if it is no header; false in an empty file.
  private func readHeader(from window: SourceWindow, path: String) throws(Diagnostic) -> Bool {
    while true {
      switch try scanner.scan(window) {
      case .end: return false
      case .row(let byteCount):
        if scanner.isBlank {
          pass(byteCount, of: window)
          continue
        }
        let count = scanner.fields.count
        let names = (0..<count).map { index in
          options.hasHeader ? String(decoding: unsafe scanner.value(index, in: window.held), as: UTF8.self) : "\(index)"
        }
        columnCount = count
        fields = try TableFields(options, in: path) { (field) throws(Diagnostic) in
          try Self.column(field, of: names, delimiter: scanner.delimiter, in: path)
        }
        if options.hasHeader { pass(byteCount, of: window) }
        return true
      case .fault(let fault):
        throw unsafe malformed(window.held, fault, at: SourceLocation(path: path, byte: window.position, line: line))
      case .tooLong(let byteCount):
        throw Diagnostic(
          "corpus.document-too-large", "the first row of '\(path)' is larger than a document may be",
          at: SourceLocation(path: path, line: line), expected: "at most \(options.maximumDocumentBytes) bytes",
          found: "\(byteCount) bytes", help: "raise `max_document_size` if it is a row")
      }
    }
  }

  private static func column(
    _ field: [String], of names: [String], delimiter: UInt8, in path: String
  ) throws(Diagnostic) -> Int {
    let wanted = field.joined(separator: ".")
    guard let index = names.firstIndex(of: wanted) else {
      let shown = names.prefix(20).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 20 ? ", …" : "")
      let missing = TableFields<Int>.missing(field, in: path, found: "the columns \(shown)")
      let others: [Character] = [";", "\t", "|", ","]
      guard names.count == 1, let other = others.first(where: names[0].contains) else { throw missing }
      let written = other == "\t" ? "\\t" : String(other)
      throw missing.with(help: "set `delimiter: \"\(written)\"` if that is what stands between the fields")
    }
    guard names.lastIndex(of: wanted) == index else { throw TableFields<Int>.ambiguous(field, in: path) }
    return index
  }

  private func takeRow(
    of window: SourceWindow, at location: SourceLocation, into block: inout DocumentBlock
  ) throws(Diagnostic) {
    guard !scanner.isBlank, let fields else { return }
    guard scanner.fields.count == columnCount else {
      return try rows.policy.reject(
        Diagnostic(
          "corpus.ragged-row", "a row has other fields than the first", at: location,
          expected: "\(columnCount) fields", found: "\(scanner.fields.count)",
          help: "quote fields that hold the delimiter or a line end"), in: &block)
    }
    func value(_ position: Int) -> ArraySlice<UInt8> {
      unsafe scanner.value(fields.all[position], in: window.held)[...]
    }
    try rows.take(
      value(0), further: fields.furtherPositions.map(value),
      id: fields.idPosition.map { String(decoding: value($0), as: UTF8.self) } ?? "", at: location, into: &block)
  }

  private func pass(_ byteCount: Int, of window: SourceWindow) {
    line += unsafe window.held[..<byteCount].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    window.consume(byteCount)
  }

  private func malformed(
    _ held: UnsafeRawBufferPointer, _ fault: RowScanner.Fault, at location: SourceLocation
  ) -> Diagnostic {
    let before = unsafe held[..<min(fault.offset, held.count)]
    var place = location
    place.byte = location.byte.map { $0 + fault.offset }
    place.line = location.line.map { unsafe $0 + before.count { $0 == 0x0A } }
    place.column = unsafe fault.offset - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    return Diagnostic(
      "corpus.malformed-csv", "a row is not well-formed", at: place, expected: fault.expected, found: fault.found,
      help: "a quote inside a quoted field is written twice")
  }
}
