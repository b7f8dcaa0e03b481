import Blocks
import JSONText
import Tokenization

extension TokenStream {
  /// Fills `tokens` with the ids of all documents, and appends a row for each: ids, offsets, words and mask.
  func encode(
    _ block: borrowing DocumentBlock, into tokens: inout TokenBlock, rows: inout [UInt8],
    scratch: inout Tokenizer.Scratch
  ) {
    tokens.removeAll()
    for document in block.documents {
      let encoding = tokenizer.encodeWithOffsets(
        block.bytes.span.extracting(document.range), addsSpecialTokens: addsSpecialTokens, scratch: &scratch)
      tokens.documents.append(
        TokenBlock.Document(
          id: document.id, start: tokens.ids.count, tokenCount: encoding.ids.count, sentences: 0..<0))
      tokens.ids.append(contentsOf: encoding.ids)
      rows += JSONWriter.bytes(of: Self.row(encoding)) + [UInt8(ascii: "\n")]
    }
  }

  /// With the names that the reference gives them.
  private static func row(_ encoding: Tokenizer.Encoding) -> JSONValue {
    func pairs(_ ranges: [Range<Int>]) -> JSONValue {
      .array(ranges.map { [.integer($0.lowerBound), .integer($0.upperBound)] })
    }
    return [
      "ids": .array(encoding.ids.map { .integer(Int($0)) }), "offsets": pairs(encoding.characterOffsets),
      "byte_offsets": pairs(encoding.byteOffsets),
      "word_ids": .array(encoding.wordIndices.map { $0.map { .integer($0) } ?? .null }),
      "special_tokens_mask": .array(encoding.isSpecial.map { .integer($0 ? 1 : 0) }),
    ]
  }
}
