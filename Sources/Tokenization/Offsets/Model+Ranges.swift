extension Model {
  /// Appends the ids of one piece, and to `ranges` the bytes of the piece that each stands for.
  func tokenize(
    _ piece: UnsafePointer<UInt8>, count: Int, into ids: inout IDBuffer, ranges: inout [Range<Int>],
    scratch: inout ModelScratch
  ) {
    if case .unigram(let model) = self {
      return unsafe model.tokenize(piece, count: count, into: &ids, ranges: &ranges, scratch: &scratch)
    }
    let first = ids.count
    unsafe tokenize(piece, count: count, into: &ids, scratch: &scratch)
    var end = 0
    func append(_ length: Int) {
      ranges.append(end..<end + length)
      end += length
    }
    switch self {
    case .wordPiece(let model):
      guard ids.count - first > 1 else { return append(count) }
      for index in first..<ids.count {
        let length = vocabulary.byteCount(of: unsafe ids.base[index])
        append(index == first ? length : length - model.continuingPrefix.count)
      }
    case .bytePairEncoding(let model):
      if ids.count - first == 1, model.ignoresMerges { return append(count) }
      var symbols = unsafe model.symbolLengths(of: piece, count: count)[...]
      for index in first..<ids.count { append(model.takeSymbols(of: unsafe ids.base[index], from: &symbols)) }
    case .wordLevel, .unigram: append(count)
    }
  }
}

extension Vocabulary {
  fileprivate func byteCount(of id: UInt32) -> Int { token(for: id)?.count ?? 0 }
}

extension BytePairEncoding {
  /// A symbol before merging: the bytes of its token, and of the piece.
  fileprivate struct SymbolLength {
    var spelled: Int
    var source: Int
  }

  /// The symbols that merging starts with. A character that vanishes is not among them, so that the tokens behind it
  /// move up: so they do in the reference.
  fileprivate func symbolLengths(of piece: UnsafePointer<UInt8>, count: Int) -> [SymbolLength] {
    var symbols: [SymbolLength] = []
    var unknown: Int?
    func flush() {
      if let source = unknown, let unknownID {
        symbols.append(SymbolLength(spelled: vocabulary.byteCount(of: unknownID), source: source))
      }
      unknown = nil
    }
    var offset = 0
    while offset < count {
      let byteCount = unsafe decodeScalar(piece, at: offset, end: count).byteCount
      var text = offset == 0 ? [] : continuingPrefix
      unsafe text.append(contentsOf: UnsafeBufferPointer(start: piece + offset, count: byteCount))
      offset += byteCount
      if offset == count { text += endOfWordSuffix }
      if vocabulary.id(of: text) != nil {
        flush()
        symbols.append(SymbolLength(spelled: text.count, source: byteCount))
      } else if let byteFallback, text.allSatisfy({ byteFallback[Int($0)] != nil }) {
        // `<0xNN>` each; an unknown token that waits is not put before them.
        symbols += text.map { _ in SymbolLength(spelled: 6, source: 1) }
      } else {
        if !fusesUnknown { flush() }
        unknown = (unknown ?? 0) + byteCount
      }
    }
    flush()
    return symbols
  }

  /// Takes the symbols that a token was merged from off the front, and says how much of the piece they cover.
  fileprivate func takeSymbols(of id: UInt32, from symbols: inout ArraySlice<SymbolLength>) -> Int {
    guard let first = symbols.popFirst() else { return 0 }
    let spelled = vocabulary.byteCount(of: id)
    var (taken, source) = (first.spelled, first.source)
    while taken < spelled, let next = symbols.popFirst() {
      taken += next.spelled - continuingPrefix.count
      source += next.source
    }
    return source
  }
}
