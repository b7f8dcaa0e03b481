/// The text that a page of HTML shows, line by line.
///
/// Elements that stand by themselves (paragraphs, headings, items, rows) begin and end lines, cells are parted by a
/// space, white space becomes one space but inside `pre`; scripts, styles, comments, titles and what is not shown is
/// left out. References become characters.
///
///     <h1>Title</h1><p>One &amp;   two<br>three</p>   →   Title⏎One & two⏎three
///
/// Only the tokens of the page are looked at, as the standard reads them; no tree is made, so that no nesting, closed
/// or not, costs more than its length.
///
/// - Source: WHATWG HTML, 13.2.5 "Tokenization", of which text needs a part.
package struct HTMLText {
  private let html: [UInt8]
  private var index = 0
  private var output: [UInt8]
  private let start: Int
  /// White space was passed that becomes a space if text follows in the same line.
  private var hasSpace = false
  private var isInPre = false
  /// The element that is being left out, and how often it is open.
  private var hidden: (name: [UInt8], depth: Int)?

  /// Appends the text of a page, UTF-8, to `output`.
  package static func append(_ html: [UInt8], to output: inout [UInt8]) {
    var reader = HTMLText(html, output)
    output = []
    reader.read()
    output = reader.output
  }

  private init(_ html: [UInt8], _ output: [UInt8]) {
    self.html = html
    self.output = output
    start = output.count
  }

  private mutating func read() {
    while index < html.count {
      let byte = html[index]
      if byte == UInt8(ascii: "<") {
        readMarkup()
      } else if byte == UInt8(ascii: "&") {
        readReference()
      } else if isSpace(byte) {
        if isInPre, hidden == nil { output.append(byte) } else { hasSpace = true }
        index += 1
      } else {
        let first = index
        while index < html.count, !isSpace(html[index]), html[index] != UInt8(ascii: "<"),
          html[index] != UInt8(ascii: "&")
        {
          index += 1
        }
        append(html[first..<index])
      }
    }
    while output.count > start, let last = output.last, isSpace(last) { output.removeLast() }
  }

  private mutating func append(_ text: ArraySlice<UInt8>) {
    guard hidden == nil else { return }
    if hasSpace, output.count > start, output.last != 0x0A { output.append(0x20) }
    hasSpace = false
    output.append(contentsOf: text)
  }

  private mutating func breakLine() {
    guard hidden == nil else { return }
    hasSpace = false
    if output.count > start, output.last != 0x0A { output.append(0x0A) }
  }

  private mutating func readReference() {
    if let found = HTMLReference(html, at: index) {
      append(found.text[...])
      index += found.byteCount
    } else {
      append(html[index...index])
      index += 1
    }
  }

  private mutating func readMarkup() {
    let next = index + 1 < html.count ? html[index + 1] : 0
    if next == UInt8(ascii: "!") {
      index = html[index...].starts(with: Array("<!--".utf8)) ? endOfComment() : end(of: UInt8(ascii: ">"))
    } else if next == UInt8(ascii: "?") {
      index = end(of: UInt8(ascii: ">"))
    } else if isLetter(next) {
      index += 1
      readTag(isEnd: false)
    } else if next == UInt8(ascii: "/") {
      index += 2
      if index < html.count, isLetter(html[index]) { readTag(isEnd: true) } else { index = end(of: UInt8(ascii: ">")) }
    } else {
      append(html[index...index])
      index += 1
    }
  }

  private func end(of byte: UInt8) -> Int { html[index...].firstIndex(of: byte).map { $0 + 1 } ?? html.count }

  /// `<!-->` and `<!--->` are whole comments.
  private func endOfComment() -> Int {
    var place = index + 4
    if place < html.count, html[place] == UInt8(ascii: ">") { return place + 1 }
    if html[place...].starts(with: Array("->".utf8)) { return place + 2 }
    while let dashes = html[place...].firstIndex(of: UInt8(ascii: "-")) {
      let rest = html[dashes...]
      if rest.starts(with: Array("-->".utf8)) { return dashes + 3 }
      if rest.starts(with: Array("--!>".utf8)) { return dashes + 4 }
      place = dashes + 1
    }
    return html.count
  }

  /// Reads a tag from its name on.
  private mutating func readTag(isEnd: Bool) {
    let first = index
    while index < html.count, !isSpace(html[index]), html[index] != UInt8(ascii: "/"), html[index] != UInt8(ascii: ">")
    {
      index += 1
    }
    let name = html[first..<index].map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    let isSelfClosed = skipAttributes()
    if let hidden {
      guard name == hidden.name, !isSelfClosed else { return }
      let depth = hidden.depth + (isEnd ? -1 : 1)
      self.hidden = depth == 0 ? nil : (name, depth)
      return
    }
    let kind = HTMLElement(name)
    switch kind {
    case .raw: if !isEnd { skipRaw(name) }
    case .unseen: if !isEnd, !isSelfClosed { hidden = (name, 1) }
    case .block: breakLine()
    case .preformatted:
      breakLine()
      isInPre = !isEnd
    case .cell: hasSpace = true
    case .inline: break
    }
  }

  /// Passes over attributes and the end of the tag; true for `/>`.
  private mutating func skipAttributes() -> Bool {
    var isSelfClosed = false
    while index < html.count {
      let byte = html[index]
      index += 1
      if byte == UInt8(ascii: ">") { return isSelfClosed }
      isSelfClosed = byte == UInt8(ascii: "/")
      guard byte == UInt8(ascii: "=") else { continue }
      while index < html.count, isSpace(html[index]) { index += 1 }
      guard index < html.count, html[index] == UInt8(ascii: "\"") || html[index] == UInt8(ascii: "'") else { continue }
      let quote = html[index]
      index += 1
      index = end(of: quote)
    }
    return isSelfClosed
  }

  /// Passes over the content of an element that holds no markup, up to its end tag.
  private mutating func skipRaw(_ name: [UInt8]) {
    while let tag = html[index...].firstIndex(of: UInt8(ascii: "<")) {
      index = tag + 1
      guard index < html.count, html[index] == UInt8(ascii: "/"), html.count - index > name.count else { continue }
      let candidate = html[index + 1..<index + 1 + name.count]
      guard zip(candidate, name).allSatisfy({ $0 | 0x20 == $1 }) else { continue }
      index += 1 + name.count
      if index == html.count || isSpace(html[index]) || html[index] == UInt8(ascii: ">")
        || html[index] == UInt8(ascii: "/")
      {
        _ = skipAttributes()
        return
      }
    }
    index = html.count
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x09 && byte <= 0x0D && byte != 0x0B }

  private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
}

/// What an element means for the text around it.
enum HTMLElement {
  case inline, block, preformatted, cell
  /// Its content is no markup, and no text of the page.
  case raw
  /// Its content is markup that is not shown as text.
  case unseen

  init(_ name: [UInt8]) { self = Self.known[String(decoding: name, as: UTF8.self)] ?? .inline }

  static let known: [String: HTMLElement] = {
    var known: [String: HTMLElement] = [:]
    let kinds: [(HTMLElement, String)] = [
      (.raw, "script style title textarea xmp iframe noembed noframes plaintext"),
      (.unseen, "noscript template svg math select object audio video canvas"),
      (.preformatted, "pre listing"), (.cell, "td th"),
      (
        .block,
        "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption "
          + "figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol optgroup "
          + "option "
          + "p search section summary table tbody tfoot thead tr ul"
      ),
    ]
    for (kind, names) in kinds {
      for name in names.split(separator: " ") { known[String(name)] = kind }
    }
    return known
  }()
}
