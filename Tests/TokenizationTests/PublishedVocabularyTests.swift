import Blocks
import JSONText
import TestSupport
import Testing
import Tokenization

/// Vocabularies in the forms that are older than `tokenizer.json`.
@Suite struct PublishedVocabularyTests {
  private typealias File = PublishedVocabulary.File

  private static let texts = [
    "Hello, world! It's 2,345 o'clock\n\n  and  NAÏVE cafés — 中文。", "<|endoftext|>a [MASK] <mask> b", "",
    "\u{0} \u{301}x",
  ]

  /// The entries of a small tokenizer's vocabulary by id, and its merges.
  private func parts(_ name: String) throws -> (tokens: [String], merges: [[String]], json: JSONValue) {
    let json = try JSONValue(
      parsing: Fixtures.bytes("\(Reference.fixtures)/\(name).tokenizer.json"), path: name)
    let entries = try #require(json["model"]?["vocab"]?.object)
    let merges = json["model"]?["merges"]?.array ?? []
    return (
      entries.sorted { ($0.value.integer ?? 0) < ($1.value.integer ?? 0) }.map(\.key),
      merges.map { $0.array?.compactMap(\.string) ?? [] }, json
    )
  }

  private func bytes(_ lines: [String]) -> [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }

  private func expectSame(_ json: [UInt8], _ expected: Tokenizer) throws {
    let tokenizer = try Tokenizer(json: json)
    #expect(tokenizer.vocabularySize == expected.vocabularySize)
    for text in Self.texts { #expect(tokenizer.encode(text) == expected.encode(text), "\(text.debugDescription)") }
  }

  @Test func `A vocab txt gives the ids of the tokenizer that it was taken from`() throws {
    let (tokens, _, _) = try parts("wordpiece-4k")
    let expected = try Tokenizer(json: Fixtures.bytes("\(Reference.fixtures)/wordpiece-4k.tokenizer.json"))
    let json = try PublishedVocabulary.bert(File(bytes(tokens), path: "vocab.txt"))
    try expectSame(json, expected)
    let crlf = Array(tokens.joined(separator: "\r\n").utf8)
    #expect(try PublishedVocabulary.bert(File(crlf, path: "vocab.txt")) == json)
    let tokenizer = try Tokenizer(json: json)
    #expect(tokenizer.encodeWithSpecialTokens("a").first == tokenizer.id(of: "[CLS]"))
  }

  @Test func `Whether a vocab txt is cased is said, or read beside it, or seen`() throws {
    func lowercases(_ tokens: [String], config: String? = nil, said: Bool? = nil) throws -> Bool? {
      let json = try PublishedVocabulary.bert(
        File(bytes(tokens), path: "vocab.txt"),
        config: config.map { File(Array($0.utf8), path: "tokenizer_config.json") }, lowercases: said)
      return try JSONValue(parsing: json)["normalizer"]?["lowercase"]?.bool
    }
    #expect(try lowercases(["[UNK]", "[CLS]", "the", "##s"]) == true)
    #expect(try lowercases(["[UNK]", "[CLS]", "the", "##S"]) == false)
    #expect(try lowercases(["[UNK]", "The"], config: #"{"do_lower_case": true}"#) == true)
    #expect(try lowercases(["[UNK]", "The"], config: #"{"do_lower_case": true}"#, said: false) == false)
    #expect(try lowercases(["<unk>", "a"], config: #"{"unk_token": {"content": "<unk>"}}"#) == true)
  }

  @Test func `A vocab json and its merges txt give the ids of the tokenizer that they were taken from`() throws {
    let (_, merges, json) = try parts("bytebpe-4k")
    let expected = try Tokenizer(json: Fixtures.bytes("\(Reference.fixtures)/bytebpe-4k.tokenizer.json"))
    let vocabulary = File(JSONWriter.bytes(of: try #require(json["model"]?["vocab"])), path: "vocab.json")
    let lines = ["#version: 0.2"] + merges.map { $0.joined(separator: " ") } + [""]
    let made = try PublishedVocabulary.byteLevel(
      vocabulary: vocabulary, merges: File(bytes(lines), path: "merges.txt"))
    try expectSame(made, expected)
  }

  @Test func `A vocabulary with a mask token is RoBERTa's kind`() throws {
    let vocabulary = File(
      Array(#"{"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"a":4,"b":5,"ab":6,"Ġ":7,"<mask>":8}"#.utf8), path: "vocab.json")
    let merges = File(Array("a b\n".utf8), path: "merges.txt")
    let config = File(Array(#"{"add_prefix_space": true}"#.utf8), path: "tokenizer_config.json")
    let plain = try Tokenizer(json: try PublishedVocabulary.byteLevel(vocabulary: vocabulary, merges: merges))
    #expect(plain.encodeWithSpecialTokens("ab <mask>") == [0, 6, 8, 2])
    let spaced = try Tokenizer(
      json: try PublishedVocabulary.byteLevel(vocabulary: vocabulary, merges: merges, config: config))
    #expect(spaced.encode("ab") == [7, 6])
  }

  @Test func `The merges that ranks stand for are recovered`() throws {
    let (tokens, merges, _) = try parts("bytebpe-4k")
    let letters = Dictionary(uniqueKeysWithValues: (0..<256).map { (Self.letter(of: $0), UInt8($0)) })
    var lines: [String] = []
    for (rank, token) in tokens.enumerated() {
      let bytes = token.unicodeScalars.compactMap { letters[$0.value] }
      // Special tokens are no tokens of such a file; their ranks are holes.
      if bytes.count == token.unicodeScalars.count, !token.hasPrefix("<|") {
        lines.append(Self.base64(bytes) + " \(rank)")
      }
    }
    let json = try PublishedVocabulary.tiktoken(
      File(bytes(lines.reversed()), path: "x.tiktoken"), encoding: .cl100k)
    let made = try JSONValue(parsing: json)
    let found = try #require(made["model"]?["merges"]?.array).map { $0.array?.compactMap(\.string) ?? [] }
    #expect(found == merges)
    #expect(made["added_tokens"]?.array?.count == 5)
    let tokenizer = try Tokenizer(json: json)
    #expect(tokenizer.vocabularySize == 100277)
    #expect(tokenizer.encode("a<|endofprompt|>").last == 100276)
  }

  /// The letter of a byte, told anew.
  private static func letter(of byte: Int) -> UInt32 {
    let printable = { (byte: Int) in 33...126 ~= byte || 161...172 ~= byte || 174...255 ~= byte }
    return UInt32(printable(byte) ? byte : 256 + (0..<byte).count { !printable($0) })
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 { text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : "=") }
    }
    return text
  }

  @Test func `Damaged vocabularies are errors that name the line`() {
    func error(_ make: () throws(Diagnostic) -> [UInt8]) -> Diagnostic? {
      do throws(Diagnostic) { _ = try make() } catch { return error }
      return nil
    }
    func tiktoken(_ text: String, _ encoding: TiktokenEncoding = .cl100k) -> Diagnostic? {
      error { () throws(Diagnostic) in
        try PublishedVocabulary.tiktoken(File(Array(text.utf8), path: "x.tiktoken"), encoding: encoding)
      }
    }
    #expect(
      tiktoken("YQ== 0\nYg= 1\n")?.description == """
        error[tokenizer.invalid]: x.tiktoken has a line that is no token
          at        x.tiktoken: line 2
          expected  bytes in base64, a space, and a rank
          found     'Yg= 1'
        """)
    #expect(tiktoken("YQ== 0\nYQ== 1\n")?.message == "x.tiktoken has the same token twice")
    #expect(tiktoken("YQ== 0\nYg== 0\n")?.message == "x.tiktoken has the rank 0 twice")
    #expect(tiktoken("YQ== 99999999999\n")?.code == "tokenizer.invalid")
    #expect(tiktoken("")?.message == "x.tiktoken has no token")
    #expect(tiktoken("YQ== 50256\n", .r50k)?.message.contains("has a token of the id 50256") == true)
    let bert = error { () throws(Diagnostic) in
      try PublishedVocabulary.bert(File(Array("a\nb\n".utf8), path: "vocab.txt"))
    }
    #expect(bert?.message == "vocab.txt has no line '[UNK]'")
    let notText = error { () throws(Diagnostic) in
      try PublishedVocabulary.bert(File([0x61, 0x0A, 0xFF, 0x0A], path: "vocab.txt"))
    }
    #expect(notText?.location?.line == 2)
    for (vocabulary, merges) in [("[]", "a b"), (#"{"a":"x"}"#, ""), (#"{"a":0}"#, "a b c"), (#"{"a":0}"#, "ab")] {
      let pair = error { () throws(Diagnostic) in
        try PublishedVocabulary.byteLevel(
          vocabulary: File(Array(vocabulary.utf8), path: "vocab.json"),
          merges: File(Array(merges.utf8), path: "merges.txt"))
      }
      #expect(pair?.code == "tokenizer.invalid", "\(vocabulary)")
    }
  }

  @Test func `Any other JSON file is told what it is`() {
    func help(_ json: String) -> String? {
      #expect(throws: Diagnostic.self) { try Tokenizer(json: Array(json.utf8)) }?.help
    }
    #expect(help(#"{"do_lower_case": true}"#)?.contains("tokenizer_config.json") == true)
    #expect(help(#"{"model_type": "bert"}"#)?.contains("config.json of a model") == true)
    let vocabulary = (0..<300).map { #""a\#($0)":\#($0)"# }.joined(separator: ",")
    #expect(help("{\(vocabulary)}")?.contains("vocab.json") == true)
  }
}

/// Published forms against the tokenizers that were built from them.
@Suite(.enabled(if: Reference.hasConformance))
struct PublishedVocabularyConformanceTests {
  private func file(_ name: String) throws -> PublishedVocabulary.File {
    let path = "\(Reference.conformance)/tokenizers/\(name)"
    return PublishedVocabulary.File(try Fixtures.bytes(path), path: path)
  }

  @Test(
    "Published vocabularies give the reference's ids",
    arguments: ["bert-base-uncased", "bert-base-cased", "gpt2", "cl100k"]
      + (Fixtures.isFull ? ["bert-base-multilingual-cased", "qwen"] : []))
  func published(name: String) throws {
    let json =
      switch name {
      case "gpt2":
        try PublishedVocabulary.byteLevel(
          vocabulary: file("gpt2/vocab.json"), merges: file("gpt2/merges.txt"))
      case "cl100k": try PublishedVocabulary.tiktoken(file("cl100k/cl100k_base.tiktoken.zst"), encoding: .cl100k)
      case "qwen": try PublishedVocabulary.tiktoken(file("qwen/qwen.tiktoken.zst"), encoding: .qwen)
      default: try PublishedVocabulary.bert(file("\(name)/vocab.txt"))
      }
    expectGolden(try Tokenizer(json: json), try Reference.lines(name, step: 7))
  }
}
