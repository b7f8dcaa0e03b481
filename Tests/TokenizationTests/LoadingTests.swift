import Blocks
import JSONText
import Testing
import Tokenization

/// What a `tokenizer.json` may hold, and what it is told when it holds something else.
@Suite struct LoadingTests {
  private func error(_ json: String) -> Diagnostic? {
    do {
      _ = try Tokenizer(json: Array(json.utf8))
      return nil
    } catch { return error }
  }

  private let model = #""model":{"type":"WordPiece","unk_token":"[UNK]","vocab":{"[UNK]":0}}"#

  @Test func `An unknown component is named, and the known ones are listed`() {
    #expect(
      error(#"{"normalizer":{"type":"Magic"},\#(model)}"#)?.description == """
        error[tokenizer.unsupported]: 'normalizer' asks for the normalizer 'Magic', which is not supported
          at        tokenizer.json
          expected  one of BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Replace, Prepend, \
        Nmt, Precompiled, ByteLevel, Sequence
          found     the normalizer 'Magic'
          help      nothing is left out silently: use a tokenizer without it, or add the component
        """)
    let unsupported = [
      #"{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Whitespace"},{"type":"Magic"}]},\#(model)}"#,
      #"{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"\\X"},"behavior":"Isolated"},\#(model)}"#,
      #"{"pre_tokenizer":{"type":"Split","pattern":{"String":"x"},"behavior":"Sometimes"},\#(model)}"#,
      #"{"post_processor":{"type":"Magic"},\#(model)}"#, #"{"decoder":{"type":"Magic"},\#(model)}"#,
      #"{"model":{"type":"Unigram","vocab":[["a",0.1]]}}"#,
      #"{"model":{"type":"Unigram","vocab":[["a",0.1]],"unk_id":0,"alpha":0.1}}"#,
      #"{"pre_tokenizer":{"type":"Metaspace","replacement":"_","prepend_scheme":"some"},\#(model)}"#,
      #"{"model":{"type":"BPE","dropout":0.1,"vocab":{},"merges":[]}}"#,
    ]
    for json in unsupported { #expect(error(json)?.code == "tokenizer.unsupported", "\(json)") }
  }

  @Test func `Parts that do not fit together are errors`() {
    let invalid = [
      "{}", #"{"model":{"type":"WordPiece","vocab":{"a":0}}}"#, #"{"model":{"type":"BPE","vocab":{"a":0}}}"#,
      #"{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}"#,
      #"{"model":{"type":"BPE","vocab":{"a":0},"unk_token":"x","merges":[]}}"#,
      #"{"model":{"vocab":{"a":0},"unk_token":"b"}}"#, #"{"model":{"vocab":[["a",0.1]],"unk_id":1}}"#,
      #"{"model":{"type":"Unigram","vocab":{"a":0}}}"#,
      #"{"normalizer":{"type":"Precompiled","precompiled_charsmap":""},\#(model)}"#,
      #"{"normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAA"},\#(model)}"#,
      #"{"pre_tokenizer":{"type":"Metaspace","replacement":"ab"},\#(model)}"#,
      #"{"pre_tokenizer":{"type":"Metaspace"},\#(model)}"#,
      #"{"pre_tokenizer":{"type":"FixedLength","length":0},\#(model)}"#,
      #"{"decoder":{"type":"Strip","content":" ","start":-1,"stop":0},\#(model)}"#,
      #"{"normalizer":3,\#(model)}"#, #"{"normalizer":{"type":3},\#(model)}"#, #"{"added_tokens":{},\#(model)}"#,
      #"{"added_tokens":[{"id":3}],\#(model)}"#,
      #"{"pre_tokenizer":{"type":"Split","pattern":{"String":""},"behavior":"Isolated"},\#(model)}"#,
      #"{"post_processor":{"type":"BertProcessing","cls":["a",-1],"sep":["b",2]},\#(model)}"#,
    ]
    for json in invalid { #expect(error(json)?.code == "tokenizer.invalid", "\(json)") }
    #expect(error(#"{"model":{"vocab":{"a":99999999999}}}"#)?.code == "json.wrong-kind")
    #expect(error(#"{"model":{"merges":["a b c"]}}"#)?.code == "json.wrong-kind")
  }

  @Test func `Merges are read in both forms, and old files need not say their model`() throws {
    let strings = #"{"model":{"vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}"#
    let pairs = #"{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":[["a","b"]]}}"#
    #expect(try Tokenizer(json: Array(strings.utf8)).encode("aab") == [0, 2])
    #expect(try Tokenizer(json: Array(pairs.utf8)).encode("aab") == [0, 2])
  }

  @Test func `Ids may have holes, and of equal keys the last counts`() throws {
    let json = #"{"model":{"type":"WordPiece","unk_token":"u","vocab":{"u":0,"a":7,"a":9}}}"#
    let tokenizer = try Tokenizer(json: Array(json.utf8))
    #expect(tokenizer.vocabularySize == 10)
    #expect(tokenizer.id(of: "a") == 9)
    #expect(tokenizer.token(for: 7) == nil && tokenizer.token(for: 9) == "a" && tokenizer.token(for: 10) == nil)
    #expect(tokenizer.decode([0, 7, 9, 4_000_000_000], skipSpecialTokens: false) == "u a")
    #expect(tokenizer.json == Array(json.utf8))
  }

  @Test func `Tokens that differ in normalization only are different`() throws {
    let json = #"{"model":{"type":"WordPiece","unk_token":"u","vocab":{"u":0,"\u00e9":1,"e\u0301":2}}}"#
    let tokenizer = try Tokenizer(json: Array(json.utf8))
    #expect(tokenizer.encode("\u{E9}") == [1] && tokenizer.encode("e\u{301}") == [2])
    #expect(tokenizer.id(of: "e\u{301}") == 2)
  }

  @Test func `Bytes that are no UTF-8 give ids, not crashes`() throws {
    for name in ["words, as trained", "bytes, Qwen 2", "words, literal splits", "letters, suffix"] {
      let tokenizer = try Variant.named(name).tokenizer
      var scratch = tokenizer.makeScratch()
      for lead in UInt8(0x80)...0xFF {
        for tail in [[], [0x80], [0x80, 0x80], [0x41], [0xFF, 0xBF, 0xBF, 0xBF]] as [[UInt8]] {
          var found: [UInt32] = []
          tokenizer.encode(([0x61, lead] + tail).span, into: &found, scratch: &scratch)
        }
      }
    }
  }

  @Test func `Two texts are put together as the template says`() throws {
    let tokenizer = try Variant.named("words, as trained").tokenizer
    let (a, b) = (tokenizer.encode("the end"), tokenizer.encode("of"))
    #expect(tokenizer.encodeWithSpecialTokens("the end", "of") == [2] + a + [3] + b + [3])
    #expect(tokenizer.encodeWithSpecialTokens("the end") == [2] + a + [3])
    let roberta = try Variant.named("bytes, prefix space").tokenizer
    let (c, d) = (roberta.encode("the end"), roberta.encode("of"))
    #expect(roberta.encodeWithSpecialTokens("the end", "of") == [1] + c + [2, 2] + d + [2])
  }

  @Test func `A special token is skipped in decoding when asked`() throws {
    let tokenizer = try Variant.named("words, as trained").tokenizer
    let ids = tokenizer.encodeWithSpecialTokens("the end")
    #expect(tokenizer.decode(ids, skipSpecialTokens: true) == "the end")
    #expect(tokenizer.decode(ids, skipSpecialTokens: false) == "[CLS] the end [SEP]")
  }
}
