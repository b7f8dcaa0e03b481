extension TokenBlock {
  /// Joins the texts of each record, encoded one by one, to one document of several sections.
  ///
  ///     documents of the block   │ anchor 0 │ positive 1 │ negative 2 │ another text 0 │
  ///     documents of the tokens  │ sections at 0, 4, 9                │ no sections    │
  ///
  /// A record's id is the XXH64 of its texts' ids, little-endian. A section without tokens is none; without its first
  /// or second, a record has no token at all.
  ///
  /// - Parameter block: what was encoded, document by document.
  /// - Returns: for each document now in `documents`, the documents of the block that it was made of.
  public mutating func joinRecords(of block: borrowing DocumentBlock) -> [Range<Int>] {
    precondition(documents.count == block.documents.count, "the block is the one that was encoded")
    var records: [Range<Int>] = []
    records.reserveCapacity(documents.count)
    var index = 0
    while index < documents.count {
      let record = block.record(at: index)
      documents[records.count] = record.count == 1 ? documents[index] : joined(record)
      records.append(record)
      index = record.upperBound
    }
    documents.removeLast(documents.count - records.count)
    return records
  }

  private mutating func joined(_ record: Range<Int>) -> Document {
    let first = documents[record.lowerBound]
    let last = documents[record.upperBound - 1]
    let firstSection = sectionStarts.count
    var isWhole = true
    var ids: [UInt8] = []
    for index in record {
      let text = documents[index]
      for shift in stride(from: 0, to: 64, by: 8) { ids.append(UInt8(truncatingIfNeeded: text.id >> UInt64(shift))) }
      if text.tokenCount > 0 {
        sectionStarts.append(text.start)
      } else if index < record.lowerBound + 2 {
        isWhole = false
      }
    }
    return Document(
      id: Digest.xxh64(ids), start: first.start, tokenCount: isWhole ? last.range.upperBound - first.start : 0,
      sentences: first.sentences.lowerBound..<last.sentences.upperBound,
      sections: firstSection..<sectionStarts.count)
  }
}
