/// A tag in wikitext, and what is passed with it: a comment and a reference go whole, `nowiki` and code give what is in
/// them as it stands, of others the tag alone goes.
struct WikiTag {
  /// Where to go on reading.
  let end: Int
  /// What of the text is taken as it is; empty for most.
  let verbatim: Range<Int>
  let isBreak: Bool

  /// Reads the tag whose `<` stands at `index`; nil for what is none.
  ///
  /// - Parameter unclosed: elements that nothing closes any more, so that each is looked for in vain once.
  init?(_ text: [UInt8], at index: Int, unclosed: inout Set<String>) {
    if text[index...].starts(with: Array("<!--".utf8)) {
      self.init(end: Self.find(Array("-->".utf8), in: text, from: index + 4).map { $0 + 3 } ?? text.count)
      return
    }
    var place = index + 1
    let isEnd = place < text.count && text[place] == UInt8(ascii: "/")
    if isEnd { place += 1 }
    let word = text[min(place, text.count)...].prefix(16).prefix { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (0x30...0x39).contains(byte)
    }
    let name = String(decoding: word, as: UTF8.self).lowercased()
    // A tag is short; one without end is text.
    guard let close = text[word.endIndex...].prefix(1000).firstIndex(of: UInt8(ascii: ">")),
      let kind = Self.kinds[name]
    else { return nil }
    let isSelfClosed = text[close - 1] == UInt8(ascii: "/")
    guard kind != .plain, !isEnd, !isSelfClosed else {
      self.init(end: close + 1, isBreak: name == "br" || name == "p" || name == "hr")
      return
    }
    guard !unclosed.contains(name), let tail = Self.closing(name, in: text, from: close + 1) else {
      unclosed.insert(name)
      self.init(end: close + 1)
      return
    }
    self.init(end: tail.upperBound, verbatim: kind == .verbatim ? close + 1..<tail.lowerBound : 0..<0)
  }

  private init(end: Int, verbatim: Range<Int> = 0..<0, isBreak: Bool = false) {
    self.end = end
    self.verbatim = verbatim
    self.isBreak = isBreak
  }

  private enum Kind {
    /// The tag goes, its content stays.
    case plain
    /// Tag and content go.
    case dropped
    /// The content stays as it is.
    case verbatim
  }

  private static let kinds: [String: Kind] = {
    var kinds: [String: Kind] = [:]
    let names: [(Kind, String)] = [
      (.dropped, "ref math chem gallery timeline imagemap score graph hiero templatestyles categorytree inputbox"),
      (.verbatim, "nowiki pre code syntaxhighlight source"),
      (
        .plain,
        "br p hr b i u s em strong small big sub sup span div center font blockquote cite del ins tt kbd var samp abbr "
          + "table tr td th tbody caption ul ol li dl dt dd h1 h2 h3 h4 h5 h6 references section onlyinclude "
          + "includeonly noinclude poem bdi q dfn mark strike ruby rt rp rb wbr data time indicator"
      ),
    ]
    for (kind, list) in names {
      for name in list.split(separator: " ") { kinds[String(name)] = kind }
    }
    return kinds
  }()

  /// `</name>`, from its `<` to behind its `>`.
  private static func closing(_ name: String, in text: [UInt8], from start: Int) -> Range<Int>? {
    let wanted = Array("</\(name)".utf8)
    var place = start
    while let found = text[place...].firstIndex(of: UInt8(ascii: "<")) {
      place = found + 1
      guard text.count - found > wanted.count,
        zip(text[found..<found + wanted.count], wanted).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 }),
        let end = text[(found + wanted.count)...].prefix(100).firstIndex(of: UInt8(ascii: ">"))
      else { continue }
      return found..<end + 1
    }
    return nil
  }

  private static func find(_ word: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    var place = min(start, text.count)
    while let found = text[place...].firstIndex(of: word[0]) {
      if text[found...].starts(with: word) { return found }
      place = found + 1
    }
    return nil
  }
}

/// Which brackets of wikitext belong together.
enum WikiBrackets {
  /// The places of `{{`, `{|` and `[[`, with those of the brackets that close them. What closes nothing and what is
  /// never closed is left out.
  static func match(_ text: [UInt8]) -> [Int: Int] {
    var closings: [Int: Int] = [:]
    var open: [(place: Int, second: UInt8)] = []
    var index = 0
    while index + 1 < text.count {
      let (first, second) = (text[index], text[index + 1])
      switch (first, second) {
      case (UInt8(ascii: "{"), UInt8(ascii: "{")), (UInt8(ascii: "["), UInt8(ascii: "[")):
        open.append((index, second))
        index += 2
      case (UInt8(ascii: "{"), UInt8(ascii: "|")) where index == 0 || [0x0A, 0x3A, 0x20].contains(text[index - 1]):
        open.append((index, second))
        index += 2
      case (UInt8(ascii: "}"), UInt8(ascii: "}")): index += close(UInt8(ascii: "{"), at: index, &open, &closings)
      case (UInt8(ascii: "]"), UInt8(ascii: "]")): index += close(UInt8(ascii: "["), at: index, &open, &closings)
      // An empty last parameter is no end of a table.
      case (UInt8(ascii: "|"), UInt8(ascii: "}")) where index + 2 == text.count || text[index + 2] != UInt8(ascii: "}"):
        index += close(UInt8(ascii: "|"), at: index, &open, &closings)
      default: index += 1
      }
    }
    return closings
  }

  /// Closes the innermost bracket of a kind, if it is not too far out; returns how far to go.
  private static func close(
    _ second: UInt8, at index: Int, _ open: inout [(place: Int, second: UInt8)], _ closings: inout [Int: Int]
  ) -> Int {
    // A link that was never closed must not keep the template around it open; more than a few of those are no accident.
    guard let match = open.suffix(8).lastIndex(where: { $0.second == second }) else { return 1 }
    closings[open[match].place] = index
    open.removeSubrange(match...)
    return 2
  }
}
