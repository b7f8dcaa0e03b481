import Blocks
import Files
import Text

/// The articles of a MediaWiki dump: each page of the main namespace that is no redirect, its last revision's wikitext
/// turned into plain text.
///
/// A page is held whole; nothing else of the dump is. Under `skip` and `repair` a page that is not well-formed is left
/// out, and reading goes on with the next.
///
/// - Source: MediaWiki, "Help:Export", schema export-0.11; XML 1.0.
final class MediaWikiDump: DocumentReader {
  private let options: InputOptions
  private let rows: RowDocuments
  private var tokens = XMLTokens()
  /// What the dump calls files and categories, in small letters.
  private var hiddenPrefixes: Set<String> = []
  private var isInHiddenNamespace = false
  private(set) var line = 1

  /// What a page says about itself beside its text.
  private static let overhead = 1 << 20
  private static let deepestLevel = 32

  init(_ options: InputOptions) {
    self.options = options
    rows = RowDocuments(options)
  }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    // What stands before a page is passed as it comes.
    while let token = try tokens.next(in: window, limit: Self.overhead) {
      if token.kind == .startTag, unsafe window.held[token.content].elementsEqual("page".utf8) {
        let location = SourceLocation(path: block.path, byte: window.position + token.range.lowerBound, line: line)
        try readPage(of: window, at: location, into: &block)
        return true
      }
      noteNamespace(token, window)
      pass(of: window)
    }
    if let fault = tokens.fault { throw malformed(window, fault, of: block.path) }
    let isMore = window.heldByteCount > 0
    pass(window.heldByteCount, of: window)
    guard isMore else { return false }
    return try window.fill()
  }

  /// `<namespace key="6" case="first-letter">File</namespace>`: 6 and 14 are files and categories.
  private func noteNamespace(_ token: XMLTokens.Token, _ window: SourceWindow) {
    let text = unsafe String(decoding: window.held[token.range].prefix(200), as: UTF8.self)
    if token.kind == .text, isInHiddenNamespace, hiddenPrefixes.count < 8 { hiddenPrefixes.insert(text.lowercased()) }
    isInHiddenNamespace =
      token.kind == .startTag && text.hasPrefix("<namespace")
      && (text.contains("key=\"6\"") || text.contains("key=\"14\""))
  }

  /// What was read of a page, as ranges of the window.
  private struct Page {
    var title: Range<Int>?
    var namespace: Range<Int>?
    var id: Range<Int>?
    var text: [(range: Range<Int>, isVerbatim: Bool)] = []
    var isRedirect = false
  }

  private func readPage(
    of window: SourceWindow, at location: SourceLocation, into block: inout DocumentBlock
  ) throws(Diagnostic) {
    var page = Page()
    var open: [String] = ["page"]
    while !open.isEmpty {
      guard let token = try tokens.next(in: window, limit: options.maximumDocumentBytes + Self.overhead) else {
        return try reject(nil, window, at: location, into: &block)
      }
      if tokens.offset > options.maximumDocumentBytes + Self.overhead {
        return try rejectTooLarge(window, at: location, into: &block)
      }
      let name = unsafe String(decoding: window.held[token.content].prefix(64), as: UTF8.self)
      switch token.kind {
      case .startTag:
        open.append(name)
        guard open.count <= Self.deepestLevel else {
          return try reject(
            XMLTokens.Fault(
              offset: token.range.lowerBound, expected: "at most \(Self.deepestLevel) levels", found: "more"),
            window, at: location, into: &block)
        }
        // Of several revisions the last one counts.
        if name == "text" { page.text = [] }
      case .emptyTag:
        if name == "redirect" { page.isRedirect = true }
        if name == "text" { page.text = [] }
      case .endTag:
        guard open.popLast() == name else {
          return try reject(
            XMLTokens.Fault(
              offset: token.range.lowerBound, expected: "the end of an open element", found: "</\(name)>"),
            window, at: location, into: &block)
        }
      case .text, .cdata:
        switch open.last {
        case "text": page.text.append((token.content, token.kind == .cdata))
        case "title": page.title = token.content
        case "ns": page.namespace = token.content
        case "id" where open.count == 2: page.id = token.content
        default: break
        }
      case .other: break
      }
    }
    try take(page, of: window, at: location, into: &block)
    pass(of: window)
  }

  private func take(
    _ page: Page, of window: SourceWindow, at location: SourceLocation, into block: inout DocumentBlock
  ) throws(Diagnostic) {
    func bytes(_ range: Range<Int>) -> [UInt8] { unsafe Array(window.held[range]) }
    func trimmed(_ range: Range<Int>?) -> String {
      guard let range else { return "" }
      var value: [UInt8] = []
      _ = XMLText.append(bytes(range)[...], to: &value)
      return String(decoding: value.filter { $0 != 0x0A }, as: UTF8.self)
    }
    let namespace = trimmed(page.namespace)
    guard !page.isRedirect, namespace.isEmpty || namespace == "0" else { return }
    var wikitext: [UInt8] = []
    for part in page.text {
      if part.isVerbatim {
        wikitext += bytes(part.range)
      } else if let bad = XMLText.append(bytes(part.range)[...], to: &wikitext) {
        return try rows.policy.reject(
          malformed(
            window,
            XMLTokens.Fault(
              offset: part.range.lowerBound + bad, expected: "a character, as in &amp; or &#233;",
              found: "a reference to nothing"), of: block.path), in: &block)
      }
    }
    // The mark of a redirect in dumps that have no element for it.
    if wikitext.prefix(9).elementsEqual("#REDIRECT".utf8) { return }
    var text: [UInt8] = []
    WikiText.append(wikitext, hiddenPrefixes: hiddenPrefixes, to: &text)
    let id = options.id == ["title"] ? trimmed(page.title) : trimmed(page.id)
    try rows.take(text[...], id: rows.keepsIDs ? id : "", at: location, into: &block)
  }

  /// A page that cannot be read: the fault is said, and the window passes to where the next page begins.
  private func reject(
    _ fault: XMLTokens.Fault?, _ window: SourceWindow, at location: SourceLocation,
    into block: inout DocumentBlock
  ) throws(Diagnostic) {
    if fault == nil, tokens.fault == nil, window.heldByteCount > options.maximumDocumentBytes {
      return try rejectTooLarge(window, at: location, into: &block)
    }
    let fault =
      fault ?? tokens.fault
      ?? XMLTokens.Fault(offset: window.heldByteCount, expected: "</page>", found: "the end of the file")
    let problem = malformed(window, fault, of: block.path)
    try skipPage(window, from: min(fault.offset + 1, window.heldByteCount))
    try rows.policy.reject(problem, in: &block)
  }

  private func rejectTooLarge(
    _ window: SourceWindow, at location: SourceLocation, into block: inout DocumentBlock
  ) throws(Diagnostic) {
    let start = location.byte ?? 0
    try skipPage(window, from: window.heldByteCount)
    try rows.policy.rejectTooLarge(window.position - start, at: location, in: &block)
  }

  /// Passes bytes up to the start of another page, or all there are.
  private func skipPage(_ window: SourceWindow, from start: Int) throws(Diagnostic) {
    pass(start, of: window)
    while true {
      if let found = unsafe firstOffset(of: Array("<page>".utf8), in: window.held) {
        pass(found, of: window)
        break
      }
      pass(max(0, window.heldByteCount - 5), of: window)
      if try !window.fill() {
        pass(window.heldByteCount, of: window)
        break
      }
    }
    tokens = XMLTokens()
  }

  /// Passes what the tokens so far took.
  private func pass(of window: SourceWindow) {
    pass(min(tokens.offset, window.heldByteCount), of: window)
    tokens.offset = 0
  }

  private func pass(_ byteCount: Int, of window: SourceWindow) {
    line += unsafe window.held[..<byteCount].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    window.consume(byteCount)
  }

  private func malformed(_ window: SourceWindow, _ fault: XMLTokens.Fault, of path: String) -> Diagnostic {
    let before = unsafe window.held.prefix(fault.offset).reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    return Diagnostic(
      "corpus.malformed-xml", "the dump is not well-formed",
      at: SourceLocation(path: path, byte: window.position + fault.offset, line: line + before),
      expected: fault.expected, found: fault.found, help: "fetch it again; `xmllint --noout FILE` checks it")
  }
}
