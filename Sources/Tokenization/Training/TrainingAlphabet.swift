internal import Blocks

/// The letters of the training words, and the vocabulary before its first merge.
///
/// Ids: special tokens in the given order; the 256 byte tokens, if asked for; the kept letters by code point; then the
/// letters with a prefix, those with a suffix and those with both, each by code point and as far as the words have
/// them. (Hugging Face's trainer numbers letters with a prefix or suffix in the order of a hash map.)
struct TrainingAlphabet {
  /// The vocabulary's tokens by id, as UTF-8.
  private(set) var tokens: [[UInt8]] = []
  /// Ids below it are no letters.
  private(set) var firstLetter = 0
  private var idByToken: [[UInt8]: UInt32] = [:]
  /// By form, then by code point, the id of a letter; `none` where it was not kept.
  private var ids: [[UInt32]]
  private static let none = UInt32.max

  init(_ words: borrowing some CountedWords & ~Copyable, _ settings: TrainerSettings) throws(Diagnostic) {
    let seen = try LetterCensus(words, settings.letters)
    let limit = seen.letterLimit
    ids = Array(repeating: Array(repeating: Self.none, count: limit), count: LetterForm.count)
    for token in settings.distinctSpecialTokens { _ = add(token) }
    if settings.byteFallback { for byte in UInt8.min...UInt8.max { _ = add(Self.byteToken(byte)) } }
    firstLetter = tokens.count

    var plain: [UInt32: UInt32] = [:]
    for letter in seen.kept(settings) { plain[letter] = add(Self.utf8(letter)) }
    // A special token of one letter lets that letter in, even if it was not kept.
    for token in settings.distinctSpecialTokens {
      let scalars = Array(String(decoding: token, as: UTF8.self).unicodeScalars)
      if scalars.count == 1 { plain[scalars[0].value] = idByToken[token] }
    }
    let marks = LetterForm.Marks(
      prefix: Array(settings.continuingSubwordPrefix.utf8), suffix: Array(settings.endOfWordSuffix.utf8))
    for marked in 0..<LetterForm.count where marked == marked & marks.mask {
      for letter in 0..<limit where seen.forms[letter] != 0 {
        let forms = (0..<LetterForm.count).filter { $0 & marks.mask == marked && seen.has(letter, in: $0) }
        guard !forms.isEmpty, let id = plain[UInt32(letter)] else { continue }
        let token = marked == 0 ? id : add(marks.applied(to: Self.utf8(UInt32(letter)), form: marked))
        for form in forms { ids[form][letter] = token }
      }
    }
  }

  /// The id of a letter at its place in a word, or nil if it was not kept.
  @inline(__always)
  func id(of letter: UInt32, isFirst: Bool, isLast: Bool) -> UInt32? {
    let id = ids[LetterForm.number(isFirst: isFirst, isLast: isLast)][Int(letter)]
    return id == Self.none ? nil : id
  }

  /// The id of a token, which is new if the vocabulary lacks it.
  mutating func add(_ token: [UInt8]) -> UInt32 {
    if let id = idByToken[token] { return id }
    let id = UInt32(tokens.count)
    tokens.append(token)
    idByToken[token] = id
    return id
  }

  /// `<0x0A>`
  static func byteToken(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]] + Array(">".utf8)
  }

  private static func utf8(_ letter: UInt32) -> [UInt8] {
    Array(String(Character(Unicode.Scalar(letter) ?? "\u{FFFD}")).utf8)
  }
}

/// Where in its word a letter stands, as two bits: 1 behind the first place, 2 in the last.
private enum LetterForm {
  static let count = 4

  @inline(__always)
  static func number(isFirst: Bool, isLast: Bool) -> Int { (isFirst ? 0 : 1) | (isLast ? 2 : 0) }

  /// What a letter of a form is written with.
  struct Marks {
    var prefix: [UInt8]
    var suffix: [UInt8]

    /// The bits that make a difference.
    var mask: Int { (prefix.isEmpty ? 0 : 1) | (suffix.isEmpty ? 0 : 2) }

    func applied(to letter: [UInt8], form: Int) -> [UInt8] {
      (form & 1 == 0 ? [] : prefix) + letter + (form & 2 == 0 ? [] : suffix)
    }
  }
}

/// How often each letter was seen, and in which places of words.
private struct LetterCensus {
  private var counts: [UInt64] = []
  /// By letter a bit for each form.
  private(set) var forms: [UInt8] = []

  init(_ words: borrowing some CountedWords & ~Copyable, _ letters: TrainingLetters) throws(Diagnostic) {
    try words.forEachWord { (word, count) throws(Diagnostic) in
      guard count > 0 else { return }
      letters.forEach(of: word) { letter, isFirst, isLast in
        note(letter, LetterForm.number(isFirst: isFirst, isLast: isLast), count)
      }
    }
  }

  /// Letters are below this number.
  var letterLimit: Int { counts.count }

  func has(_ letter: Int, in form: Int) -> Bool { forms[letter] & (1 << UInt8(form)) != 0 }

  @inline(__always)
  private mutating func note(_ letter: UInt32, _ form: Int, _ count: UInt64) {
    let index = Int(letter)
    if index >= counts.count {
      let missing = max(index + 1, 2 * counts.count) - counts.count
      counts.append(contentsOf: repeatElement(0, count: missing))
      forms.append(contentsOf: repeatElement(0, count: missing))
    }
    let (sum, overflow) = counts[index].addingReportingOverflow(count)
    counts[index] = overflow ? .max : sum
    forms[index] |= 1 << UInt8(form)
  }

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
