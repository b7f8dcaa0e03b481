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
