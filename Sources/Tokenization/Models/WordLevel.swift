/// A token for every piece, or the unknown token.
struct WordLevel: Sendable {
  let vocabulary: Vocabulary
  let unknownID: UInt32

  /// Appends the id of one piece.
  func tokenize(_ piece: UnsafePointer<UInt8>, count: Int, into ids: inout IDBuffer) {
    unsafe ids.append(vocabulary.id(of: piece, count: count) ?? unknownID)
  }
}
