import Blocks
import Testing

@Suite struct BlockTests {
  @Test func `A token block empties and keeps nothing behind`() {
    var block = TokenBlock()
    block.ids = [1, 2, 3]
    block.documents = [.init(id: 1, start: 0, tokenCount: 3, sentences: 0..<1)]
    block.sentenceStarts = [0]
    #expect(block.documents[0].range == 0..<3)
    block.removeAll()
    #expect(block.ids.isEmpty && block.documents.isEmpty && block.sentenceStarts.isEmpty)
  }
}

@Suite struct RecordJoinTests {
  /// Texts by section, and how many tokens each has.
  private func join(_ texts: [(section: Int, tokens: Int)]) -> (tokens: [TokenBlock.Document], starts: [Int]) {
    var block = DocumentBlock()
    var tokens = TokenBlock()
    for (index, text) in texts.enumerated() {
      block.documents.append(
        Document(start: 0, byteCount: 1, sourceByte: 0, sourceLine: index + 1, section: text.section))
      tokens.documents.append(
        .init(id: UInt64(index + 1), start: tokens.ids.count, tokenCount: text.tokens, sentences: index..<index + 1))
      tokens.ids += Array(repeating: 9, count: text.tokens)
    }
    #expect(tokens.joinRecords(of: block).count == tokens.documents.count)
    return (tokens.documents, tokens.sectionStarts)
  }

  @Test func `The texts of a record become sections of one document`() {
    let (documents, starts) = join([(0, 2), (1, 3), (2, 4), (0, 5), (0, 1), (1, 1)])
    #expect(documents.map(\.range) == [0..<9, 9..<14, 14..<16])
    #expect(documents.map(\.sections) == [0..<3, 0..<0, 3..<5])
    #expect(documents.map(\.sentences) == [0..<3, 3..<4, 4..<6])
    #expect(starts == [0, 2, 5, 14, 15])
    #expect(documents[1].id == 4)
    #expect(documents[0].id == Digest.xxh64([1, 2, 3].flatMap { [$0] + Array(repeating: 0, count: 7) as [UInt8] }))
  }

  @Test func `A section without tokens is none, and the first two cannot do without`() {
    let (documents, starts) = join([(0, 2), (1, 1), (2, 0), (3, 1), (0, 1), (1, 0), (2, 5), (0, 0)])
    #expect(documents.map(\.tokenCount) == [4, 0, 0])
    #expect(documents[0].sections.map { starts[$0] } == [0, 2, 3])
  }
}
