internal import Blocks

/// A lexicon's lines with their numbers, and what is wrong with one.
struct LexiconLines {
  struct Line {
    /// From 1.
    var number: Int
    /// Without its end.
    var text: Substring
  }

  let content: [Line]
  let path: String

  init(_ text: String, path: String) {
    self.path = path
    var lines: [Line] = []
    for part in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = Substring(part)
      // "\r" is a character of its own where no "\n" is left behind it.
      if line.last == "\r" { line.removeLast() }
      if lines.isEmpty, line.unicodeScalars.first == "\u{FEFF}" { line = Substring(line.unicodeScalars.dropFirst()) }
      lines.append(Line(number: lines.count + 1, text: line))
    }
    content = lines
  }

  func malformed(_ line: Int?, expected: String) -> Diagnostic {
    let found = line.map { content[$0 - 1].text }
    return Diagnostic(
      "lexicon.malformed", "a line of a lexicon cannot be understood", at: SourceLocation(path: path, line: line),
      expected: expected, found: found.map { "'\($0.prefix(60))'" })
  }

  /// A word that may stand at the head of an entry.
  ///
  /// - Throws: `lexicon.malformed` for one that is empty or several, `lexicon.duplicate-word`.
  func word(_ word: String, _ line: Int?, seen: inout Set<String>) throws(Diagnostic) -> String {
    guard !word.isEmpty, !word.contains(" ") else {
      throw malformed(line, expected: "one word, without blanks, that has synonyms")
    }
    guard seen.insert(word).inserted else {
      throw Diagnostic(
        "lexicon.duplicate-word", "the word '\(word)' comes twice", at: SourceLocation(path: path, line: line),
        help: "put all its synonyms into one line")
    }
    return word
  }
}
