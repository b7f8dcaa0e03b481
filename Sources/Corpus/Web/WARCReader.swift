import Blocks
import Files

/// The texts of a web archive: `conversion` records (WET) as they are, pages in `response` and `resource` records as
/// the text that they show. Other records (requests, metadata, images, failures) hold no document and are passed over.
///
/// A record says its length; what follows it must be an empty line. Under `skip` and `repair` a record that is damaged
/// is left out, and reading goes on at the next line that begins as a record does.
///
/// - Source: ISO 28500, WARC 1.0 and 1.1.
final class WARCReader: DocumentReader {
  private let options: InputOptions
  private let rows: RowDocuments
  private let pages: WebPages
  private(set) var line = 1

  /// A header of more bytes than this is none.
  static let longestHeader = 1 << 20

  init(_ options: InputOptions) {
    self.options = options
    rows = RowDocuments(options)
    pages = WebPages(limit: options.maximumDocumentBytes)
  }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    guard try skipEmptyLines(of: window) else { return false }
    let location = SourceLocation(path: block.path, byte: window.position, line: line)
    do throws(Diagnostic) {
      let header = try readHeader(of: window, at: location)
      try readContent(header, of: window, at: location, into: &block)
    } catch {
      guard error.code == "corpus.malformed-warc" else { throw error }
      try rows.policy.reject(error, in: &block)
      // What looks like a record and is none must not be looked at again.
      if window.position == location.byte, try window.discardLine() > 0 { line += 1 }
      try skipToRecord(of: window)
    }
    return true
  }

  /// The named fields of a record, names in small letters.
  private struct Header {
    var fields: [String: String] = [:]
    var byteCount = 0

    var type: String { fields["warc-type"]?.lowercased() ?? "" }
    var contentType: String { fields["content-type"]?.lowercased() ?? "" }
  }

  private func readHeader(of window: SourceWindow, at location: SourceLocation) throws(Diagnostic) -> Header {
    let start = window.position
    var header = Header()
    var name: String?
    guard let version = try takeLine(of: window, start), version.starts(with: Array("WARC/".utf8)) else {
      throw malformed(location, expected: "WARC/1.0 or WARC/1.1", found: "another line")
    }
    while true {
      guard let line = try takeLine(of: window, start) else {
        throw malformed(
          location, expected: "a header of at most \(Self.longestHeader) bytes",
          found: window.heldByteCount == 0 ? "the end of the file" : "a longer one")
      }
      if line.isEmpty { break }
      if line[0] == 0x20 || line[0] == 0x09 {
        // A field that goes on in the next line.
        if let name { header.fields[name, default: ""] += " " + Self.trimmed(line[...]) }
        continue
      }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
        throw malformed(location, expected: "a field and its value", found: "a line without a colon")
      }
      let field = Self.trimmed(line[..<colon]).lowercased()
      header.fields[field] = Self.trimmed(line[(colon + 1)...])
      name = field
    }
    let length = header.fields["content-length"]
    guard let length, !length.isEmpty, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(length)
    else {
      throw malformed(location, expected: "the length of the record", found: length.map { "'\($0)'" } ?? "none")
    }
    header.byteCount = count
    return header
  }

  private func readContent(
    _ header: Header, of window: SourceWindow, at location: SourceLocation, into block: inout DocumentBlock
  ) throws(Diagnostic) {
    let isWanted = header.type == "conversion" || pages.mayHoldText(header.type, header.contentType)
    guard isWanted, header.byteCount <= options.maximumDocumentBytes else {
      try skip(header.byteCount, of: window, path: block.path)
      try endRecord(of: window, at: location)
      return isWanted ? try rows.policy.rejectTooLarge(header.byteCount, at: location, in: &block) : ()
    }
    while window.heldByteCount < header.byteCount {
      guard try window.fill() else { throw truncated(window, block.path, header.byteCount - window.heldByteCount) }
    }
    let content = unsafe Array(window.held.prefix(header.byteCount))
    pass(header.byteCount, of: window)
    try endRecord(of: window, at: location)
    let id = rows.keepsIDs ? header.fields[(options.id ?? []).joined(separator: ".").lowercased()] ?? "" : ""
    if header.type == "conversion" { return try rows.take(content[...], id: id, at: location, into: &block) }
    do throws(Diagnostic) {
      guard let text = try pages.text(of: content, header.type, header.contentType, at: location) else { return }
      try rows.take(text[...], id: id, at: location, into: &block)
    } catch {
      guard error.isAboutContent else { throw error }
      try rows.policy.reject(rows.named(error, id), in: &block)
    }
  }

  /// An empty line ends a record, or the end of the file.
  private func endRecord(of window: SourceWindow, at location: SourceLocation) throws(Diagnostic) {
    while window.heldByteCount < 2, try window.fill() {}
    guard unsafe !window.held.isEmpty else { return }
    let isEnd = unsafe window.held[0] == 0x0A || window.held.starts(with: [0x0D, 0x0A])
    guard isEnd else {
      throw malformed(location, expected: "an empty line where the record's length ends", found: "more of it")
    }
  }

  private func skip(_ byteCount: Int, of window: SourceWindow, path: String) throws(Diagnostic) {
    var left = byteCount
    while left > 0 {
      if window.heldByteCount == 0, try !window.fill() { throw truncated(window, path, left) }
      let part = min(left, window.heldByteCount)
      pass(part, of: window)
      left -= part
    }
  }

  /// False at the end of the file.
  private func skipEmptyLines(of window: SourceWindow) throws(Diagnostic) -> Bool {
    repeat {
      let blank = unsafe window.held.prefix { $0 == 0x0A || $0 == 0x0D }.count
      pass(blank, of: window)
      if window.heldByteCount > 0 { return true }
    } while try window.fill()
    return false
  }

  /// Goes to the next line that begins a record.
  private func skipToRecord(of window: SourceWindow) throws(Diagnostic) {
    while true {
      while window.heldByteCount < 5, try window.fill() {}
      if unsafe window.held.isEmpty || window.held.starts(with: Array("WARC/".utf8)) { return }
      _ = try window.discardLine()
      line += 1
    }
  }

  /// The next line of a header without its end; nil at the end of the file, or where the header is too long.
  private func takeLine(of window: SourceWindow, _ start: Int) throws(Diagnostic) -> [UInt8]? {
    let room = Self.longestHeader - (window.position - start)
    guard room > 0, let extent = try window.line(limit: room), extent.byteCount <= room,
      extent.byteCountWithEnd > extent.byteCount
    else { return nil }
    let line = unsafe Array(window.held.prefix(extent.byteCount))
    pass(extent.byteCountWithEnd, of: window)
    return line
  }

  private func pass(_ byteCount: Int, of window: SourceWindow) {
    line += unsafe window.held[..<byteCount].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    window.consume(byteCount)
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    var bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes = bytes.dropLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func malformed(_ location: SourceLocation, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      "corpus.malformed-warc", "a record is not well-formed", at: location, expected: expected, found: found,
      help: "fetch the file again")
  }

  private func truncated(_ window: SourceWindow, _ path: String, _ missing: Int) -> Diagnostic {
    Diagnostic(
      "files.truncated-stream", "'\(path)' ends inside a record",
      at: SourceLocation(path: path, byte: window.position + window.heldByteCount, line: line),
      expected: "\(missing) more bytes of the record", found: "end of file",
      help: "the file is probably incomplete, or the record's length is wrong: fetch it again")
  }
}
