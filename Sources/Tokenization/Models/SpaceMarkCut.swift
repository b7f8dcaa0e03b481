/// Cuts pieces of a SentencePiece-style BPE before each `▁` that follows something else, where that cannot change an
/// id.
///
/// Such a tokenizer hands whole documents to its model. If no token holds a `▁` behind another character, no merge ever
/// joins what lies on the two sides of such a place, so the merges of the two sides do not touch each other: word by
/// word they give the same ids, and words are remembered.
///
///     ▁▁the▁cat.▁   ->   ▁▁the   ▁cat.   ▁
struct SpaceMarkCut: Sendable {
  /// Nil where cutting might change an id.
  init?(preTokenizer: PreTokenizer?, model: Model) {
    guard preTokenizer == nil || preTokenizer?.leavesWhole == true, case .bytePairEncoding(let model) = model,
      !model.ignoresMerges, model.continuingPrefix.isEmpty, model.endOfWordSuffix.isEmpty,
      model.vocabulary.id(of: Metaspace.mark) != nil
    else { return nil }
    for id in 0..<UInt32(model.vocabulary.idLimit) {
      guard let token = model.vocabulary.token(for: id) else { continue }
      var isBehindOther = false
      for offset in token.indices where token[offset] & 0xC0 != 0x80 {
        let isMark = token[offset...].starts(with: Metaspace.mark)
        if isMark, isBehindOther { return nil }
        isBehindOther = !isMark
      }
    }
  }

  func apply(to pieces: inout PieceList) {
    unsafe pieces.split(.removed) { text, range, cuts in
      var start = range.lowerBound
      var isBehindMark = true
      var offset = start
      while offset < range.upperBound {
        let byte = unsafe text[offset]
        if byte == Metaspace.mark[0], offset + 3 <= range.upperBound, unsafe text[offset + 1] == Metaspace.mark[1],
          unsafe text[offset + 2] == Metaspace.mark[2]
        {
          if !isBehindMark {
            cuts.append(PieceList.Cut(range: start..<offset, isMatch: false))
            start = offset
          }
          isBehindMark = true
          offset += 3
        } else {
          isBehindMark = false
          offset += 1
        }
      }
      cuts.append(PieceList.Cut(range: start..<range.upperBound, isMatch: false))
    }
  }
}

extension PreTokenizer {
  /// Whether pieces are long and hold many words.
  fileprivate var leavesWhole: Bool {
    guard case .metaspace(let metaspace) = self else { return false }
    return !metaspace.splits
  }
}
