import Palimpsest
import TestSupport
import Testing

@Suite("A tokenizer file")
struct TokenizerFileTests {
  private static let ranks = (0..<26).map { letter in
    // "a" to "z" in base64: the first byte alone, padded.
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let byte = 97 + letter
    return "\(digits[byte >> 2])\(digits[(byte & 3) << 4])== \(letter)\n"
  }.joined()
  private static let vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n##s\n"

  private func tokenizer(_ file: TokenizerFile) throws -> Tokenizer {
    try Tokenizer(json: try file.json(), path: file.path)
  }

  private func diagnostic(_ file: TokenizerFile) -> Diagnostic? {
    do throws(Diagnostic) { _ = try file.json() } catch { return error }
    return nil
  }

  @Test("is read by its name, in each of its forms, and from a folder that holds one")
  func forms() throws {
    try withScratchDirectory { folder throws in
      let system = LocalFileSystem()
      for name in ["bert", "pair", "ranks", "json", "empty"] { try system.makeDirectory("\(folder)/\(name)") }
      try system.write(Self.vocabulary, to: "\(folder)/bert/vocab.txt")
      for path in ["bert/vocab.txt", "bert", "bert/"] {
        #expect(try tokenizer(TokenizerFile("\(folder)/\(path)")).encode("Thes") == [5, 6], "\(path)")
      }
      #expect(try tokenizer(TokenizerFile("\(folder)/bert", lowercases: false)).encode("Thes") == [1])
      try system.write(#"{"do_lower_case": false}"#, to: "\(folder)/bert/tokenizer_config.json")
      #expect(try tokenizer(TokenizerFile("\(folder)/bert")).encode("Thes") == [1])

      try system.write(#"{"a":0,"b":1,"ab":2}"#, to: "\(folder)/pair/vocab.json")
      #expect(diagnostic(TokenizerFile("\(folder)/pair/vocab.json"))?.code == "tokenizer.not-found")
      try system.write("#version: 0.2\na b\n", to: "\(folder)/pair/merges.txt")
      for path in ["pair/vocab.json", "pair/merges.txt", "pair"] {
        #expect(try tokenizer(TokenizerFile("\(folder)/\(path)")).encode("aab") == [0, 2], "\(path)")
      }

      try system.write(Self.ranks, to: "\(folder)/ranks/cl100k_base.tiktoken")
      for path in ["ranks/cl100k_base.tiktoken", "ranks"] {
        #expect(try tokenizer(TokenizerFile("\(folder)/\(path)")).encode("cab") == [2, 0, 1], "\(path)")
      }
      let qwen = try tokenizer(TokenizerFile("\(folder)/ranks", pattern: .qwen))
      #expect(qwen.id(of: "<|im_end|>") == 151645)

      let json = try TokenizerFile("\(folder)/ranks").json()
      try system.write(json, to: "\(folder)/json/tokenizer.json")
      #expect(try TokenizerFile("\(folder)/json").json() == json)
    }
  }

  @Test("that is missing, or cannot be what was said of it, is an error that says what to do")
  func errors() throws {
    try withScratchDirectory { folder throws in
      let system = LocalFileSystem()
      #expect(
        diagnostic(TokenizerFile(folder))?.description == """
          error[tokenizer.not-found]: the folder '\(folder)' holds no tokenizer
            at        \(folder)
            expected  tokenizer.json, tokenizer.model, vocab.json with merges.txt, vocab.txt, or one .tiktoken
            found     an empty folder
            help      name the file itself if it has another name
          """)
      try system.write(Self.ranks, to: "\(folder)/mine.tiktoken")
      let unknown = diagnostic(TokenizerFile("\(folder)/mine.tiktoken"))
      #expect(unknown?.code == "tokenizer.unknown-pattern")
      #expect(unknown?.help?.contains("pattern: cl100k") == true)
      try system.write("{}", to: "\(folder)/tokenizer.json")
      #expect(
        diagnostic(TokenizerFile("\(folder)/tokenizer.json", pattern: .cl100k))?.code == "tokenizer.unused-option")
      #expect(
        diagnostic(TokenizerFile("\(folder)/mine.tiktoken", pattern: .cl100k, lowercases: true))?.message
          == "'lowercase' says nothing about mine.tiktoken")
      #expect(diagnostic(TokenizerFile("\(folder)/nothing.json"))?.code == "files.not-found")
    }
  }

  @Test("may be told in a recipe how it is to be read")
  func recipe() throws {
    func file(_ yaml: String) throws -> TokenizerFile? {
      let recipe = try Recipe(yaml: "input: a.txt\ntokenizer: \(yaml)\nobjectives: {mlm: {}}\n")
      if case .file(let file) = recipe.tokenizer { return file }
      return nil
    }
    let plain = try file("{path: vocab}")
    #expect(plain?.path == "vocab" && plain?.pattern == nil && plain?.lowercases == nil)
    #expect(try file("{path: x.tiktoken, pattern: o200k}")?.pattern == .o200k)
    #expect(try file("{path: vocab.txt, lowercase: false}")?.lowercases == false)
    #expect(throws: Diagnostic.self) { try file("{path: x.tiktoken, pattern: o300k}") }
    #expect(throws: Diagnostic.self) { try file("{train: {model: bpe}, pattern: o200k}") }
    let one = try Recipe(yaml: "input: a.txt\ntokenizer: {path: t.json}\nobjectives: {mlm: {}}\n")
    let other = try Recipe(yaml: "input: a.txt\ntokenizer: t.json\nobjectives: {mlm: {}}\n")
    #expect(one.digest == other.digest)
  }
}
