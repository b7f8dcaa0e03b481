import Blocks

/// One JSON object a line. Empty lines are passed over; a `\r` before `\n` is not part of a line.
final class JSONLines: DocumentReader {
  private let options: InputOptions
  private let policy: DocumentPolicy
  private var fields: JSONLineField
  private(set) var line = 1

  init(_ options: InputOptions) {
    self.options = options
    policy = DocumentPolicy(options)
    fields = JSONLineField(text: options.text, id: options.id, deepestLevel: options.limits.nesting)
  }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    let limit = min(policy.maximumDocumentBytes, policy.longestLine)
    guard let extent = try window.line(limit: limit) else { return false }
    let location = SourceLocation(path: block.path, byte: window.position, line: line)
    if extent.byteCount > limit {
      let byteCount = try window.discardLine()
      if limit < policy.maximumDocumentBytes {
        try policy.rejectLine(of: byteCount, at: location, in: &block)
      } else {
        try policy.rejectTooLarge(byteCount, at: location, in: &block)
      }
    } else {
      try unsafe take(UnsafeRawBufferPointer(rebasing: window.held[..<extent.byteCount]), at: location, into: &block)
      window.consume(extent.byteCountWithEnd)
    }
    line += 1
    return true
  }

  /// Takes one document.
  func take(
    _ bytes: UnsafeRawBufferPointer, at location: SourceLocation, into block: inout DocumentBlock
  ) throws(Diagnostic) {
    if unsafe isBlank(bytes) { return }
    guard let bad = unsafe UTF8Check.firstInvalidOffset(in: bytes) else {
      return try unsafe takeValid(bytes, at: location, into: &block)
    }
    guard policy.onError == .repair else {
      return try policy.reject(unsafe policy.invalidUTF8(bytes, at: bad, unit: location), in: &block)
    }
    var repaired: [UInt8] = []
    unsafe UTF8Check.appendRepaired(bytes, to: &repaired)
    try unsafe repaired.span.withUnsafeBytes { bytes throws(Diagnostic) in
      try unsafe takeValid(bytes, at: location, into: &block)
    }
  }

  private func takeValid(
    _ bytes: UnsafeRawBufferPointer, at location: SourceLocation, into block: inout DocumentBlock
  ) throws(Diagnostic) {
    if let fault = unsafe fields.scan(bytes) {
      return try policy.reject(unsafe malformed(bytes, fault, at: location), in: &block)
    }
    if let lone = fields.loneSurrogateOffset, policy.onError != .repair {
      return try policy.reject(named(unsafe loneSurrogate(bytes, at: lone, line: location)), in: &block)
    }
    switch fields.text {
    case .string:
      var further: [String] = []
      if let sections = options.sections {
        guard
          let texts = try unsafe RecordSections(sections, of: bytes, at: location).texts(policy, in: &block, named)
        else { return }
        further = texts
      }
      let start = block.bytes.count
      unsafe fields.withText { unsafe block.bytes.append(contentsOf: $0) }
      if block.bytes.count == start { return noteEmpty(at: location, in: &block) }
      appendDocument(from: start, section: 0, at: location, to: &block)
      for (index, text) in further.enumerated() {
        let start = block.bytes.count
        block.bytes.append(contentsOf: text.utf8)
        appendDocument(from: start, section: index + 1, at: location, to: &block)
      }
    case .null: noteEmpty(at: location, in: &block)
    case .missing: try policy.reject(named(unsafe missing(bytes, at: location)), in: &block)
    case .number: try policy.reject(named(wrongType("a number", at: location)), in: &block)
    case .other(let kind): try policy.reject(named(wrongType(kind, at: location)), in: &block)
    }
  }

  /// Makes a document of the bytes from `start` on.
  private func appendDocument(
    from start: Int, section: Int, at location: SourceLocation, to block: inout DocumentBlock
  ) {
    block.documents.append(
      Document(
        start: start, byteCount: block.bytes.count - start, sourceByte: location.byte ?? 0,
        sourceLine: location.line ?? 1, section: section))
    if options.id != nil { block.sourceIDs.append(fields.idText) }
  }

  private func noteEmpty(at location: SourceLocation, in block: inout DocumentBlock) {
    policy.note(named(DocumentPolicy.empty(at: location)), in: &block)
  }

  /// The diagnostic with the id that the source gave the document, which the last scan found.
  private func named(_ diagnostic: Diagnostic) -> Diagnostic {
    let id = fields.idText
    return id.isEmpty ? diagnostic : diagnostic.with(message: "\(diagnostic.message) (id '\(id)')")
  }

  private func isBlank(_ bytes: UnsafeRawBufferPointer) -> Bool {
    unsafe bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
  }
}

// What is wrong with a line.
extension JSONLines {
  private func malformed(
    _ bytes: UnsafeRawBufferPointer, _ fault: JSONLineField.Fault, at location: SourceLocation
  ) -> Diagnostic {
    let found: String
    if fault.offset < bytes.count {
      let byte = unsafe bytes[fault.offset]
      found = byte > 0x20 && byte < 0x7F ? "'\(Character(Unicode.Scalar(byte)))'" : "the byte \(hexadecimal(byte))"
    } else {
      found = "the end of the line"
    }
    let isPretty = unsafe bytes.count <= 2 && bytes.first == UInt8(ascii: "{")
    return Diagnostic(
      "corpus.malformed-json", "a line is not JSON", at: location.moved(to: fault.offset),
      excerpt: unsafe excerpt(of: bytes, around: fault.offset), expected: fault.expected, found: found,
      help: isPretty ? "JSON lines hold one object a line: convert the file (`jq -c . FILE`)" : nil)
  }

  private func loneSurrogate(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, line location: SourceLocation
  ) -> Diagnostic {
    Diagnostic(
      "corpus.lone-surrogate", "the text holds half of a surrogate pair, which is no character",
      at: location.moved(to: offset), excerpt: unsafe excerpt(of: bytes, around: offset),
      expected: "both halves, as in \\uD83D\\uDE00", help: "set `on_error: repair` to put U+FFFD in its place")
  }

  private func missing(_ bytes: UnsafeRawBufferPointer, at location: SourceLocation) -> Diagnostic {
    if let kind = fields.otherThanObject {
      return Diagnostic(
        "corpus.wrong-type", "a line is not an object", at: location, excerpt: unsafe excerpt(of: bytes, around: 0),
        expected: "an object with the field '\(fieldName)'", found: kind,
        help: kind == "an array" ? "JSON lines hold one object a line: convert the file (`jq -c '.[]' FILE`)" : nil)
    }
    _ = unsafe fields.scan(bytes, collectingKeys: true)
    let keys = fields.topKeys.prefix(20).map { "'\($0)'" }.joined(separator: ", ")
    return Diagnostic(
      "corpus.missing-field", "a line has no field '\(fieldName)'", at: location, expected: "'\(fieldName)'",
      found: keys.isEmpty ? "no fields" : "the fields \(keys)",
      help: "set `text:` to the field that holds the text; parts of a path stand between dots")
  }

  private func wrongType(_ kind: String, at location: SourceLocation) -> Diagnostic {
    Diagnostic(
      "corpus.wrong-type", "the field '\(fieldName)' is not a string", at: location, expected: "a string", found: kind)
  }

  private var fieldName: String { options.text.joined(separator: ".") }
}
