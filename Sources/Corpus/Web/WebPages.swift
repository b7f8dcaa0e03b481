import Blocks
import Files
import Text

/// Web pages as archives hold them: the answer of a server, taken apart, decoded, and turned into the text it shows.
struct WebPages {
  /// The most bytes of a page, unpacked.
  let limit: Int

  /// Whether a record of a type may hold a page.
  func mayHoldText(_ type: String, _ contentType: String) -> Bool {
    switch type {
    case "response": contentType.hasPrefix("application/http") || isText(contentType)
    case "resource": isText(contentType)
    default: false
    }
  }

  /// The text of a record's content; nil for one that holds no page: another type, an answer other than success.
  ///
  /// - Throws: `corpus.malformed-http`, `corpus.unknown-charset`, `corpus.document-too-large`, and what is wrong with
  ///   packed bodies.
  func text(
    of content: [UInt8], _ type: String, _ contentType: String, at location: SourceLocation
  ) throws(Diagnostic) -> [UInt8]? {
    guard contentType.hasPrefix("application/http") else {
      return try decoded(content[...], contentType, at: location)
    }
    guard let answer = HTTPAnswer(content) else {
      throw Diagnostic(
        "corpus.malformed-http", "a record holds no answer of a web server", at: location,
        expected: "HTTP/1.1 200 OK, and what follows")
    }
    let mediaType = answer.fields["content-type"]?.lowercased() ?? "text/html"
    guard answer.status == 200, isText(mediaType) else { return nil }
    let body = try unpacked(answer.body, answer.fields["content-encoding"]?.lowercased() ?? "", at: location)
    return try decoded(body, mediaType, at: location)
  }

  private func isText(_ type: String) -> Bool {
    isHTML(type) || type.hasPrefix("text/plain")
  }

  private func isHTML(_ type: String) -> Bool {
    type.hasPrefix("text/html") || type.hasPrefix("application/xhtml")
  }

  private func unpacked(
    _ body: ArraySlice<UInt8>, _ encoding: String, at location: SourceLocation
  ) throws(Diagnostic) -> ArraySlice<UInt8> {
    // What a server calls packed may be plain: the bytes decide.
    guard encoding.contains("gzip"), body.starts(with: [0x1F, 0x8B]) else {
      guard encoding.isEmpty || encoding == "identity" || encoding.contains("gzip") else {
        throw Diagnostic(
          "corpus.unsupported-encoding", "a page is packed with \(encoding), which is not read", at: location,
          expected: "gzip or nothing", found: encoding)
      }
      return body
    }
    let source = try openDecompressed(HeldBytes(Array(body), path: location.path))
    var bytes: [UInt8] = []
    do throws(Diagnostic) {
      let window = SourceWindow(source)
      while try window.fill() {
        unsafe bytes.append(contentsOf: window.held)
        window.consume(window.heldByteCount)
        guard bytes.count <= limit else {
          throw Diagnostic(
            "corpus.document-too-large", "a page is larger than it may be", at: location,
            expected: "at most \(limit) bytes", help: "raise `max_document_size` if it is a page")
        }
      }
    } catch {
      // Pages that break off are common, and what is there can be read.
      guard error.isAboutStream, !bytes.isEmpty else { throw error.with(location: location) }
    }
    return bytes[...]
  }

  /// The text of a page in UTF-8.
  private func decoded(
    _ body: ArraySlice<UInt8>, _ type: String, at location: SourceLocation
  ) throws(Diagnostic) -> [UInt8] {
    var bytes = Array(body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body)
    let isUTF8 = unsafe bytes.withUnsafeBytes { unsafe UTF8Check.firstInvalidOffset(in: $0) == nil }
    if !isUTF8 {
      let charset = charset(in: type) ?? (isHTML(type) ? charset(inHead: bytes) : nil) ?? "windows-1252"
      guard let converted = CharacterEncoding.utf8(bytes, from: charset) else {
        throw Diagnostic(
          "corpus.unknown-charset", "a page is in an encoding that is not known", at: location, found: charset)
      }
      bytes = converted
    }
    guard isHTML(type) else { return bytes }
    var text: [UInt8] = []
    HTMLText.append(bytes, to: &text)
    return text
  }

  /// `text/html; charset=utf-8`
  private func charset(in type: String) -> String? {
    guard let start = type.utf8Offset(of: "charset=") else { return nil }
    let value = type.utf8.dropFirst(start + 8).drop { $0 == 0x22 || $0 == 0x27 || $0 == 0x20 }
    let name = value.prefix { $0 > 0x20 && $0 < 0x7F && ![0x22, 0x27, 0x3B, 0x3E, 0x2F].contains($0) }
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }

  /// `<meta charset=…>` or its longer form, in the first bytes of a page.
  private func charset(inHead page: [UInt8]) -> String? {
    charset(in: String(decoding: page.prefix(1024), as: UTF8.self).lowercased())
  }
}

/// An answer of a web server: its first line, its fields, its body with transfer coding taken off.
struct HTTPAnswer {
  var status: Int
  /// Names in small letters.
  var fields: [String: String] = [:]
  var body: ArraySlice<UInt8>

  /// - Returns: nil for bytes that do not begin as an answer does.
  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: Array("HTTP/".utf8)) else { return nil }
    var rest = bytes[...]
    func line() -> ArraySlice<UInt8>? {
      guard let end = rest.firstIndex(of: 0x0A) else { return nil }
      let line = rest[..<end]
      rest = rest[(end + 1)...]
      return line.last == 0x0D ? line.dropLast() : line
    }
    guard let first = line() else { return nil }
    let words = first.split(separator: 0x20)
    guard words.count >= 2, let status = Int(String(decoding: words[1], as: UTF8.self)) else { return nil }
    self.status = status
    body = []
    while let field = line(), !field.isEmpty {
      guard let colon = field.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let value = String(decoding: field[(colon + 1)...].drop { $0 == 0x20 }, as: UTF8.self)
      fields[String(decoding: field[..<colon], as: UTF8.self).lowercased()] = value
    }
    let isChunked = fields["transfer-encoding"]?.lowercased().contains("chunked") ?? false
    // Some archives take the coding off and leave the field: then the body is what it is.
    body = isChunked ? Self.joined(rest) ?? rest : rest
  }

  /// A body sent in pieces behind their sizes; nil for one that does not begin so.
  private static func joined(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var rest = bytes
    var body: [UInt8] = []
    while let end = rest.prefix(1 << 10).firstIndex(of: 0x0A) {
      let digits = rest[..<end].prefix { $0 != UInt8(ascii: ";") && $0 != 0x0D && $0 != 0x20 }
      guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else {
        return body.isEmpty ? nil : body[...]
      }
      if size == 0 { return body[...] }
      rest = rest[(end + 1)...]
      body += rest.prefix(size)
      rest = rest.dropFirst(size)
      if rest.first == 0x0D { rest = rest.dropFirst() }
      if rest.first == 0x0A { rest = rest.dropFirst() }
    }
    return body.isEmpty ? nil : body[...]
  }
}

extension String {
  /// How many bytes stand before a word; nil where it does not occur.
  fileprivate func utf8Offset(of word: String) -> Int? {
    let (whole, part) = (Array(utf8), Array(word.utf8))
    guard whole.count >= part.count else { return nil }
    return (0...(whole.count - part.count)).first { whole[$0] == part[0] && whole[$0...].starts(with: part) }
  }
}
