/// WordPiece by walking a trie: the longest token at each place is the last one that the walk passed.
///
/// Same ids as `WordPiece.tokenize`, without hashing what is not a token.
struct WordPieceMatcher: Sendable {
  let unknownID: UInt32
  private let trie: VocabularyTrie
  /// Where a walk begins inside of a word; nil if no token has the prefix.
  private let continuation: VocabularyTrie.Node?
  private let maxCharactersPerWord: Int

  /// Nil where the trie has no room for an id.
  init?(_ model: WordPiece) {
    guard let trie = VocabularyTrie(model.vocabulary) else { return nil }
    self.trie = trie
    unknownID = model.unknownID
    continuation = trie.walk(model.continuingPrefix)
    maxCharactersPerWord = model.maxCharactersPerWord
  }

  /// Appends the ids of one word, which is not empty.
  @inline(__always)
  func tokenize(_ word: UnsafePointer<UInt8>, count: Int, into ids: inout IDBuffer) {
    if count > maxCharactersPerWord, unsafe WordPiece.characterCount(word, count) > maxCharactersPerWord {
      return ids.append(unknownID)
    }
    ids.reserve(count)
    let first = ids.count
    var start = 0
    var next: VocabularyTrie.Node? = trie.root
    while start < count, var node = next {
      var id = VocabularyTrie.Node.noID
      var end = start
      var offset = start
      while offset < count, let longer = unsafe trie.step(node, word[offset]) {
        node = longer
        offset &+= 1
        if node.id != VocabularyTrie.Node.noID {
          id = node.id
          end = offset
        }
      }
      if id == VocabularyTrie.Node.noID { break }
      unsafe ids.base[ids.count] = id
      ids.count &+= 1
      start = end
      next = continuation
    }
    if start < count {
      ids.count = first
      ids.append(unknownID)
    }
  }
}
