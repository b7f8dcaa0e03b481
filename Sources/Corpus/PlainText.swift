import Blocks
import Files

/// Text documents: lines, paragraphs between empty lines, what stands between separators, or whole files.
///
/// A document is its lines with `\n` between them, whatever the line ends of the file (`\n` or `\r\n`); a lone `\r` is
/// text. Empty lines around documents belong to none.
final class PlainText: DocumentReader {
  private let documents: InputOptions.TextDocuments
  private let separator: [UInt8]
  private let policy: DocumentPolicy
  private(set) var line = 1
  private var isDone = false

  init(_ options: InputOptions) {
    documents = options.documents
    separator = Array(options.separator.utf8)
    policy = DocumentPolicy(options)
  }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    switch documents {
    case .line: try readLines(from: window, into: &block, isParagraph: false)
    case .paragraph: try readLines(from: window, into: &block, isParagraph: true)
    case .file: try readFile(from: window, into: &block)
    case .separator: try readToSeparator(from: window, into: &block)
    }
  }

  private func readLines(
    from window: SourceWindow, into block: inout DocumentBlock, isParagraph: Bool
  ) throws(Diagnostic) -> Bool {
    let limit = policy.maximumDocumentBytes
    let location = SourceLocation(path: block.path, byte: window.position, line: line)
    // The document is `content` bytes; with the ends of its lines, and the empty one behind it, the unit is `total`.
    var (content, total, lines) = (0, 0, 0)
    while let next = try window.line(at: total, limit: min(limit - total, policy.longestLine)) {
      if next.byteCount > policy.longestLine, total + policy.longestLine < limit {
        let byteCount = try discard(from: window, isParagraph: isParagraph)
        try policy.rejectLine(of: byteCount, at: location, in: &block)
        return true
      }
      if total + next.byteCount > limit {
        let byteCount = try discard(from: window, isParagraph: isParagraph)
        try policy.rejectTooLarge(byteCount, at: location, in: &block)
        return true
      }
      if next.byteCount > 0 { content = total + next.byteCount }
      total += next.byteCountWithEnd
      lines += 1
      if next.byteCount == 0 || !isParagraph { break }
    }
    if total == 0 { return false }
    let held = unsafe UnsafeRawBufferPointer(rebasing: window.held[..<content])
    if content > 0 { try unsafe take(held, at: location, into: &block) }
    window.consume(total)
    line += lines
    return true
  }

  /// Passes over a unit that is too large to hold, and returns its size.
  private func discard(from window: SourceWindow, isParagraph: Bool) throws(Diagnostic) -> Int {
    let start = window.position
    while let next = try window.line(limit: policy.maximumDocumentBytes) {
      if next.byteCount == 0 { break }
      _ = try window.discardLine()
      line += 1
      if !isParagraph { break }
    }
    return window.position - start
  }

  /// Reads up to the next separator or the end of the file; line ends around a document belong to none.
  private func readToSeparator(
    from window: SourceWindow, into block: inout DocumentBlock
  ) throws(Diagnostic) -> Bool {
    precondition(!separator.isEmpty, "the recipe has a separator")
    let start = (byte: window.position, line: line)
    var searched = 0
    while true {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: window.held[searched...])
      if let found = unsafe firstOffset(of: separator, in: rest) {
        let end = searched + found
        try unsafe takePart(window.held[..<end], (start.byte, start.line), window.position + end, into: &block)
        pass(end + separator.count, of: window)
        return true
      }
      // The separator may have begun.
      searched = max(0, window.heldByteCount - separator.count + 1)
      if searched > policy.maximumDocumentBytes {
        pass(searched, of: window)
        searched = 0
      }
      guard try window.fill() else { break }
    }
    let isMore = window.position + window.heldByteCount > start.byte
    let end = window.heldByteCount
    try unsafe takePart(window.held[...], (start.byte, start.line), window.position + end, into: &block)
    pass(end, of: window)
    return isMore
  }

  /// Takes what stands between two separators; `start` is where it began, which the window may have passed.
  private func takePart(
    _ bytes: Slice<UnsafeRawBufferPointer>, _ start: (byte: Int, line: Int), _ end: Int,
    into block: inout DocumentBlock
  ) throws(Diagnostic) {
    let isLineEnd: (UInt8) -> Bool = { $0 == 0x0A || $0 == 0x0D }
    let head = unsafe bytes.prefix(while: isLineEnd)
    let location = unsafe SourceLocation(
      path: block.path, byte: start.byte + head.count, line: start.line + head.count { $0 == 0x0A })
    guard end - start.byte <= policy.maximumDocumentBytes else {
      return try policy.rejectTooLarge(end - start.byte, at: location, in: &block)
    }
    var text = unsafe bytes.dropFirst(head.count)
    while let last = unsafe text.last, isLineEnd(last) { unsafe text = text.dropLast() }
    if unsafe !text.isEmpty { try unsafe take(UnsafeRawBufferPointer(rebasing: text), at: location, into: &block) }
  }

  private func pass(_ byteCount: Int, of window: SourceWindow) {
    line += unsafe window.held[..<byteCount].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    window.consume(byteCount)
  }

  private func readFile(
    from window: SourceWindow, into block: inout DocumentBlock
  ) throws(Diagnostic) -> Bool {
    if isDone { return false }
    let location = SourceLocation(path: block.path, byte: window.position, line: 1)
    while window.heldByteCount <= policy.maximumDocumentBytes, try window.fill() {}
    isDone = true
    if window.heldByteCount > policy.maximumDocumentBytes {
      var byteCount = 0
      repeat {
        byteCount += window.heldByteCount
        window.consume(window.heldByteCount)
      } while try window.fill()
      try policy.rejectTooLarge(byteCount, at: location, in: &block)
      return true
    }
    var held = unsafe window.held
    if unsafe held.last == UInt8(ascii: "\n") {
      let end = unsafe held.dropLast().last == UInt8(ascii: "\r") ? held.count - 2 : held.count - 1
      unsafe held = UnsafeRawBufferPointer(rebasing: held[..<end])
    }
    if unsafe held.isEmpty {
      policy.note(DocumentPolicy.empty(at: location), in: &block)
    } else {
      try unsafe take(held, at: location, into: &block)
    }
    window.consume(window.heldByteCount)
    return true
  }

  private func take(
    _ bytes: UnsafeRawBufferPointer, at location: SourceLocation, into block: inout DocumentBlock
  ) throws(Diagnostic) {
    let start = block.bytes.count
    if let bad = unsafe UTF8Check.firstInvalidOffset(in: bytes) {
      guard policy.onError == .repair else {
        return try policy.reject(unsafe policy.invalidUTF8(bytes, at: bad, unit: location), in: &block)
      }
      var repaired: [UInt8] = []
      unsafe UTF8Check.appendRepaired(bytes, to: &repaired)
      unsafe repaired.span.withUnsafeBytes { unsafe appendLines($0, to: &block.bytes) }
    } else {
      unsafe appendLines(bytes, to: &block.bytes)
    }
    block.documents.append(
      Document(
        start: start, byteCount: block.bytes.count - start, sourceByte: location.byte ?? 0,
        sourceLine: location.line ?? 1))
  }
}

/// Appends text with every `\r\n` made `\n`.
private func appendLines(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
  let carriageReturn = UInt8(ascii: "\r")
  var rest = unsafe bytes
  var searched = 0
  while let found = unsafe firstOffset(of: carriageReturn, in: UnsafeRawBufferPointer(rebasing: rest[searched...])) {
    let end = searched + found
    searched = end + 1
    if unsafe searched < rest.count && rest[searched] == UInt8(ascii: "\n") {
      unsafe text.append(contentsOf: rest[..<end])
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[searched...])
      searched = 0
    }
  }
  unsafe text.append(contentsOf: rest)
}
