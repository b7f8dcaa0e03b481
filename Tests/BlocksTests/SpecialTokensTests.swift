import Blocks
import Testing

@Suite struct SpecialTokensTests {
  @Test func `Ordinary ids are all but the special ones`() {
    let vocabulary = SpecialTokens(
      vocabularySize: 10, ids: [.pad: 0, .unk: 1, .eos: 0], sentinels: [9, 8], otherSpecial: [4])
    #expect(vocabulary.special == [0, 1, 4, 8, 9])
    #expect(vocabulary.ordinaryIDs == [2, 3, 5, 6, 7])
    #expect(vocabulary.continuesWord.count == 10)
  }

  @Test func `Ids and labels take the smallest type`() {
    func types(_ size: Int) -> [ElementType] {
      let vocabulary = SpecialTokens(vocabularySize: size)
      return [vocabulary.idType, vocabulary.labelType]
    }
    #expect(types(32768) == [.uint16, .int16])
    #expect(types(32769) == [.uint16, .int32])
    #expect(types(65536) == [.uint16, .int32])
    #expect(types(65537) == [.uint32, .int32])
  }

  @Test func `A missing role says who needs it and what there is`() throws {
    let vocabulary = SpecialTokens(vocabularySize: 10, ids: [.sep: 3, .pad: 0])
    let error = try #require(throws: Diagnostic.self) { _ = try vocabulary.require(.mask, for: "mlm") }
    #expect(
      error.description == """
        error[objective.missing-token]: the tokenizer has no 'mask' token, which mlm needs
          expected  an id for 'mask'
          found     roles: pad, sep
          help      name one in the recipe (special_tokens: {mask: "…"}), or train a tokenizer with it
        """)
    #expect(try vocabulary.require(.sep, for: "mlm") == 3)
  }
}
