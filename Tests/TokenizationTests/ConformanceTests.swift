import JSONText
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
}
