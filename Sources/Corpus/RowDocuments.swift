import Blocks

/// Makes documents of the fields of a row: what the readers of tables and records do alike.
struct RowDocuments {
  let policy: DocumentPolicy
  /// The row's own id is wanted.
  let keepsIDs: Bool
  /// Rows are records of several texts.
  let hasSections: Bool

  init(_ options: InputOptions) {
    policy = DocumentPolicy(options)
    keepsIDs = options.id != nil
    hasSections = options.sections != nil
  }

  /// Takes one row: its text, and in a record the positive behind it and the negatives there are.
  ///
  /// A row without text, or whose text is empty, is noted as left out; a negative that is empty is none.
  ///
  /// - Throws: under `fail`, `corpus.invalid-utf8`, `corpus.document-too-large`.
  func take(
    _ text: ArraySlice<UInt8>?, further: [ArraySlice<UInt8>?] = [], id: String = "", at location: SourceLocation,
    into block: inout DocumentBlock
  ) throws(Diagnostic) {
    var texts: [ArraySlice<UInt8>] = []
    for (index, text) in ([text] + further).enumerated() {
      guard let text, !text.isEmpty else {
        if index > 1 || index == 1 && !hasSections { continue }
        return policy.note(named(DocumentPolicy.empty(at: location), id), in: &block)
      }
      guard text.count <= policy.maximumDocumentBytes else {
        return try policy.rejectTooLarge(text.count, at: location, in: &block)
      }
      guard let valid = try valid(text, id, at: location, &block) else { return }
      texts.append(valid)
    }
    for (section, text) in texts.enumerated() {
      let start = block.bytes.count
      block.bytes.append(contentsOf: text)
      appendDocument(from: start, section: section, id: id, at: location, to: &block)
    }
  }

  /// Takes a row of codes, which the block holds as 32-bit little-endian numbers.
  ///
  /// - Throws: under `fail`, `corpus.code-out-of-range`, `corpus.document-too-large`.
  func take(
    codes: CodeBuffer, id: String = "", at location: SourceLocation, into block: inout DocumentBlock
  ) throws(Diagnostic) {
    if let bad = codes.firstBad {
      return try policy.reject(
        named(
          Diagnostic(
            "corpus.code-out-of-range", "a code is no id of any vocabulary", at: location,
            expected: "0 to \(UInt32.max)", found: "\(bad)"), id), in: &block)
    }
    guard codes.byteCount <= policy.maximumDocumentBytes else {
      return try policy.rejectTooLarge(codes.byteCount, at: location, in: &block)
    }
    if codes.bytes.isEmpty { return policy.note(named(DocumentPolicy.empty(at: location), id), in: &block) }
    let start = block.bytes.count
    block.bytes.append(contentsOf: codes.bytes)
    block.holdsCodes = true
    appendDocument(from: start, section: 0, id: id, at: location, to: &block)
  }

  /// Leaves out a record of more texts than any should have.
  func rejectCrowded(_ count: Int, at location: SourceLocation, into block: inout DocumentBlock) throws(Diagnostic) {
    try policy.reject(
      Diagnostic("corpus.too-many-texts", "a record has \(count) texts or more", at: location, expected: "fewer"),
      in: &block)
  }

  private func appendDocument(
    from start: Int, section: Int, id: String, at location: SourceLocation, to block: inout DocumentBlock
  ) {
    block.documents.append(
      Document(
        start: start, byteCount: block.bytes.count - start, sourceByte: location.byte ?? 0,
        sourceLine: location.row ?? location.line ?? 1, sourceGroup: location.group, section: section))
    if keepsIDs { block.sourceIDs.append(id) }
  }

  /// The text as valid UTF-8; nil when it is to be left out.
  private func valid(
    _ text: ArraySlice<UInt8>, _ id: String, at location: SourceLocation, _ block: inout DocumentBlock
  ) throws(Diagnostic) -> ArraySlice<UInt8>? {
    var problem: Diagnostic?
    var repaired: [UInt8] = []
    unsafe text.withUnsafeBytes { bytes in
      guard let bad = unsafe UTF8Check.firstInvalidOffset(in: bytes) else { return }
      problem = unsafe policy.invalidUTF8(bytes, at: bad, unit: location)
      if policy.onError == .repair { unsafe UTF8Check.appendRepaired(bytes, to: &repaired) }
    }
    guard let problem else { return text }
    if policy.onError == .repair { return repaired[...] }
    try policy.reject(named(problem, id), in: &block)
    return nil
  }

  /// The diagnostic with the id that the source gave the document.
  func named(_ diagnostic: Diagnostic, _ id: String) -> Diagnostic {
    id.isEmpty ? diagnostic : diagnostic.with(message: "\(diagnostic.message) (id '\(id)')")
  }
}

/// The codes of one row, as a block holds them. It counts on beyond its limit, and keeps no more.
struct CodeBuffer {
  private(set) var bytes: [UInt8] = []
  private(set) var byteCount = 0
  /// The first number that is no 32-bit id.
  private(set) var firstBad: Int64?
  let limit: Int

  init(limit: Int) { self.limit = limit }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    byteCount = 0
    firstBad = nil
  }

  mutating func append(_ code: Int64) {
    byteCount += 4
    guard byteCount <= limit else { return }
    guard let id = UInt32(exactly: code) else {
      firstBad = firstBad ?? code
      return
    }
    unsafe withUnsafeBytes(of: id.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }
}
