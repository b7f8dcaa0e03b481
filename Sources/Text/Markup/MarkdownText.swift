/// The text of Markdown without its marks: headings, items and quotes are lines, links show their labels, emphasis and
/// code lose what surrounds them, images, references and HTML comments go; what stands in fenced code stays as it is.
///
///     ## A *title*            A title
///     - see [here](x.md)      see here
///
/// Line by line; nothing is looked for across lines but fences and comments.
///
/// - Source: CommonMark 0.31, of which text needs a part.
package struct MarkdownText {
  private var output: [UInt8]
  private var fence: (mark: UInt8, count: Int)?
  private var isInComment = false

  /// Appends the text of Markdown, UTF-8, to `output`.
  package static func append(_ text: [UInt8], to output: inout [UInt8]) {
    var reader = MarkdownText(output: output)
    let start = output.count
    output = []
    for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) { reader.read(line) }
    output = reader.output
    while output.count > start, output.last == 0x0A { output.removeLast() }
  }

  private init(output: [UInt8]) { self.output = output }

  private mutating func read(_ line: ArraySlice<UInt8>) {
    var line = line
    if line.last == 0x0D { line = line.dropLast() }
    var indented = line.drop { $0 == 0x20 || $0 == 0x09 }
    if let fence {
      let marks = indented.prefix { $0 == fence.mark }.count
      if marks >= fence.count, indented.dropFirst(marks).allSatisfy({ $0 == 0x20 }) {
        self.fence = nil
      } else {
        append(line)
      }
      return
    }
    if isInComment {
      guard let end = Self.find("-->", in: line) else { return }
      isInComment = false
      line = line[(end + 3)...]
      indented = line.drop { $0 == 0x20 || $0 == 0x09 }
    }
    if let mark = indented.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") {
      let count = indented.prefix { $0 == mark }.count
      if count >= 3, mark == UInt8(ascii: "~") || !indented.dropFirst(count).contains(mark) {
        fence = (mark, count)
        return
      }
    }
    if isRule(indented) || isDefinition(indented) { return }
    // Four spaces are code, which stays as it is.
    if line.count - indented.count >= 4, !startsItem(indented) { return append(line) }
    var text = withoutMarks(indented)
    while text.last == 0x20 { text = text.dropLast() }
    let before = output.count
    readInline(text)
    if output.count > before || text.isEmpty { endLine(isEmpty: output.count == before) }
  }

  private mutating func append(_ line: ArraySlice<UInt8>) {
    output.append(contentsOf: line)
    output.append(0x0A)
  }

  /// At most one empty line, and none at the start.
  private mutating func endLine(isEmpty: Bool) {
    let hasBreak = output.isEmpty || output.last == 0x0A && (output.count < 2 || output[output.count - 2] == 0x0A)
    if !isEmpty || !hasBreak { output.append(0x0A) }
  }

  /// `---`, `***`, `===` and the line below the head of a table.
  private func isRule(_ line: ArraySlice<UInt8>) -> Bool {
    guard let mark = line.first, Array("-*_=|:".utf8).contains(mark) else { return false }
    let marks = line.filter { $0 != 0x20 && $0 != 0x09 }
    if mark == UInt8(ascii: "|") || mark == UInt8(ascii: ":") {
      return marks.count > 2 && marks.allSatisfy { Array("|-:".utf8).contains($0) } && marks.contains(UInt8(ascii: "-"))
    }
    return marks.count >= 3 && marks.allSatisfy { $0 == mark }
  }

  /// `[label]: address`
  private func isDefinition(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.first == UInt8(ascii: "["), let close = line.firstIndex(of: UInt8(ascii: "]")) else { return false }
    return line.dropFirst(close + 1 - line.startIndex).starts(with: [UInt8(ascii: ":"), 0x20])
  }

  private func startsItem(_ line: ArraySlice<UInt8>) -> Bool { withoutItemMark(line).count < line.count }

  /// Headings, quotes and items without what begins them, however they are nested.
  private func withoutMarks(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = line
    while true {
      line = line.drop { $0 == 0x20 || $0 == 0x09 }
      if line.first == UInt8(ascii: ">") {
        line = line.dropFirst()
        continue
      }
      let shorter = withoutItemMark(line)
      if shorter.count == line.count { break }
      line = shorter
    }
    let level = line.prefix { $0 == UInt8(ascii: "#") }.count
    guard (1...6).contains(level), line.count == level || line[line.startIndex + level] == 0x20 else { return line }
    line = line.dropFirst(level).drop { $0 == 0x20 }
    while line.last == UInt8(ascii: "#") || line.last == 0x20 { line = line.dropLast() }
    return line
  }

  private func withoutItemMark(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let first = line.first else { return line }
    if Array("-*+".utf8).contains(first), line.dropFirst().first == 0x20 { return line.dropFirst(2) }
    let digits = line.prefix { (0x30...0x39).contains($0) }.count
    guard (1...9).contains(digits), let mark = line.dropFirst(digits).first,
      mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")"), line.dropFirst(digits + 1).first == 0x20
    else { return line }
    return line.dropFirst(digits + 2)
  }
}

