import Blocks
import TestSupport
import Testing
import Tokenization

@Suite struct LexiconTests {
  private func read(_ text: String) throws(Diagnostic) -> [String: [String]] {
    var found: [String: [String]] = [:]
    for entry in try Lexicon(Array(text.utf8), path: "words").entries { found[entry.word] = entry.synonyms }
    return found
  }

  @Test func `A table and JSON say the same, in any order`() throws {
    let due = ["happy": ["glad", "in high spirits"], "old": ["aged"]]
    #expect(try read("# words\nold\taged\n\nhappy\tin high spirits, glad,glad,happy,\r\n") == due)
    #expect(try read(#"{"happy": ["glad", "in high spirits"], "old": "aged"}"#) == due)
    #expect(try read("\u{FEFF}old\taged\nhappy\tglad,in high spirits\nlone\t\n") == due)
  }

  @Test func `WordNet's files give the other words of each set`() throws {
    let due = [
      "ancient": ["old"], "o'clock": ["time-bell"], "old": ["ancient", "sometime", "very old"],
      "sometime": ["old"], "time-bell": ["o'clock"],
    ]
    #expect(
      try read(
        """
        s(300000001,1,'old',a,1,5).
        s(300000001,2,'very_old',a,1,0).
        s(300000001,3,'Ancient',a,1,0).
        s(300000002,1,'sometime',s,1,0).
        s(300000002,2,'old',s,2,0).
        s(300000003,1,'o''clock',n,1,0).
        s(300000003,2,'time-bell',n,1,0).
        s(300000004,1,'in',r,1,0).
        s(300000004,2,'1900',r,1,0).
        """
      ).mapValues { $0.filter { $0 != "very old" } }
        == due.mapValues { $0.filter { $0 != "very old" } })
    let data = """
        1 This is a licence.
      00001740 00 a 03 old 0 very_old 1 ancient(p) 0 000 | of age
      00001741 00 s 02 sometime 0 old 2 001 & 00001740 a 0000 | once
      00001742 00 n 02 o'clock 0 time-bell 0 000 | a bell
      00001743 00 r 01 in 0 000 | within
      """
    #expect(try read(data)["old"] == ["ancient", "sometime", "very old"])
    #expect(try read(data)["sometime"] == ["old"] && read(data)["in"] == nil)
  }

  @Test func `What cannot be understood is named with its line`() {
    for (text, code, line) in [
      ("old aged", "lexicon.malformed", 1), ("old\taged\nx\ty\tz", "lexicon.malformed", 2),
      ("very old\taged", "lexicon.malformed", 1), ("old\ta\nnew\tb\nold\tc", "lexicon.duplicate-word", 3),
      ("", "lexicon.empty", nil), ("old\told\n", "lexicon.empty", nil), (#"{"old": 3}"#, "lexicon.malformed", nil),
      (#"{"old": ["a", 3]}"#, "lexicon.malformed", nil), ("s(1,1,'a',n,1,0).", "lexicon.malformed", 1),
      ("s(100000001,1,'a',n,1,0).\ns(100000001,1,'a,n,1,0).", "lexicon.malformed", 2),
      ("00001740 00 a 7fffffffffffffff old 0 000 |", "lexicon.malformed", 1),
      ("00001740 00 a 01 old 0 000 |\n00001741 00 a 09 old 0 000 |", "lexicon.malformed", 2),
    ] as [(String, String, Int?)] {
      let error = #expect(throws: Diagnostic.self) { try read(text) }
      #expect(error?.code == code && error?.location?.line == line, "\(text)")
    }
    let error = #expect(throws: Diagnostic.self) { try Lexicon([0xFF], path: "words") }
    #expect(error?.code == "lexicon.not-utf8")
  }

  @Test func `Words are encoded as they stand in a text`() throws {
    let bytes = try Tokenizer(json: Fixtures.bytes("\(Fixtures.path)/tokenizers/bytebpe-4k.tokenizer.json"))
    let lexicon = try Lexicon(Array("old\taged person\n".utf8), path: "words")
    let encoded = try lexicon.encoded(by: bytes)
    #expect(encoded.count == 2)
    let number = try #require(encoded.number(of: bytes.encode(" old")[...]))
    #expect(Array(encoded.ids[encoded.synonym(0, of: number)]) == bytes.encode(" aged person"))
    #expect(encoded.number(of: bytes.encode("old")[...]) != nil)
    // Where a blank makes no difference, a word is there once.
    let pieces = try Tokenizer(json: Fixtures.bytes("\(Fixtures.path)/tokenizers/wordpiece-4k.tokenizer.json"))
    #expect(try lexicon.encoded(by: pieces).count == 1)
  }
}
