import Blocks

/// How documents lie in the content of a file: one conformance for each format.
///
/// A reader takes one unit (a line, a paragraph, the file) at a time out of the window, and puts its document, or the
/// reason why there is none, into the block. Where a unit ends depends on the content alone.
protocol DocumentReader: AnyObject {
  /// Reads the next unit; false at the end of the content.
  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool
  /// Line of the next unit, from 1.
  var line: Int { get }
  /// Bytes unpacked so far from what is packed inside the content: they count as much as the window's when a block is
  /// cut.
  var unpackedByteCount: Int { get }
  /// Bytes of the file that were read without the window.
  var bytesReadAside: Int { get }
}

extension DocumentReader {
  var unpackedByteCount: Int { 0 }
  var bytesReadAside: Int { 0 }
}

/// What readers do alike with a unit that is no document.
struct DocumentPolicy {
  let onError: OnError
  let maximumDocumentBytes: Int
  let longestLine: Int

  init(_ options: InputOptions) {
    onError = options.onError
    maximumDocumentBytes = options.maximumDocumentBytes
    longestLine = options.limits.lineByteCount
  }

  /// Throws under `fail`; else notes the document as left out. Help that only serves `fail` is added here.
  func reject(_ diagnostic: Diagnostic, in block: inout DocumentBlock) throws(Diagnostic) {
    if onError == .fail {
      let advice = "or set `on_error: skip` to leave such documents out"
      throw diagnostic.with(help: diagnostic.help.map { "\($0), \(advice)" } ?? String(advice.dropFirst(3)))
    }
    note(diagnostic, in: &block)
  }

  /// Notes a document as left out, under every policy.
  func note(_ diagnostic: Diagnostic, in block: inout DocumentBlock) {
    let message = diagnostic.found.map { "\(diagnostic.message) (found \($0))" } ?? diagnostic.message
    block.skipped.append(
      SkippedDocument(
        location: diagnostic.location ?? SourceLocation(path: block.path), code: diagnostic.code, message: message))
  }

  func rejectTooLarge(_ byteCount: Int, at location: SourceLocation, in block: inout DocumentBlock) throws(Diagnostic) {
    try reject(
      Diagnostic(
        "corpus.document-too-large", "a document is larger than it may be", at: location,
        expected: "at most \(maximumDocumentBytes) bytes", found: "\(byteCount) bytes",
        help: "raise `max_document_size` if it is a document"),
      in: &block)
  }

  func rejectLine(of byteCount: Int, at location: SourceLocation, in block: inout DocumentBlock) throws(Diagnostic) {
    try reject(
      Diagnostic(
        "corpus.line-too-long", "a line is longer than it may be", at: location,
        expected: "at most \(longestLine) bytes", found: "\(byteCount) bytes",
        help: "raise `limits.line` if it is text"),
      in: &block)
  }

  static func empty(at location: SourceLocation) -> Diagnostic {
    Diagnostic("corpus.empty-document", "the document has no text", at: location)
  }

  /// What is wrong with bytes that are no UTF-8 at `offset` of a unit.
  func invalidUTF8(_ bytes: UnsafeRawBufferPointer, at offset: Int, unit: SourceLocation) -> Diagnostic {
    let before = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<offset])
    let lines = unsafe before.count { $0 == 0x0A }
    let lineStart = unsafe before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let length = unsafe -UTF8Check.sequenceLength(at: offset, in: bytes)
    let found = unsafe bytes[offset..<min(offset + max(length, 1) + 1, bytes.count)]
    var location = unit
    location.byte = location.byte.map { $0 + offset }
    location.line = location.line.map { $0 + lines }
    location.column = offset - lineStart + 1
    return Diagnostic(
      "corpus.invalid-utf8", "a document is not UTF-8", at: location,
      found: unsafe "the bytes " + found.map { hexadecimal($0) }.joined(separator: " "),
      help: "convert the file (`iconv -t UTF-8`), set `on_error: repair` to put U+FFFD in their place")
  }
}

extension SourceLocation {
  /// The place `offset` bytes behind this one in the same line, which starts here.
  func moved(to offset: Int) -> SourceLocation {
    var location = self
    location.byte = byte.map { $0 + offset }
    location.column = offset + 1
    return location
  }
}

/// `0A`
func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}
