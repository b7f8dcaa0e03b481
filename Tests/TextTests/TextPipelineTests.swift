import Blocks
import Testing
import Text

@Suite struct TextPipelineTests {
  @Test func `Steps are applied in the order they are named`() throws {
    #expect(try Sample.apply(["lowercase", "strip_accents", "whitespace"], to: " ÉCOLE\t de  ") == "ecole de")
    #expect(try sameBytes(Sample.apply(["nfd", "nfc"], to: "é"), "é"))
    #expect(try sameBytes(Sample.apply(["nfc", "nfd"], to: "é"), "e\u{301}"))
    #expect(try Sample.apply([], to: " untouched\u{0} ") == " untouched\u{0} ")
  }

  @Test func `Documents keep their place in the source and lose their id`() throws {
    var scratch = TextScratch()
    var block = Sample.block(["One  two", "ＡＢＣ"])
    block.sentenceStarts = [0, 8]
    try TextPipeline(steps: ["nfkc", "whitespace"]).apply(to: &block, scratch: &scratch)
    #expect(
      block.documents == [
        Document(start: 0, byteCount: 7, sourceByte: 0, sourceLine: 1),
        Document(start: 7, byteCount: 3, sourceByte: 100, sourceLine: 2),
      ])
    #expect(block.bytes == Array("One twoABC".utf8))
    #expect(block.sentenceStarts.isEmpty)
  }

  @Test func `Documents that become empty are removed and reported, with their ids`() throws {
    var scratch = TextScratch()
    var block = Sample.block(["", "a", " \n ", "b", "\u{3000}"], ids: ["0", "1", "2", "3", "4"])
    try TextPipeline(steps: ["whitespace"]).apply(to: &block, scratch: &scratch)
    #expect(Sample.texts(of: block) == ["a", "b"])
    #expect(block.sourceIDs == ["1", "3"])
    #expect(block.skipped.map(\.code) == ["text.empty", "text.empty", "text.empty"])
    #expect(block.skipped.map(\.location.line) == [1, 3, 5])
    #expect(block.skipped.map(\.location.path) == ["in.jsonl", "in.jsonl", "in.jsonl"])
  }

  @Test func `An unknown step is an error that lists the known ones`() throws {
    do throws(Diagnostic) {
      _ = try TextPipeline(steps: ["nfc", "lowercas"])
      Issue.record("no error")
    } catch {
      #expect(
        error.description == """
          error[list.unknown-name]: there is no text step called 'lowercas'
            expected  one of nfc, nfd, nfkc, nfkd, bert_clean, lowercase, strip_accents, cjk_spacing, whitespace, \
          html, markdown, wikitext
            help      did you mean 'lowercase'?
          """)
    }
  }

  @Test func `Every step has a name of its own and a summary`() {
    #expect(Set(TextPipeline.steps.names).count == 12)
    for (name, step) in TextPipeline.steps.members {
      #expect(step.name == name)
      #expect(!step.summary.isEmpty)
    }
  }

  @Test func `A step of one's own joins the others`() throws {
    struct Shout: TextStep {
      let name = "shout"
      let summary = "an exclamation mark behind every text"

      func append(_ text: Span<UInt8>, to output: inout [UInt8], scratch: inout TextScratch) {
        for index in text.indices { output.append(text[index]) }
        output.append(UInt8(ascii: "!"))
      }
    }
    var scratch = TextScratch()
    var block = Sample.block(["A", "B"])
    try TextPipeline([Lowercase(), Shout()]).apply(to: &block, scratch: &scratch)
    #expect(Sample.texts(of: block) == ["a!", "b!"])
  }

  @Test func `A document's result does not depend on its neighbours`() throws {
    let texts = ["ΟΔΟΣ", "e", "\u{301}é", "plain words", "日本", "\u{1100}", "\u{1161}"]
    for name in TextPipeline.steps.names {
      let together = try Sample.apply([name], to: texts)
      for (text, result) in zip(texts, together) { #expect(try sameBytes(Sample.apply([name], to: text), result)) }
    }
  }
}
