import Blocks
import JSONText
import Testing
import Tokenization

@Suite struct SpecialTokensTests {
  @Test func `BERT's names fill the roles`() throws {
    let tokenizer = try Variant.named("words, as trained").tokenizer
    let special = try tokenizer.specialTokens()
    #expect(special.vocabularySize == 4000)
    #expect(
      special.ids == [.pad: 0, .unk: 1, .cls: 2, .sep: 3, .mask: 4, .bos: 2, .eos: 3, .eod: 3])
    #expect(special.special == [0, 1, 2, 3, 4])
    #expect(special.sentinels.isEmpty)
    let the = try #require(tokenizer.id(of: "the"))
    let ing = try #require(tokenizer.id(of: "##ing"))
    #expect(!special.continuesWord[Int(the)] && special.continuesWord[Int(ing)])
  }

  @Test func `A tokenizer with an end of text alone pads and ends with it`() throws {
    let tokenizer = try Variant.named("bytes, as trained").tokenizer
    let special = try tokenizer.specialTokens()
    #expect(special.ids == [.eos: 0, .eod: 0, .pad: 0])
    let starts = ["Ġthe", "Ċ", "ĉ", "Ġ"].compactMap { tokenizer.id(of: $0) }
    let continuations = ["the", "ing", ".", "1"].compactMap { tokenizer.id(of: $0) }
    #expect(starts.count == 4 && starts.allSatisfy { !special.continuesWord[Int($0)] })
    #expect(continuations.count == 4 && continuations.allSatisfy { special.continuesWord[Int($0)] })
    #expect(!special.continuesWord[0])
  }

  @Test func `The modes of UL2 have two sets of names`() throws {
    for names in [["[R]", "[S]", "[X]"], ["[NLU]", "[S2S]", "[NLG]"]] {
      let parts: JSONObject = [
        "added_tokens": .array(
          names.enumerated().map { ["id": .integer(4000 + $0), "content": .string($1), "special": .bool(true)] })
      ]
      let special = try Tokenizer(json: Variant.json(base: "wordpiece-4k", replacing: parts)).specialTokens()
      #expect([special.ids[.modeR], special.ids[.modeS], special.ids[.modeX]] == [4000, 4001, 4002])
    }
  }

  @Test func `Overrides name other tokens, and sentinels by a pattern`() throws {
    let parts: JSONObject = [
      "added_tokens": .array(
        ["[unused1]", "[unused2]", "<extra_id_0>", "<extra_id_1>", "<extra_id_3>"].enumerated().map { index, content in
          ["id": .integer(4000 + index), "content": .string(content), "special": .bool(index > 1)]
        })
    ]
    let tokenizer = try Tokenizer(json: Variant.json(base: "wordpiece-4k", replacing: parts))
    #expect(try tokenizer.specialTokens().sentinels == [4002, 4003])
    #expect(try tokenizer.specialTokens().special == [0, 1, 2, 3, 4, 4000, 4001, 4002, 4003, 4004])
    let special = try tokenizer.specialTokens(overrides: ["sentinels": "[unused%d]", "del": "the"])
    #expect(special.sentinels == [4000, 4001])
    #expect(special.ids[.del] == tokenizer.id(of: "the"))
  }

  @Test func `Overrides that name nothing are errors`() throws {
    let tokenizer = try Variant.named("words, as trained").tokenizer
    func code(_ overrides: [String: String]) -> String? {
      do {
        _ = try tokenizer.specialTokens(overrides: overrides)
        return nil
      } catch { return error.description }
    }
    #expect(
      code(["maks": "[MASK]"]) == """
        error[tokenizer.unknown-role]: there is no role 'maks' for a special token
          expected  one of pad, unk, bos, eos, cls, sep, mask, eod, del, mode_R, mode_S, mode_X, fim_prefix, fim_middle, \
        fim_suffix, sentinels
          help      did you mean 'mask'?
        """)
    #expect(
      code(["sentinels": "<s%d>"]) == """
        error[tokenizer.unknown-token]: the vocabulary has no token '<s%d>' to use as sentinels
          expected  the exact content of a token
          help      name another token, or train a tokenizer with this one
        """)
  }
}
