extension TokenBlock {
  /// Takes the documents of a block that holds codes, each a sentence of its own.
  ///
  /// - Parameter size: codes at or above it are not of the vocabulary.
  /// - Returns: the documents that have such a code, with the first of them; nil when none has.
  public mutating func take(codesOf block: borrowing DocumentBlock, below size: Int) -> [(index: Int, code: UInt32)]? {
    removeAll()
    var bad: [(index: Int, code: UInt32)] = []
    ids.reserveCapacity(block.bytes.count / 4)
    for (index, document) in block.documents.enumerated() {
      let codes = block.codes(of: document)
      if let code = codes.first(where: { Int($0) >= size }) { bad.append((index, code)) }
      documents.append(
        Document(
          id: document.id, start: ids.count, tokenCount: codes.count,
          sentences: sentenceStarts.count..<sentenceStarts.count + 1))
      sentenceStarts.append(ids.count)
      ids.append(contentsOf: codes)
    }
    return bad.isEmpty ? nil : bad
  }
}

extension DocumentBlock {
  /// Takes documents out, by their ascending numbers; their bytes stay.
  public mutating func removeDocuments(_ indices: [Int]) {
    for index in indices.reversed() {
      documents.remove(at: index)
      if !sourceIDs.isEmpty { sourceIDs.remove(at: index) }
    }
  }
}
