import Blocks
import JSONText
import Testing
import Tokenization

/// `tokenizer.model` files written here byte by byte.
@Suite struct SentencePieceModelTests {
  private enum Kind: UInt8 {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [number << 3 | 2, UInt8(bytes.count & 0x7F | 0x80), UInt8(bytes.count >> 7)] + bytes
  }

  private func piece(_ text: String, _ score: Float, _ kind: Kind = .normal) -> [UInt8] {
    let bits = score.bitPattern.littleEndian
    let score = (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
    return field(1, field(1, Array(text.utf8)) + [2 << 3 | 5] + score + [3 << 3, kind.rawValue])
  }

  /// - Parameter algorithm: 1 for Unigram, 2 for BPE.
  private func model(_ algorithm: UInt8, _ pieces: [[UInt8]], addsPrefix: Bool = true) -> [UInt8] {
    let normalizer: [UInt8] = [3 << 3, addsPrefix ? 1 : 0, 4 << 3, 0, 5 << 3, 1]
    return Array(pieces.joined()) + field(2, [3 << 3, algorithm]) + field(3, normalizer)
  }

  private func read(_ model: [UInt8]) throws(Diagnostic) -> Tokenizer {
    try Tokenizer(json: PublishedVocabulary.sentencePiece(PublishedVocabulary.File(model, path: "tokenizer.model")))
  }

  private let special: [(String, Kind)] = [("<unk>", .unknown), ("<s>", .control), ("[X]", .userDefined)]

  @Test func `Merges follow from the scores of a BPE's pieces`() throws {
    let normal: [(String, Float)] = [("▁", -9), ("a", -9), ("b", -9), ("ab", -1), ("aa", -2), ("▁a", -3)]
    let pieces = special.map { piece($0.0, 0, $0.1) } + normal.map { piece($0.0, $0.1) }
    let tokenizer = try read(model(2, pieces))
    #expect(tokenizer.encode("aab") == [8, 6])
    #expect(tokenizer.encode("a a") == [8, 8])
    #expect(tokenizer.encode("ac<s>") == [8, 0, 1])
    #expect(tokenizer.encode("a[X]b") == [8, 2, 3, 5])
    #expect(tokenizer.decode([8, 8], skipSpecialTokens: false) == "a a")
    #expect(try Tokenizer(json: tokenizer.json).encode("aab a") == tokenizer.encode("aab a"))
    let bare = try read(model(2, pieces, addsPrefix: false))
    #expect(bare.encode("aab") == [4, 6])
  }

  @Test func `Scores of a Unigram model are kept`() throws {
    let normal: [(String, Float)] = [("▁", -2), ("a", -1.1), ("b", -1.3), ("▁ab", -4.2), ("▁a", -3)]
    let pieces = special.map { piece($0.0, 0, $0.1) } + normal.map { piece($0.0, $0.1) }
    let tokenizer = try read(model(1, pieces))
    #expect(tokenizer.encode("ab a") == [6, 7])
    #expect(tokenizer.decode([6, 7], skipSpecialTokens: false) == "ab a")
  }

  @Test func `What is no model, or asks for what is not here, is an error`() throws {
    func code(_ bytes: [UInt8]) -> String? {
      do {
        _ = try read(bytes)
        return nil
      } catch { return error.code }
    }
    let whole = model(2, [piece("<unk>", 0, .unknown), piece("a", 0)])
    #expect(code(whole) == nil)
    #expect(code([]) == "tokenizer.invalid" && code(Array("{}".utf8)) == "tokenizer.invalid")
    for end in 1..<18 { #expect(code(Array(whole.prefix(end))) == "tokenizer.invalid") }
    #expect(code([10] + [UInt8](repeating: 0xFF, count: 12)) == "tokenizer.invalid")
    #expect(code(model(3, [piece("a", 0)])) == "tokenizer.unsupported")
    #expect(code(model(2, [piece("a", 0, .unused)])) == "tokenizer.unsupported")
    #expect(code(model(1, [piece("a", 0)])) == "tokenizer.unsupported")
    #expect(code(model(2, [piece("a", .infinity)])) == "tokenizer.invalid")
  }
}
