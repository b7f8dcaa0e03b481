internal import Blocks

/// The letters of the training words, and the vocabulary before its first merge.
///
/// Ids: special tokens in the given order, then the kept letters by code point, then the kept letters that continue a
/// word, with their prefix, by code point. (Hugging Face's trainer numbers the last group in the order of a hash map.)
struct TrainingAlphabet {
  /// The vocabulary's tokens by id, as UTF-8.
  var tokens: [[UInt8]] = []
  private(set) var idByToken: [[UInt8]: UInt32] = [:]
  /// The id of a letter that starts a word, and of one that continues it; nil where the letter was not kept.
  private var firstIDs: [UInt32: UInt32] = [:]
  private var continuingIDs: [UInt32: UInt32] = [:]

  init(_ counts: borrowing WordCounts, _ settings: TrainerSettings) {
    for token in settings.distinctSpecialTokens { _ = add(token) }
    var seen = Census()
    counts.forEachLetter(of: settings.model) { letter, isFirst, count in
      seen.note(letter, isFirst: isFirst, count: count)
    }
    for letter in seen.kept(settings) { firstIDs[letter] = add(utf8(letter)) }
    // A special token of one letter lets that letter in, even if it was not kept.
    for token in settings.distinctSpecialTokens {
      let scalars = Array(String(decoding: token, as: UTF8.self).unicodeScalars)
      if scalars.count == 1 { firstIDs[scalars[0].value] = idByToken[token] }
    }
    let prefix = settings.model == .wordpiece ? Array(settings.continuingSubwordPrefix.utf8) : []
    if prefix.isEmpty {
      continuingIDs = firstIDs
    } else {
      for letter in seen.continuing where firstIDs[letter] != nil {
        continuingIDs[letter] = add(prefix + utf8(letter))
      }
    }
  }

  /// The id of a letter, or nil if it was not kept.
  func id(of letter: UInt32, isFirst: Bool) -> UInt32? {
    isFirst ? firstIDs[letter] : continuingIDs[letter]
  }

  /// The id of a token, which is new if the vocabulary lacks it.
  mutating func add(_ token: [UInt8]) -> UInt32 {
    if let id = idByToken[token] { return id }
    let id = UInt32(tokens.count)
    tokens.append(token)
    idByToken[token] = id
    return id
  }

  private func utf8(_ letter: UInt32) -> [UInt8] {
    Array(String(Character(Unicode.Scalar(letter) ?? "\u{FFFD}")).utf8)
  }
}

/// How often each letter was seen, and whether inside words.
private struct Census {
  private var counts: [UInt64] = []
  private var continues: [Bool] = []

  mutating func note(_ letter: UInt32, isFirst: Bool, count: UInt64) {
    let index = Int(letter)
    if index >= counts.count {
      let missing = max(index + 1, 2 * counts.count) - counts.count
      counts.append(contentsOf: repeatElement(0, count: missing))
      continues.append(contentsOf: repeatElement(false, count: missing))
    }
    let (sum, overflow) = counts[index].addingReportingOverflow(count)
    counts[index] = overflow ? .max : sum
    if !isFirst { continues[index] = true }
  }

  /// The letters seen behind the first place of a word, ascending.
  var continuing: [UInt32] { continues.indices.filter { continues[$0] }.map(UInt32.init) }

  /// The letters of the alphabet, ascending: beyond the limit the rarest go, among equals those of larger code point.
  func kept(_ settings: TrainerSettings) -> [UInt32] {
    let initial = Set(settings.initialAlphabet.compactMap { $0.unicodeScalars.first?.value })
    var letters = Set(counts.indices.filter { counts[$0] > 0 }.map(UInt32.init)).union(initial).sorted()
    if let limit = settings.limitAlphabet, letters.count > limit {
      let ranked = letters.map { (count: initial.contains($0) ? .max : counts[Int($0)], letter: $0) }
        .sorted { $0.count != $1.count ? $0.count > $1.count : $0.letter < $1.letter }
      letters = ranked.prefix(limit).map(\.letter).sorted()
    }
    return letters
  }
}

extension WordCounts {
  /// Calls `body` with each letter of each word: its code point (for `bpe` of the byte's letter), whether it starts the
  /// word, and the word's count.
  func forEachLetter(of model: TrainerSettings.Model, _ body: (UInt32, Bool, UInt64) -> Void) {
    for entry in entries where entry.count > 0 {
      forEachLetter(of: entry, model) { letter, isFirst in body(letter, isFirst, entry.count) }
    }
  }

  /// The letters of one word. Words that are not UTF-8 have U+FFFD for what cannot be read.
  func forEachLetter(of entry: Entry, _ model: TrainerSettings.Model, _ body: (UInt32, Bool) -> Void) {
    let word = bytes[entry.start..<entry.start + entry.byteCount]
    var isFirst = true
    switch model {
    case .bpe:
      for byte in word {
        body(ByteLevelAlphabet.letters[Int(byte)], isFirst)
        isFirst = false
      }
    case .wordpiece:
      var decoder = UTF8()
      var iterator = word.makeIterator()
      while true {
        let letter: UInt32
        switch decoder.decode(&iterator) {
        case .scalarValue(let scalar): letter = scalar.value
        case .error: letter = 0xFFFD
        case .emptyInput: return
        }
        body(letter, isFirst)
        isFirst = false
      }
    }
  }
}
