import Blocks
import Testing
import Tokenization

/// What a block of documents becomes: one run of ids, cut into documents and sentences.
@Suite struct BlockTests {
  private func encode(_ tokenizer: Tokenizer, _ texts: [String], sentencesAt marks: Bool = true) -> TokenBlock {
    var block = DocumentBlock()
    for (index, marked) in texts.enumerated() {
      let start = block.bytes.count
      // A `|` marks where a sentence starts.
      for byte in marked.utf8 {
        if byte == UInt8(ascii: "|") {
          block.sentenceStarts.append(block.bytes.count)
        } else {
          block.bytes.append(byte)
        }
      }
      block.documents.append(
        Document(
          id: UInt64(index + 100), start: start, byteCount: block.bytes.count - start, sourceByte: 0, sourceLine: 1))
    }
    var tokens = TokenBlock()
    tokens.ids = [1, 2, 3]
    var scratch = tokenizer.makeScratch()
    tokenizer.encode(block, into: &tokens, scratch: &scratch)
    return tokens
  }

  /// The tokens of each sentence, joined by a dot.
  private func sentences(_ tokenizer: Tokenizer, _ marked: String) -> [String] {
    let tokens = encode(tokenizer, [marked])
    let document = tokens.documents[0]
    let starts = Array(tokens.sentenceStarts[document.sentences])
    return starts.indices.map { index in
      let end = index + 1 < starts.count ? starts[index + 1] : document.tokenCount
      return tokens.ids[starts[index]..<end].map { tokenizer.token(for: $0) ?? "?" }.joined(separator: "·")
    }
  }

  @Test func `Documents are cut one after the other, and each keeps its id`() throws {
    let tokenizer = try Variant.named("words, as trained").tokenizer
    let tokens = encode(tokenizer, ["the first", "", " \n", "of the"])
    #expect(tokens.documents.map(\.id) == [100, 101, 102, 103])
    #expect(tokens.documents.map(\.tokenCount) == [2, 0, 0, 2])
    #expect(tokens.documents.map(\.start) == [0, 2, 2, 2])
    #expect(tokens.documents.allSatisfy { $0.sentences.isEmpty })
    #expect(tokens.ids == tokenizer.encode("the first") + tokenizer.encode("of the"))
    #expect(tokens.sentenceStarts.isEmpty)
  }

  @Test func `Sentences start at the first token that ends behind their first byte`() throws {
    let words = try Variant.named("words, as trained").tokenizer
    #expect(sentences(words, "|The end. |Of the time.") == ["the·end·.", "of·the·time·."])
    #expect(sentences(words, "|The end.| Of the time.") == ["the·end·.", "of·the·time·."])
    #expect(sentences(words, "|the end.|of the end.|the") == ["the·end·.", "of·the·end·.", "the"])
    #expect(sentences(words, "|the ti|me of") == ["the", "time·of"])
    #expect(sentences(words, "|É.|é. |é") == ["e·.", "e·.", "e"])
    let bytes = try Variant.named("bytes, Qwen 2").tokenizer
    #expect(sentences(bytes, "|The end.| Of the.").map { $0.replacing("·", with: "") } == ["TheĠend.", "ĠOfĠthe."])
    #expect(sentences(bytes, "|e\u{301}.| e\u{301}.").count == 2)
  }

  @Test func `Sentences that start in one piece are one, and one without tokens is none`() throws {
    let words = try Variant.named("words, as trained").tokenizer
    #expect(sentences(words, "|th|e |end|  |\u{200B}| ") == ["the", "end"])
    #expect(sentences(words, "|  |the| |") == ["the"])
    #expect(sentences(words, "| | |").isEmpty)
  }

  @Test func `Sentences of several documents point into the block`() throws {
    let words = try Variant.named("words, as trained").tokenizer
    let tokens = encode(words, ["|the end. |of", "|", "|of the. |the"])
    #expect(tokens.sentenceStarts == [0, 3, 4, 7])
    #expect(tokens.documents.map(\.sentences) == [0..<2, 2..<2, 2..<4])
  }

  @Test func `An added token can start a sentence`() throws {
    let words = try Variant.named("words, as trained").tokenizer
    #expect(sentences(words, "|the end |[MASK] of") == ["the·end", "[MASK]·of"])
  }
}
