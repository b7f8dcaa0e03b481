/// Plain text of wikitext, good enough to read: what templates, tables, references, files and comments say is left out,
/// links show their labels, headings and list items are lines, quotes that mean bold or italic vanish.
///
///     '''Rome''' is the [[capital city|capital]] of {{flag|Italy}}[[Italy]].<ref>A book</ref>
///     Rome is the capital of Italy.
///
/// What opens is matched with what closes once, with a stack, before anything is read: so nesting costs its length, and
/// what never closes is text.
///
/// - Source: MediaWiki, "Help:Formatting", "Help:Links", "Help:Templates", "Help:Tables".
package struct WikiText {
  private let text: [UInt8]
  private let closings: [Int: Int]
  /// Prefixes of links that are no text: files and categories.
  private let hiddenPrefixes: Set<String>
  private var output: [UInt8]
  private let start: Int
  private var index = 0
  /// Labels and titles that the text at hand is inside of: lines begin outside them only.
  private var depth = 0
  /// Where the label or title at hand ends.
  private var limit = 0
  /// Elements that were found never to close.
  private var unclosed: Set<String> = []

  /// Links in labels of links beyond this are left out.
  private static let deepestLabel = 40

  /// Appends the plain text of wikitext, UTF-8, to `output`.
  ///
  /// - Parameter hiddenPrefixes: what files and categories are called in the wiki's language, in small letters.
  package static func append(_ text: [UInt8], hiddenPrefixes: Set<String> = [], to output: inout [UInt8]) {
    var reader = WikiText(text, hiddenPrefixes, output)
    output = []
    reader.read(to: text.count)
    while reader.output.count > reader.start, let last = reader.output.last, last == 0x0A || last == 0x20 {
      reader.output.removeLast()
    }
    output = reader.output
  }

  private init(_ text: [UInt8], _ hiddenPrefixes: Set<String>, _ output: [UInt8]) {
    self.text = text
    self.hiddenPrefixes = hiddenPrefixes.union(["file", "image", "category", "media"])
    self.output = output
    start = output.count
    closings = WikiBrackets.match(text)
  }

  private mutating func read(to end: Int) {
    let outer = limit
    limit = end
    defer { limit = outer }
    while index < end {
      let byte = text[index]
      if depth == 0, isLineStart, readLineStart() { continue }
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["): readBracket()
      case UInt8(ascii: "]"): if peek("]]") { index += 2 } else { readPlain() }
      case UInt8(ascii: "'"): readQuotes()
      case UInt8(ascii: "<"): readTag()
      case UInt8(ascii: "&"): readReference()
      case UInt8(ascii: "_"): readSwitch()
      case 0x0A: breakLine()
      default: readPlain()
      }
    }
  }

  private mutating func readInside(to end: Int) {
    depth += 1
    if depth <= Self.deepestLabel { read(to: end) }
    depth -= 1
  }

  private var isLineStart: Bool { output.count == start || output.last == 0x0A }

  private func peek(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard text.count - index >= count else { return false }
    for offset in 0..<count where unsafe text[index + offset] != word.utf8Start[offset] { return false }
    return true
  }

  /// Takes one byte, and all behind it that mean nothing but themselves.
  private mutating func readPlain() {
    let first = index
    index += 1
    while index < limit, !Self.marks[Int(text[index])] { index += 1 }
    output.append(contentsOf: text[first..<index])
  }

  private static let marks: [Bool] = (0..<256).map { Array("{[]'<&_\n".utf8).contains(UInt8($0)) }

  /// At most one empty line, and none at the start.
  private mutating func breakLine() {
    index += 1
    while output.count > start, output.last == 0x20 { output.removeLast() }
    let isStart = output.count == start
    let isAfterEmptyLine = output.count >= start + 2 && output.suffix(2) == [0x0A, 0x0A]
    if !isStart, !isAfterEmptyLine { output.append(0x0A) }
  }

  /// Headings, items and rules; true when something was passed.
  private mutating func readLineStart() -> Bool {
    let byte = text[index]
    switch byte {
    case UInt8(ascii: "="):
      guard let line = heading() else { return false }
      index = line.content.lowerBound
      readInside(to: line.content.upperBound)
      index = max(index, line.end)
      return true
    case UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: ":"), UInt8(ascii: ";"):
      // At the start of the line in the text, too, and not behind something that was left out.
      guard index == 0 || text[index - 1] == 0x0A else { return false }
      while index < text.count, Array("*#:;".utf8).contains(text[index]) { index += 1 }
      while index < text.count, text[index] == 0x20 { index += 1 }
      return true
    case UInt8(ascii: "-") where peek("----"):
      while index < text.count, text[index] == byte { index += 1 }
      return true
    default: return false
    }
  }

  /// `== Title ==`: where the title stands, and where the line ends.
  private func heading() -> (content: Range<Int>, end: Int)? {
    let end = text[index...].firstIndex(of: 0x0A) ?? text.count
    var last = end
    while last > index, text[last - 1] == 0x20 || text[last - 1] == 0x09 { last -= 1 }
    var first = index
    while first < last, last - first > 2, text[first] == UInt8(ascii: "="), text[last - 1] == UInt8(ascii: "=") {
      first += 1
      last -= 1
    }
    guard first > index else { return nil }
    while first < last, text[first] == 0x20 { first += 1 }
    while last > first, text[last - 1] == 0x20 { last -= 1 }
    return (first..<last, end)
  }

  private mutating func readBracket() {
    if let close = closings[index] {
      switch (text[index], text[index + 1]) {
      case (UInt8(ascii: "{"), UInt8(ascii: "{")): readTemplate(to: close)
      case (UInt8(ascii: "{"), _): index = close + 2
      default: readLink(to: close)
      }
    } else if peek("[http") || peek("[//") || peek("[mailto:") || peek("[ftp:") {
      readExternalLink()
    } else {
      readPlain()
    }
  }

  /// Few templates stand for text of their own.
  private mutating func readTemplate(to close: Int) {
    let parts = text[index + 2..<close].split(
      separator: UInt8(ascii: "|"), maxSplits: 8, omittingEmptySubsequences: false)
    let name = String(decoding: parts[0], as: UTF8.self).lowercased()
    let shown: ArraySlice<UInt8>? =
      switch name {
      case "lang" where parts.count == 3: parts[2]
      case "nowrap" where parts.count == 2, "nobr" where parts.count == 2: parts[1]
      default: nil
      }
    if let shown, !shown.contains(where: { Self.marks[Int($0)] }) {
      output.append(contentsOf: shown)
    } else if name == "convert" || name == "cvt", parts.count >= 3 {
      output.append(contentsOf: parts[1] + [0x20] + parts[2])
    } else if ["ndash", "snd", "spnd", "spaced ndash"].contains(name) {
      output.append(contentsOf: " – ".utf8)
    }
    index = close + 2
  }

  /// `[[target]]`, `[[target|label]]`: the label is text, the target stands for it where there is none.
  private mutating func readLink(to close: Int) {
    let target = index + 2
    let end = text[target..<close].firstIndex(of: UInt8(ascii: "|")) ?? close
    if text[target..<end].first != UInt8(ascii: ":"), let colon = text[target..<end].firstIndex(of: UInt8(ascii: ":")),
      isHidden(text[target..<colon])
    {
      index = close + 2
      return
    }
    index = end == close ? target : end + 1
    if end == close, text[target..<close].first == UInt8(ascii: ":") { index += 1 }
    readInside(to: close)
    index = max(index, close + 2)
  }

  /// The prefix of a file, a category, or of the same page in another language.
  private func isHidden(_ prefix: ArraySlice<UInt8>) -> Bool {
    let name = String(decoding: prefix, as: UTF8.self).lowercased().split(separator: " ").joined(separator: " ")
    let isLanguage = (2...3).contains(name.utf8.count) && name.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    return hiddenPrefixes.contains(name) || isLanguage
  }

  /// `[https://… label]`
  private mutating func readExternalLink() {
    let line = text[index...].prefix(2000).prefix { $0 != 0x0A && $0 != UInt8(ascii: "]") }
    guard line.endIndex < text.count, text[line.endIndex] == UInt8(ascii: "]") else { return readPlain() }
    guard let space = line.firstIndex(of: 0x20) else {
      index = line.endIndex + 1
      return
    }
    index = space + 1
    readInside(to: line.endIndex)
    index = max(index, line.endIndex + 1)
  }

  /// Two to five quotes are bold and italic; what is more is text.
  private mutating func readQuotes() {
    let count = text[index...].prefix { $0 == UInt8(ascii: "'") }.count
    let kept = count == 1 || count == 4 ? 1 : max(0, count - 5)
    output.append(contentsOf: repeatElement(UInt8(ascii: "'"), count: kept))
    index += count
  }

  private mutating func readReference() {
    if let found = HTMLReference(text, at: index) {
      output.append(contentsOf: found.text)
      index += found.byteCount
    } else {
      readPlain()
    }
  }

  /// `__NOTOC__`
  private mutating func readSwitch() {
    guard peek("__") else { return readPlain() }
    let word = text[(index + 2)...].prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    let end = word.endIndex
    guard !word.isEmpty, end + 1 < text.count, text[end] == UInt8(ascii: "_"), text[end + 1] == UInt8(ascii: "_") else {
      return readPlain()
    }
    index = end + 2
  }

  private mutating func readTag() {
    if let tag = WikiTag(text, at: index, unclosed: &unclosed) {
      index = tag.end
      if tag.isBreak { output.append(0x0A) }
      output.append(contentsOf: text[tag.verbatim])
    } else {
      readPlain()
    }
  }
}
