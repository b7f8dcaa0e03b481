/// Which words may stand for which, as ids: what objectives know of a thesaurus.
///
/// Words are sorted by their ids, all ids lie in one buffer, and looking one up is a binary search without allocation.
public struct WordLexicon: Sendable, Equatable {
  /// A word and what may stand for it.
  public struct Entry: Sendable, Equatable {
    public var word: [UInt32]
    /// In the order in which draws number them.
    public var synonyms: [[UInt32]]

    public init(word: [UInt32], synonyms: [[UInt32]]) {
      self.word = word
      self.synonyms = synonyms
    }
  }

  /// All ids of words and synonyms.
  public private(set) var ids: [UInt32] = []
  /// By word: its place in `ids`.
  private var words: [Range<Int>] = []
  /// By word: where its synonyms start in `synonyms`, and their end.
  private var firstSynonyms = [0]
  private var synonyms: [Range<Int>] = []

  /// - Parameter entries: of equal words, the first counts; synonyms that are empty, equal to their word, or there
  ///   already are left out, and so are words that have none.
  public init(_ entries: [Entry]) {
    let order = entries.indices.sorted { one, other in
      let (a, b) = (entries[one].word, entries[other].word)
      return a == b ? one < other : a.lexicographicallyPrecedes(b)
    }
    var last: [UInt32]?
    for index in order {
      let entry = entries[index]
      guard !entry.word.isEmpty, entry.word != last else { continue }
      var kept: [[UInt32]] = []
      for synonym in entry.synonyms where !synonym.isEmpty && synonym != entry.word && !kept.contains(synonym) {
        kept.append(synonym)
      }
      guard !kept.isEmpty else { continue }
      last = entry.word
      words.append(add(entry.word))
      for synonym in kept { synonyms.append(add(synonym)) }
      firstSynonyms.append(synonyms.count)
    }
  }

  private mutating func add(_ word: [UInt32]) -> Range<Int> {
    ids.append(contentsOf: word)
    return ids.count - word.count..<ids.count
  }

  /// Number of words.
  public var count: Int { words.count }

  /// The number of a word, or nil when the lexicon does not have it.
  public func number(of word: ArraySlice<UInt32>) -> Int? {
    var (low, high) = (0, words.count)
    while low < high {
      let middle = low + (high - low) / 2
      if ids[words[middle]].lexicographicallyPrecedes(word) { low = middle + 1 } else { high = middle }
    }
    return low < words.count && ids[words[low]] == word ? low : nil
  }

  /// How many synonyms a word has: one at least.
  public func synonymCount(of number: Int) -> Int { firstSynonyms[number + 1] - firstSynonyms[number] }

  /// The place in `ids` of a word's synonym.
  public func synonym(_ index: Int, of number: Int) -> Range<Int> { synonyms[firstSynonyms[number] + index] }
}
