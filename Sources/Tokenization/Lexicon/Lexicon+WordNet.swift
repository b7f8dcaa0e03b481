internal import Blocks

// WordNet's own files: sets of words with one meaning, a line for each word (Prolog) or each set (data).
extension Lexicon {
  /// Every word with the other words of its sets, in lower case, `_` as a blank.
  ///
  /// Left out: words of other characters than letters, blanks, `-` and `'`; entries of several words; and words that
  /// only hold a sentence together, as EDA leaves out stop words.
  static func entries(ofSynsets synsets: [[String]]) -> [Entry] {
    var synonyms: [String: [String]] = [:]
    for synset in synsets {
      let words = synset.map { plain($0) }.filter(isOrdinary)
      for word in words where !word.contains(" ") && !functionWords.contains(word) {
        synonyms[word, default: []] += words.filter { !functionWords.contains($0) }
      }
    }
    // Sorted later: no order of the dictionary is kept.
    return synonyms.map { Entry(word: $0.key, synonyms: $0.value) }
  }

  private static func plain(_ word: String) -> String {
    String(word.lowercased().map { $0 == "_" ? " " : $0 })
  }

  private static func isOrdinary(_ word: String) -> Bool {
    !word.isEmpty && word.allSatisfy { $0.isLetter || $0 == " " || $0 == "-" || $0 == "'" }
  }

  private static let functionWords: Set<String> = Set(
    """
    a an the this that these those i me my mine we us our ours you your yours he him his she her hers it its they \
    them their theirs who whom whose which what and or but nor so yet if then than as because while until of at by \
    for with about against between into through during before after above below to from up down in out on off over \
    under again further once here there when where why how all any both each few more most other some such no not \
    only own same too very am is are was were be been being have has had having do does did doing can could will \
    would shall should may might must just now
    """.split(separator: " ").map(String.init))
}

extension LexiconLines {
  /// A data file opens with a licence, its lines set off by two blanks, or with its first set.
  var isWordNetData: Bool {
    guard let line = content.first(where: { !$0.text.hasPrefix("  ") }) else { return false }
    let fields = line.text.split(separator: " ", maxSplits: 4)
    return fields.count == 5 && Self.isNumber(fields[0], digits: 8) && Self.isNumber(fields[1], digits: 2)
      && ["n", "v", "a", "s", "r"].contains(fields[2])
  }

  private static func isNumber(_ text: Substring, digits: Int) -> Bool {
    text.utf8.count == digits && text.utf8.allSatisfy { (48...57).contains($0) }
  }

  /// `offset file type count word id word id …`: the count has two hexadecimal digits.
  func dataSynsets() throws(Diagnostic) -> [[String]] {
    var synsets: [[String]] = []
    for line in content where !line.text.hasPrefix("  ") && !line.text.isEmpty {
      let fields = line.text.split(separator: " ", omittingEmptySubsequences: true)
      guard fields.count > 4, Self.isNumber(fields[0], digits: 8), fields[3].utf8.count == 2,
        let count = Int(fields[3], radix: 16), count > 0,
        fields.count >= 4 + 2 * count
      else {
        throw malformed(line.number, expected: "a set as WordNet's data files have it: 00001740 03 n 01 entity 0 …")
      }
      // Adjectives may bear the mark of where they stand: `galore(ip)`.
      synsets.append((0..<count).map { String(fields[4 + 2 * $0].prefix { $0 != "(" }) })
    }
    return synsets
  }

  /// `s(synset,number,'word',type,sense,count).`, a quote in a word written twice; sets stand together.
  func prologSynsets() throws(Diagnostic) -> [[String]] {
    var synsets: [[String]] = []
    var last: Substring?
    for line in content where !line.text.isEmpty {
      let expected = "a line as wn_s.pl has it: s(100001740,1,'entity',n,1,11)."
      let fields = line.text.dropFirst(2).split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
      guard line.text.hasPrefix("s("), line.text.hasSuffix(")."), fields.count == 3,
        Self.isNumber(fields[0], digits: 9), fields[2].first == "'",
        let (word, rest) = Self.quoted(fields[2]), rest.split(separator: ",").count == 3, rest.first == ","
      else { throw malformed(line.number, expected: expected) }
      if fields[0] == last { synsets[synsets.count - 1].append(word) } else { synsets.append([word]) }
      last = fields[0]
    }
    return synsets
  }

  /// The word in single quotes at the start of a text, and what stands behind it.
  private static func quoted(_ text: Substring) -> (word: String, rest: Substring)? {
    var word = ""
    var rest = text.dropFirst()
    while let character = rest.first {
      rest.removeFirst()
      if character == "'" {
        guard rest.first == "'" else { return (word, rest) }
        rest.removeFirst()
      }
      word.append(character)
    }
    return nil
  }
}
