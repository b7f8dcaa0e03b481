import JSONText
import TestSupport
import Testing
import Tokenization

/// Normalizers and pre-tokenizers alone, on the sampled lines of the fixtures and on all of the conformance set.
@Suite struct ComponentTests {
  private static let bertUncased =
    #"{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}"#
  private static let normalizers: [(name: String, json: String)] = [
    ("nfc", #"{"type":"NFC"}"#), ("nfd", #"{"type":"NFD"}"#), ("nfkc", #"{"type":"NFKC"}"#),
    ("nfkd", #"{"type":"NFKD"}"#), ("lowercase", #"{"type":"Lowercase"}"#), ("bert_uncased", bertUncased),
    ("bert_cased", bertUncased.replacing(#""lowercase":true"#, with: #""lowercase":false"#)),
    ("nmt", #"{"type":"Nmt"}"#), ("strip_accents", #"{"type":"StripAccents"}"#),
    ("strip", #"{"type":"Strip","strip_left":true,"strip_right":true}"#),
    (
      "nfd_lower_strip",
      #"{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"Lowercase"},{"type":"StripAccents"}]}"#
    ),
  ]
  private static let cl100k =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"#
    + #"| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"#
  private static let preTokenizers: [(name: String, json: String)] = [
    ("bert", #"{"type":"BertPreTokenizer"}"#),
    ("byte_level", #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"#),
    ("byte_level_prefix", #"{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}"#),
    ("whitespace", #"{"type":"Whitespace"}"#), ("whitespace_split", #"{"type":"WhitespaceSplit"}"#),
    ("punctuation", #"{"type":"Punctuation","behavior":"Isolated"}"#),
    ("digits", #"{"type":"Digits","individual_digits":true}"#),
    ("metaspace", #"{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}"#),
    ("unicode_scripts", #"{"type":"UnicodeScripts"}"#),
    ("char_delimiter_e", #"{"type":"CharDelimiterSplit","delimiter":"e"}"#),
    ("cl100k", #"{"type":"Split","pattern":{"Regex":"\#(cl100k)"},"behavior":"Isolated","invert":false}"#),
  ]

  private static func tokenizer(normalizer: String = "null", preTokenizer: String = "null") throws -> Tokenizer {
    let model = #"{"type":"WordPiece","unk_token":"[UNK]","vocab":{"[UNK]":0}}"#
    let json = #"{"normalizer":\#(normalizer),"pre_tokenizer":\#(preTokenizer),"model":\#(model)}"#
    return try Tokenizer(json: Array(json.utf8))
  }

  @Test func `Normalizers give the reference's text`() throws {
    try checkNormalizers(Fixtures.lines(Reference.fixtures + "/normalizers.jsonl"))
  }

  @Test func `Pre-tokenizers give the reference's pieces`() throws {
    try checkPreTokenizers(Fixtures.lines(Reference.fixtures + "/pretokenizers.jsonl"))
  }

  @Test(.enabled(if: Reference.hasConformance && Fixtures.isFull))
  func `Normalizers and pre-tokenizers agree on the whole conformance set`() throws {
    try checkNormalizers(Reference.lines("normalizers", step: 1))
    try checkPreTokenizers(Reference.lines("pretokenizers", step: 1))
  }

  /// All 1,112,064 scalars alone, through seven normalizers.
  @Test(.enabled(if: Reference.hasConformance && Fixtures.isFull))
  func `Normalizers map every code point as the reference does`() throws {
    let maps = try Fixtures.bytes(Reference.conformance + "/golden/codepoint-maps.tsv.zst")
    var mapped: [String: [UInt32: String]] = [:]
    for line in maps.split(separator: 0x0A) {
      let fields = line.split(separator: 0x09, maxSplits: 2)
      guard let code = UInt32(String(decoding: fields[1], as: UTF8.self), radix: 16) else { continue }
      mapped[String(decoding: fields[0], as: UTF8.self), default: [:]][code] =
        try JSONValue(parsing: Array(fields[2])).string
    }
    for (name, json) in Self.normalizers where mapped[name] != nil {
      let tokenizer = try Self.tokenizer(normalizer: json)
      for code in UInt32(0)...0x10FFFF {
        guard let scalar = Unicode.Scalar(code) else { continue }
        let expected = mapped[name]?[code] ?? String(scalar)
        if !expected.utf8.elementsEqual(tokenizer.normalized(String(scalar)).utf8) {
          Issue.record("\(name) U+\(String(code, radix: 16))")
        }
      }
    }
  }

  private func checkNormalizers(_ lines: [JSONValue]) throws {
    #expect(lines.count >= 250)
    for (name, json) in Self.normalizers {
      let tokenizer = try Self.tokenizer(normalizer: json)
      for line in lines {
        let text = try #require(line["text"]?.string)
        let found = tokenizer.normalized(text)
        if !(line[name]?.string ?? text).utf8.elementsEqual(found.utf8) {
          Issue.record("\(name): \(text.debugDescription) gives \(found.debugDescription)")
        }
      }
    }
  }

  private func checkPreTokenizers(_ lines: [JSONValue]) throws {
    #expect(lines.count >= 250)
    for (name, json) in Self.preTokenizers {
      let tokenizer = try Self.tokenizer(preTokenizer: json)
      for line in lines {
        let text = try #require(line["text"]?.string)
        // The reference's pre-tokenizers, asked alone, get the empty text, too; a tokenizer never hands it over.
        if text.isEmpty { continue }
        // A piece is a string, or in the conformance set [string, start, end].
        let expected = try #require(line[name]?.array).compactMap { $0.string ?? $0[0]?.string }
        let found = tokenizer.pieces(of: text)
        if !expected.elementsEqual(found, by: { $0.utf8.elementsEqual($1.utf8) }) {
          Issue.record("\(name): \(text.debugDescription) gives \(found), not \(expected)")
        }
      }
    }
  }
}
