public import Blocks
internal import JSONText

/// Words and what may stand for them, as a file lists them.
///
/// Four forms are told apart by their content:
///
///     happy<TAB>glad,cheerful             a word a line; `#` opens a comment
///     {"happy": ["glad", "cheerful"]}     the same as JSON; "glad,cheerful" will do for the list
///     s(301148283,1,'happy',a,1,37).      WordNet's wn_s.pl: words of one synset are synonyms
///     01148283 00 a 01 happy 0 …          WordNet's data.noun, data.verb, data.adj, data.adv
///
/// Synonyms are sorted by their UTF-8 bytes, so that their numbers do not depend on the file's order.
public struct Lexicon: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public var word: String
    public var synonyms: [String]

    public init(word: String, synonyms: [String]) {
      self.word = word
      self.synonyms = synonyms
    }
  }

  /// Sorted by word.
  public let entries: [Entry]

  /// Reads a file's content.
  ///
  /// - Parameter path: what the file is called in messages.
  /// - Throws: `lexicon.not-utf8`; `lexicon.malformed`, with the line; `lexicon.duplicate-word`; `lexicon.empty`; and
  ///   `json.…`.
  public init(_ bytes: [UInt8], path: String) throws(Diagnostic) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic(
        "lexicon.not-utf8", "\(path) is not UTF-8 text", at: SourceLocation(path: path),
        help: "convert the file (`iconv -t UTF-8`)")
    }
    let lines = LexiconLines(text, path: path)
    let first = lines.content.first { !$0.text.isEmpty }
    let entries: [Entry]
    if first?.text.first == "{" {
      entries = try Self.entries(ofJSON: bytes, path: path)
    } else if first?.text.hasPrefix("s(") == true {
      entries = Self.entries(ofSynsets: try lines.prologSynsets())
    } else if lines.isWordNetData {
      entries = Self.entries(ofSynsets: try lines.dataSynsets())
    } else {
      entries = try Self.entries(ofTable: lines)
    }
    self.entries = Self.cleaned(entries)
    guard !self.entries.isEmpty else {
      throw Diagnostic(
        "lexicon.empty", "\(path) has no word with a synonym", at: SourceLocation(path: path),
        expected: "lines of a word, a tab and its synonyms with commas between")
    }
  }

  /// Everything sorted; no synonym twice, none that is its word, no word without any.
  private static func cleaned(_ entries: [Entry]) -> [Entry] {
    func precedes(_ one: String, _ other: String) -> Bool { one.utf8.lexicographicallyPrecedes(other.utf8) }
    var cleaned: [Entry] = []
    for var entry in entries.sorted(by: { precedes($0.word, $1.word) }) {
      var last: String?
      entry.synonyms = entry.synonyms.sorted(by: precedes).filter { synonym in
        defer { last = synonym }
        return synonym != last && synonym != entry.word && !synonym.isEmpty
      }
      if !entry.synonyms.isEmpty { cleaned.append(entry) }
    }
    return cleaned
  }

  private static func entries(ofTable lines: LexiconLines) throws(Diagnostic) -> [Entry] {
    var entries: [Entry] = []
    var seen: Set<String> = []
    for line in lines.content where !line.text.isEmpty && !line.text.hasPrefix("#") {
      let fields = line.text.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 2 else {
        throw lines.malformed(line.number, expected: "a word, a tab, and synonyms with commas between")
      }
      entries.append(
        Entry(
          word: try lines.word(String(trimmed(fields[0])), line.number, seen: &seen),
          synonyms: synonyms(listed: fields[1])))
    }
    return entries
  }

  private static func entries(ofJSON bytes: [UInt8], path: String) throws(Diagnostic) -> [Entry] {
    let tree = try JSONValue(parsing: bytes, path: path)
    let lines = LexiconLines("", path: path)
    var entries: [Entry] = []
    var seen: Set<String> = []
    for (word, value) in tree.object?.members ?? [] {
      let word = try lines.word(word, nil, seen: &seen)
      if let list = value.array {
        let texts = list.compactMap(\.string)
        guard texts.count == list.count else {
          throw lines.malformed(nil, expected: "a list of strings for '\(word)'")
        }
        entries.append(Entry(word: word, synonyms: texts.map { String(trimmed($0[...])) }))
      } else if let text = value.string {
        entries.append(Entry(word: word, synonyms: synonyms(listed: text[...])))
      } else {
        throw lines.malformed(nil, expected: "a list of strings for '\(word)'")
      }
    }
    return entries
  }

  private static func synonyms(listed text: Substring) -> [String] {
    text.split(separator: ",").map { String(trimmed($0)) }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension Lexicon {
  /// The lexicon in the ids of a tokenizer: each word as it stands at the start of a text, and behind a blank.
  ///
  /// Words and synonyms of which the tokenizer does not know a part are left out.
  public func encoded(by tokenizer: Tokenizer) throws(Diagnostic) -> WordLexicon {
    let special = Set(try tokenizer.specialTokens().special)
    var scratch = tokenizer.makeScratch()
    var encoded: [WordLexicon.Entry] = []
    func ids(_ text: String) -> [UInt32]? {
      var ids: [UInt32] = []
      tokenizer.encode(Array(text.utf8).span, into: &ids, scratch: &scratch, specialInText: .asText)
      return ids.contains(where: special.contains) ? nil : ids
    }
    for blank in [" ", ""] {
      for entry in entries {
        guard let word = ids(blank + entry.word) else { continue }
        encoded.append(.init(word: word, synonyms: entry.synonyms.compactMap { ids(blank + $0) }))
      }
    }
    return WordLexicon(encoded)
  }
}
