/// A token that is found in text before the model sees it.
struct AddedToken: Sendable, Equatable {
  var content: [UInt8]
  /// Only where the characters around it are no word characters.
  var isSingleWord = false
  /// Takes the white space before it, too.
  var stripsLeft = false
  /// Takes the white space behind it, too.
  var stripsRight = false
  /// Looked for in the normalized text instead of the raw one.
  var isNormalized = true
  /// Skipped in decoding when asked, and not matched under `SpecialInText.asText`.
  var isSpecial = false
}

/// The added tokens of a tokenizer, their ids, and the two automata that find them.
struct AddedTokens: Sendable {
  struct Entry: Sendable {
    var token: AddedToken
    var id: UInt32
    /// What decoding writes: the content as the normalizer leaves it, for a token that is looked for in normalized
    /// text.
    var decoded: [UInt8]
  }

  /// In the order of the file; of two with the same content the later counts.
  let entries: [Entry]
  /// Finds those that are looked for in raw text.
  let raw: AddedTokenMatcher
  /// Finds those that are looked for in normalized text, by their own normalized content.
  let normalized: AddedTokenMatcher
  private let entriesByID: [UInt32: Int]
  private let idsByContent: [[UInt8]: UInt32]
  private let specialContents: Set<[UInt8]>

  /// Numbers the tokens as the reference does on loading: the id of the model if it knows the content, else the next
  /// free one; the ids of the file do not count.
  init(_ tokens: [AddedToken], vocabulary: Vocabulary, normalizer: Normalizer?) {
    var entries: [Entry] = []
    var ids: [[UInt8]: UInt32] = [:]
    var entriesByID: [UInt32: Int] = [:]
    var highest: UInt32?
    let modelCount = UInt32(truncatingIfNeeded: vocabulary.count)
    for token in tokens where !token.content.isEmpty {
      if let index = ids[token.content].flatMap({ entriesByID[$0] }), entries[index].token == token { continue }
      let id: UInt32
      if let known = ids[token.content] ?? vocabulary.id(of: token.content) {
        id = known
      } else if let highest, highest >= modelCount || modelCount == 0 {
        id = highest + 1
      } else {
        id = modelCount
      }
      highest = max(highest ?? 0, id)
      ids[token.content] = id
      let decoded = token.isNormalized ? Self.normalize(token.content, with: normalizer) : token.content
      let entry = Entry(token: token, id: id, decoded: decoded)
      if let index = entriesByID[id] {
        entries[index] = entry
      } else {
        entriesByID[id] = entries.count
        entries.append(entry)
      }
    }
    self.entries = entries
    self.entriesByID = entriesByID
    idsByContent = ids
    // Special tokens come first in the reference's automata: of equal patterns the first wins.
    let ordered = entries.filter(\.token.isSpecial) + entries.filter { !$0.token.isSpecial }
    raw = AddedTokenMatcher(ordered.filter { !$0.token.isNormalized }.map { ($0.token.content, $0) })
    normalized = AddedTokenMatcher(ordered.filter(\.token.isNormalized).map { ($0.decoded, $0) })
    specialContents = Set(entries.filter(\.token.isSpecial).map(\.token.content))
  }

  func id(of content: [UInt8]) -> UInt32? { idsByContent[content] }

  func entry(for id: UInt32) -> Entry? { entriesByID[id].map { entries[$0] } }

  /// Whether decoding skips a token that it would write so. The reference compares texts: a special token that the
  /// normalizer changes is not skipped.
  func skips(_ decoded: [UInt8]) -> Bool { specialContents.contains(decoded) }

  private static func normalize(_ content: [UInt8], with normalizer: Normalizer?) -> [UInt8] {
    guard let normalizer else { return content }
    var text = AlignedText()
    var spare = AlignedText()
    text.append(contentsOf: content, sourceEnd: 0)
    normalizer.apply(to: &text, spare: &spare)
    return text.bytes
  }
}
