internal import Blocks

/// EDA's four changes of a text, word by word, with a thesaurus.
///
///     words      the | old | text | shows            rate 0.5: max(1, floor(0.5 · 4)) = 2 changes
///     synonym    the | aged | text | displays        random words that have synonyms, everywhere they stand
///     insert     the | displays | old | aged | text | shows    a synonym of a random word, never at the end
///     swap       shows | old | text | the            two random words change places
///     delete     the | text                          each word with the rate's probability
///
/// - Source: Wei and Zou 2019 (arXiv:1901.11196), eda_nlp's `eda.py`; texts are not cleaned first.
/// - Randomness: operation 7; words to replace, to swap, to delete 1; synonyms 5; insertions 11; a word that is deleted
///   because nothing else changed 9.
/// - Cost: O(words · log(lexicon)); a few small arrays.
struct WordEdits: Sendable {
  /// The raw value is the name in recipes.
  enum Operation: String, CaseIterable {
    case synonym, insert, swap, delete

    /// The column's value: the place in `allCases`.
    var number: UInt8 {
      switch self {
      case .synonym: 0
      case .insert: 1
      case .swap: 2
      case .delete: 3
      }
    }

    var needsLexicon: Bool { self == .synonym || self == .insert }
  }

  let operations: [Operation]
  let rate: Double
  let lexicon: WordLexicon
  let table: IDTable
  /// Tokens of the longest view: a synonym that would make it longer is not put in.
  let capacity: Int

  /// Tokens of the longest text, so that a changed copy may grow by two tokens for each change.
  var longestWindow: Int {
    var count = capacity
    while count > 0, count + 2 * changedCount(count) > capacity { count -= 1 }
    return count
  }

  /// EDA's n.
  func changedCount(_ words: Int) -> Int { max(1, Int(Double(words) * rate)) }

  /// A word: tokens of the text, or of the lexicon.
  private struct Word {
    var isSynonym: Bool
    var range: Range<Int>
  }

  /// A text as words, while it is changed.
  private struct Sentence {
    let text: [UInt32]
    let lexicon: WordLexicon
    var words: [Word] = []
    var count = 0

    func tokens(_ word: Word) -> ArraySlice<UInt32> { word.isSynonym ? lexicon.ids[word.range] : text[word.range] }

    /// The word's number in the lexicon.
    func number(_ word: Word) -> Int? { lexicon.number(of: tokens(word)) }
  }

  /// Where words start.
  func wordStarts(of ids: [UInt32]) -> [Int] {
    ids.indices.filter { $0 == 0 || !table.continuesWord(ids[$0], after: ids[$0 - 1]) }
  }

  /// Changes a copy by a drawn operation and leaves it in `scratch.ids`.
  ///
  /// Where the operation changes nothing, a random word is deleted instead.
  ///
  /// - Returns: the operation; nil for a text of one word in which nothing can be changed.
  func draw(_ ids: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) -> Operation? {
    var modes = draws.stream(.mode)
    let operation = operations[modes.bounded(operations.count)]
    let starts = wordStarts(of: ids)
    var sentence = Sentence(text: ids, lexicon: lexicon)
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : ids.count
      sentence.words.append(Word(isSynonym: false, range: start..<end))
    }
    sentence.count = ids.count
    let original = sentence.words
    switch operation {
    case .synonym: replace(in: &sentence, drawing: draws)
    case .insert: insert(into: &sentence, drawing: draws)
    case .swap: swapWords(of: &sentence, drawing: draws)
    case .delete: delete(from: &sentence, drawing: draws)
    }
    gather(sentence, into: &scratch.ids)
    guard scratch.ids == ids else { return operation }
    guard original.count >= 2 else { return nil }
    var fallback = draws.stream(.countRounding)
    sentence.words = original
    sentence.words.remove(at: fallback.bounded(original.count))
    gather(sentence, into: &scratch.ids)
    return .delete
  }

  private func gather(_ sentence: Sentence, into ids: inout [UInt32]) {
    ids.removeAll(keepingCapacity: true)
    for word in sentence.words { ids.append(contentsOf: sentence.tokens(word)) }
  }

  /// Different words in random order, each everywhere by one of its synonyms, until there are enough.
  private func replace(in sentence: inout Sentence, drawing draws: ExampleDraws) {
    var numbers: [Int] = []
    for word in sentence.words {
      if let number = sentence.number(word), !numbers.contains(number) { numbers.append(number) }
    }
    var positions = draws.stream(.positionSelection)
    var choices = draws.stream(.replacementIDs)
    positions.partialShuffle(&numbers, count: numbers.count)
    let originals = sentence.words.map { sentence.number($0) }
    var rest = changedCount(sentence.words.count)
    for number in numbers where rest > 0 {
      let synonym = lexicon.synonym(choices.bounded(lexicon.synonymCount(of: number)), of: number)
      let places = originals.indices.filter { originals[$0] == number }
      let count = places.reduce(sentence.count) { $0 + synonym.count - sentence.words[$1].range.count }
      guard count <= capacity else { continue }
      for place in places { sentence.words[place] = Word(isSynonym: true, range: synonym) }
      sentence.count = count
      rest -= 1
    }
  }

  /// The first synonym of a random word, ten tries each time to find one that has any.
  private func insert(into sentence: inout Sentence, drawing draws: ExampleDraws) {
    var insertions = draws.stream(.insertionPositions)
    for _ in 0..<changedCount(sentence.words.count) {
      for _ in 0..<10 {
        let word = sentence.words[insertions.bounded(sentence.words.count)]
        guard let number = sentence.number(word) else { continue }
        let synonym = lexicon.synonym(0, of: number)
        let place = insertions.bounded(sentence.words.count)
        if sentence.count + synonym.count <= capacity {
          sentence.words.insert(Word(isSynonym: true, range: synonym), at: place)
          sentence.count += synonym.count
        }
        break
      }
    }
  }

  /// Pairs of words change places; a pair may undo another. Up to three draws look for a second place.
  private func swapWords(of sentence: inout Sentence, drawing draws: ExampleDraws) {
    var positions = draws.stream(.positionSelection)
    let count = sentence.words.count
    for _ in 0..<changedCount(count) {
      let first = positions.bounded(count)
      for _ in 0..<3 {
        let second = positions.bounded(count)
        guard second != first else { continue }
        sentence.words.swapAt(first, second)
        break
      }
    }
  }

  /// Each word goes with the rate's probability; one that is drawn stays if all would go.
  private func delete(from sentence: inout Sentence, drawing draws: ExampleDraws) {
    var positions = draws.stream(.positionSelection)
    let original = sentence.words
    guard original.count > 1 else { return }
    let probability = Threshold(rate)
    sentence.words = original.filter { _ in !positions.bernoulli(probability) }
    guard sentence.words.isEmpty else { return }
    var fallback = draws.stream(.countRounding)
    sentence.words = [original[fallback.bounded(original.count)]]
  }
}

extension WordEdits {
  /// Whether an operation can have made a view of a text; what synonyms do shows only when the row is made again.
  func canMake(_ view: [UInt32], of text: [UInt32], by operation: Operation) -> Bool {
    func isPart(_ part: [UInt32], of whole: [UInt32]) -> Bool {
      Alignment.ranges(of: part, in: whole, mask: nil, gapsAllowed: true) != nil
    }
    return switch operation {
    case .synonym: true
    case .insert: view.count > text.count && isPart(text, of: view)
    case .swap: view.count == text.count && view.sorted() == text.sorted()
    case .delete: view.count < text.count && isPart(view, of: text)
    }
  }
}
