import Blocks

/// Made-up text: ids in the frequencies of a language, in documents, sentences and sections, the same on every machine.
enum Text {
  /// Every role, a hundred sentinels, and 31,000 ordinary ids, of which one in five continues a word.
  static let vocabulary = SpecialTokens(
    vocabularySize: 32_000,
    ids: [
      .pad: 0, .unk: 1, .bos: 2, .eos: 3, .cls: 4, .sep: 5, .mask: 6, .eod: 7, .del: 8, .fimPrefix: 9, .fimMiddle: 10,
      .fimSuffix: 11, .modeR: 12, .modeS: 13, .modeX: 14,
    ],
    sentinels: (0..<100).map { UInt32(31_999 - $0) }, otherSpecial: Array(15..<1000),
    continuesWord: (0..<32_000).map { $0 >= 1000 && $0 < 31_900 && $0 % 5 == 0 }, lexicon: lexicon)

  /// Synonyms for one id in fifty.
  private static let lexicon = WordLexicon(
    stride(from: 1001, to: 31_899, by: 50).map { (id: UInt32) in
      WordLexicon.Entry(word: [id], synonyms: [[id + 1], [id + 1, id + 2]])
    })

  static func block(tokens: Int) -> TokenBlock {
    var stream = RandomStream(key: (2, 7), counterHigh: (1, 8))
    var block = TokenBlock()
    while block.ids.count < tokens {
      let (start, sentence, section) = (block.ids.count, block.sentenceStarts.count, block.sectionStarts.count)
      let count = 200 + stream.bounded(1_600)
      for index in 0..<count {
        if index == 0 || stream.bounded(22) == 0 { block.sentenceStarts.append(start + index) }
        if index == 0 || stream.bounded(count) < 3 { block.sectionStarts.append(start + index) }
        // As Zipf's law has it, each doubling of the rank is about as frequent.
        let octave = stream.bounded(15)
        block.ids.append(1_000 + UInt32(min(30_899, (1 << octave) - 1 + stream.bounded(1 << octave))))
      }
      block.documents.append(
        .init(
          id: UInt64(block.documents.count) &* 0x9E37_79B9_7F4A_7C15, start: start, tokenCount: count,
          sentences: sentence..<block.sentenceStarts.count, sections: section..<block.sectionStarts.count))
    }
    return block
  }
}
