/// BERT's model: the longest token of the vocabulary that starts the word, then the longest that continues it, and so
/// on.
///
/// If any place has no token, or the word has more characters than allowed, the whole word is the unknown token. At the
/// start of a word every entry counts, also `##b`; a continuation is looked up as prefix + rest, so `##c` inside a word
/// as `####c`.
struct WordPiece: Sendable {
  let vocabulary: Vocabulary
  let unknownID: UInt32
  let continuingPrefix: [UInt8]
  let maxCharactersPerWord: Int
  /// Rolling hash of `continuingPrefix`.
  private let continuationSeed: UInt64

  init(vocabulary: Vocabulary, unknownID: UInt32, continuingPrefix: [UInt8], maxCharactersPerWord: Int) {
    self.vocabulary = vocabulary
    self.unknownID = unknownID
    self.continuingPrefix = continuingPrefix
    self.maxCharactersPerWord = maxCharactersPerWord
    continuationSeed = continuingPrefix.reduce(Vocabulary.seed) { Vocabulary.extend($0, with: $1) }
  }

  /// Appends the ids of one word, which is not empty.
  func tokenize(
    _ word: UnsafePointer<UInt8>, count: Int, into ids: inout IDBuffer, scratch: inout ModelScratch
  ) {
    if count > maxCharactersPerWord, unsafe Self.characterCount(word, count) > maxCharactersPerWord {
      return ids.append(unknownID)
    }
    let longest = vocabulary.longestByteCount
    let first = ids.count
    let hashes = unsafe scratch.hashes
    var start = 0
    while start < count {
      let rest = unsafe word + start
      let limit = min(count - start, longest)
      var hash = start == 0 ? Vocabulary.seed : continuationSeed
      for index in 0..<limit {
        unsafe hash = Vocabulary.extend(hash, with: rest[index])
        unsafe hashes[index] = hash
      }
      let prefix = start == 0 ? [] : continuingPrefix
      var length = limit
      var found: UInt32?
      while length > 0 {
        found = unsafe vocabulary.id(hash: hashes[length - 1], prefix: prefix, rest, count: length)
        if found != nil { break }
        length -= 1
      }
      guard let found else {
        ids.count = first
        return ids.append(unknownID)
      }
      ids.append(found)
      start += length
    }
  }

  static func characterCount(_ word: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var characters = 0
    for index in 0..<count where unsafe word[index] & 0xC0 != 0x80 { characters += 1 }
    return characters
  }
}