extension MarkdownText {
  /// Takes the text of a line; marks of emphasis, links and code go.
  private mutating func readInline(_ line: ArraySlice<UInt8>) {
    var rest = line
    while let byte = rest.first {
      switch byte {
      case UInt8(ascii: "\\") where rest.count > 1 && Self.isPunctuation(rest[rest.startIndex + 1]):
        output.append(rest[rest.startIndex + 1])
        rest = rest.dropFirst(2)
      case UInt8(ascii: "`"): rest = takeCode(rest)
      case UInt8(ascii: "*"): rest = rest.drop { $0 == byte }
      case UInt8(ascii: "_"): rest = takeUnderscores(rest)
      case UInt8(ascii: "~") where rest.dropFirst().first == byte: rest = rest.dropFirst(2)
      case UInt8(ascii: "!") where rest.dropFirst().first == UInt8(ascii: "["): rest = takeLink(rest, isImage: true)
      case UInt8(ascii: "["): rest = takeLink(rest, isImage: false)
      case UInt8(ascii: "<"): rest = takeTag(rest)
      case UInt8(ascii: "|") where line.first == byte:
        if let last = output.last, last != 0x0A, last != 0x20 { output.append(0x20) }
        rest = rest.dropFirst().drop { $0 == 0x20 }
      case UInt8(ascii: "&"):
        if let found = HTMLReference(Array(rest.prefix(40)), at: 0) {
          output.append(contentsOf: found.text)
          rest = rest.dropFirst(found.byteCount)
        } else {
          rest = takePlain(rest)
        }
      default: rest = takePlain(rest)
      }
    }
    while output.last == 0x20 { output.removeLast() }
  }

  private mutating func takePlain(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let end = rest.dropFirst().firstIndex { Array("\\`*_~![<|&".utf8).contains($0) } ?? rest.endIndex
    output.append(contentsOf: rest[..<end])
    return rest[end...]
  }

  private mutating func takeCode(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let count = rest.prefix { $0 == UInt8(ascii: "`") }.count
    let body = rest.dropFirst(count)
    var end = body.startIndex
    while let tick = body[end...].firstIndex(of: UInt8(ascii: "`")) {
      let marks = body[tick...].prefix { $0 == UInt8(ascii: "`") }.count
      if marks == count {
        output.append(contentsOf: body[..<tick])
        return body[(tick + count)...]
      }
      end = tick + marks
    }
    output.append(contentsOf: rest.prefix(count))
    return body
  }

  /// Inside a word they are part of it.
  private mutating func takeUnderscores(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let marks = rest.prefix { $0 == UInt8(ascii: "_") }
    let isWord: (UInt8?) -> Bool = { $0.map { $0 >= 0x80 || $0 > 0x20 && !Self.isPunctuation($0) } ?? false }
    if isWord(output.last), isWord(rest.dropFirst(marks.count).first) { output.append(contentsOf: marks) }
    return rest.dropFirst(marks.count)
  }

  /// `[label](address)`, `[label][name]`, `![alt](address)`; anything else in brackets is text.
  private mutating func takeLink(_ rest: ArraySlice<UInt8>, isImage: Bool) -> ArraySlice<UInt8> {
    let label = rest.dropFirst(isImage ? 2 : 1)
    var depth = 1
    guard
      let close = label.prefix(1000).firstIndex(where: { byte in
        depth += byte == UInt8(ascii: "[") ? 1 : byte == UInt8(ascii: "]") ? -1 : 0
        return depth == 0
      })
    else { return takePlain(rest) }
    var end = close + 1
    guard end < rest.endIndex, rest[end] == UInt8(ascii: "(") || rest[end] == UInt8(ascii: "[") else {
      return takePlain(rest)
    }
    let mark = rest[end] == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "]")
    guard let last = rest[end...].prefix(1000).firstIndex(of: mark) else { return takePlain(rest) }
    end = last + 1
    if !isImage { readInline(label[..<close]) }
    return rest[end...]
  }

  /// Tags go, their content stays; a comment may go on in other lines.
  private mutating func takeTag(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    if rest.starts(with: Array("<!--".utf8)) {
      if let end = Self.find("-->", in: rest) { return rest[(end + 3)...] }
      isInComment = true
      return rest[rest.endIndex...]
    }
    let name = rest.dropFirst().drop { $0 == UInt8(ascii: "/") }
    guard let first = name.first, (0x61...0x7A).contains(first | 0x20),
      let end = rest.prefix(500).firstIndex(of: UInt8(ascii: ">"))
    else { return takePlain(rest) }
    let inside = rest[(rest.startIndex + 1)..<end]
    // An address between angle brackets is its own label.
    if inside.contains(UInt8(ascii: "@")) || Self.find("://", in: inside) != nil, !inside.contains(0x20) {
      output.append(contentsOf: inside)
    }
    return rest[(end + 1)...]
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    (0x21...0x2F).contains(byte) || (0x3A...0x40).contains(byte) || (0x5B...0x60).contains(byte)
      || (0x7B...0x7E).contains(byte)
  }

  private static func find(_ word: String, in text: ArraySlice<UInt8>) -> Int? {
    let word = Array(word.utf8)
    var rest = text
    while let found = rest.firstIndex(of: word[0]) {
      if rest[found...].starts(with: word) { return found }
      rest = rest[(found + 1)...]
    }
    return nil
  }
}
