import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct CausalLMTests {
  private func goldenBlock() throws -> TokenBlock {
    var block = TokenBlock()
    for (number, document) in try Golden("clm")["documents"].list.enumerated() {
      block.documents.append(
        TokenBlock.Document(id: UInt64(number), start: block.ids.count, tokenCount: document.list.count))
      block.ids += document.ids
    }
    return block
  }

  @Test func `Windows, positions, segments and labels are those of the golden case`() throws {
    let golden = try Golden("clm")
    let objective = try make(
      CausalLM.self, ["length": .integer(6), "tail": .text("drop")], vocabulary: Sample.gpt)
    let (examples, report) = try objective.examples(of: goldenBlock())
    #expect(examples.count == golden["windows"].list.count)
    for (example, window) in zip(examples, golden["windows"].list) {
      #expect(example["input_ids"] == window["input_ids"].int64s)
      #expect(example["position_ids"] == window["position_ids"].int64s)
      #expect(example["cu_seqlens"] == window["cu_seqlens"].int64s)
      #expect(example["labels"] == window["labels_reset(first token of each document segment = -100)"].int64s)
    }
    #expect(report.droppedTokens == golden["dropped_tail"].list.count)
    #expect(report.drops == [ExampleReport.Drop(reason: "tail_dropped", count: 1)])
  }

  @Test func `Without resets every token is a label and the window is one segment`() throws {
    let objective = try make(
      CausalLM.self, ["length": .integer(6), "reset": .flag(false), "tail": .text("drop")], vocabulary: Sample.gpt)
    for (example, window) in zip(try objective.examples(of: goldenBlock()).examples, try Golden("clm")["windows"].list)
    {
      #expect(example["labels"] == window["labels_plain"].int64s)
      #expect(example["cu_seqlens"] == [0, 6])
      #expect(example["position_ids"] == [0, 1, 2, 3, 4, 5])
    }
  }

  @Test func `A kept tail is padded by length, and the loss on its end stays`() throws {
    let objective = try make(CausalLM.self, ["length": .integer(6)], vocabulary: Sample.gpt)
    let tail = try #require(try objective.examples(of: goldenBlock()).examples.last)
    // Without a pad token the end-of-document token fills up; it is told by the attention mask.
    #expect(tail["input_ids"] == [10, 11, 12, 13, 50256, 50256])
    #expect(tail["labels"] == [-100, 11, 12, 13, 50256, -100])
    #expect(tail["attention_mask"] == [1, 1, 1, 1, 1, 0])
    #expect(tail["cu_seqlens"] == [0, 5])
  }

  @Test func `Overlapping by one predicts every token of the stream once`() throws {
    let objective = try make(
      CausalLM.self, ["length": .integer(6), "overlap_one": .flag(true), "reset": .flag(false)],
      vocabulary: Sample.gpt)
    let stream = try Golden("clm")["stream"].int64s
    let rows = try objective.examples(of: goldenBlock()).examples
    let predicted = rows.flatMap { $0["labels"].dropFirst().filter { $0 >= 0 } }
    #expect(predicted == Array(stream.dropFirst()))
  }

  @Test func `All windows of a block give the stream back`() throws {
    for length in [4, 5, 7, 64] {
      let objective = try make(CausalLM.self, ["length": .integer(length), "layout": .text("compact")])
      let block = Sample.block(seed: UInt64(length), documents: 30, longest: 40)
      let (rows, report) = try objective.examples(of: block)
      var stream: [UInt32] = []
      for document in block.documents where document.tokenCount > 0 {
        stream += block.ids[document.range] + [7]
      }
      let written = rows.flatMap { $0["input_ids"] }
      #expect(written.count + report.droppedTokens == stream.count)
      #expect(written == stream.prefix(written.count).map(Int64.init))
    }
  }

  @Test func `A window in which every token starts a segment has nothing to predict`() throws {
    let objective = try make(CausalLM.self)
    var batch = ExampleBatch(schema: objective.schema)
    var scratch = ObjectiveScratch()
    let window = Sample.window([7, 40])
    #expect(
      objective.append(
        window, drawing: objective.draws(seed: 1, for: window), orderKey: 0, scratch: &scratch, to: &batch)
        == .nothingToPredict)
  }
}
