import JSONText
import TestSupport
import Testing
import Tokenization

/// Published tokenizers against what Hugging Face tokenizers 0.23.3 gave: a sample, or all lines when
/// PALIMPSEST_FULL_TESTS is set.
@Suite(.enabled(if: Reference.hasConformance))
struct ConformanceTests {
  @Test(
    "Published tokenizers give the reference's ids and text",
    arguments: [
      "bert-base-uncased", "bert-base-cased", "bert-base-multilingual-cased", "gpt2", "roberta-base", "cl100k", "qwen",
      "clip", "phi-3-mini", "t5-small",
    ])
  func published(name: String) throws {
    expectGolden(try Reference.published(name), try Reference.lines(name, step: 7))
  }

  /// SentencePiece finds no control pieces in text.
  @Test func `A model of SentencePiece gives SentencePiece's ids and text`() throws {
    let path = Reference.conformance + "/tokenizers/mistral-v3/tokenizer.model"
    let model = PublishedVocabulary.File(try Fixtures.bytes(path), path: path)
    let tokenizer = try Tokenizer(json: PublishedVocabulary.sentencePiece(model), path: path)
    expectGolden(tokenizer, try Reference.lines("mistral-v3", step: 7), specialInText: .asText)
  }
}
