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

  @Test func `Shifted labels are Megatron's, with its loss mask`() throws {
    let golden = try Golden("clm")
    let objective = try make(
      CausalLM.self, ["length": .integer(6), "label_shift": .text("next"), "tail": .text("drop")],
      vocabulary: Sample.gpt)
    let (examples, _) = try objective.examples(of: goldenBlock())
    #expect(examples.count == golden["windows"].list.count)
    for (example, window) in zip(examples, golden["windows"].list) {
      #expect(example["input_ids"] == window["megatron_tokens"].int64s)
      #expect(example["labels"] == window["megatron_labels"].int64s)
      #expect(example["loss_mask"] == window["megatron_loss_mask_eod_mask_loss"].int64s)
      #expect(example["cu_seqlens"] == window["cu_seqlens"].int64s)
    }
  }

  @Test func `Best fit packs the golden cases`() throws {
    for item in try Golden("clm")["best_fit_packing"].list {
      let packing = BestFitPacking(lengths: item["lengths"].ints, capacity: item["L"].int)
      let bins = item["bins_[doc,offset,len]"].list.map { bin in
        bin.list.map { BestFitPacking.Piece(document: $0[0].int, offset: $0[1].int, count: $0[2].int) }
      }
      #expect(packing.pieces == bins.flatMap { $0 }, "\(item["name"].text)")
      var starts = [0]
      for bin in bins { starts.append(starts[starts.count - 1] + bin.count) }
      #expect(packing.rowStarts == starts)
    }
  }

  /// Every token once, no document cut without need, and no row that could have held the first piece of a later one.
  @Test func `Fitted rows hold every document, whole if it fits`() {
    var stream = RandomStream(key: (1, 2), counterHigh: (3, 4))
    for cost in [0, 3] {
      for capacity in [5, 16, 100] {
        let lengths = (0..<300).map { _ in stream.bounded(capacity * 3 / 2) }
        let packing = BestFitPacking(lengths: lengths, capacity: capacity, cost: cost)
        var covered = lengths.map { _ in 0 }
        for piece in packing.pieces.sorted(by: { ($0.document, $0.offset) < ($1.document, $1.offset) }) {
          #expect(covered[piece.document] == piece.offset)
          covered[piece.document] += piece.count
          let isWhole = piece.count == lengths[piece.document]
          #expect(isWhole == (lengths[piece.document] <= capacity - cost))
        }
        #expect(covered == lengths)
        let rows = zip(packing.rowStarts, packing.rowStarts.dropFirst()).map { Array(packing.pieces[$0..<$1]) }
        let rooms = rows.map { row in capacity - row.reduce(0) { $0 + $1.count + cost } }
        #expect(rooms.allSatisfy { $0 >= 0 })
        for later in rows.indices.dropFirst() {
          #expect(rooms[..<later].allSatisfy { $0 < rows[later][0].count + cost })
        }
      }
    }
  }

  @Test func `Fitted windows name the document of each segment`() throws {
    let block = Sample.block(seed: 41, documents: 20, longest: 30)
    let objective = try make(
      CausalLM.self, ["length": .integer(24), "windowing": .text("best_fit"), "layout": .text("compact")])
    var seen: [UInt64: [Int64]] = [:]
    for example in try objective.examples(of: block).examples {
      let cuts = example["cu_seqlens"].map { Int($0) }
      for (segment, (start, end)) in zip(cuts, cuts.dropFirst()).enumerated() {
        let document = UInt64(bitPattern: example["segment_doc_ids"][segment])
        #expect(example["segment_source_starts"][segment] == Int64(seen[document, default: []].count))
        seen[document, default: []] += example["input_ids"][start..<end]
      }
    }
    for document in block.documents where document.tokenCount > 1 {
      #expect(seen[document.id] == block.ids[document.range].map(Int64.init) + [7])
    }
  }

  @Test func `Texts are laid out for filling in as in the golden cases`() throws {
    let golden = try Golden("clm")
    let (ids, eod) = (golden["fim_ids"], golden["eod"].id)
    let fim = FillInTheMiddle(
      prefix: ids["prefix"].id, middle: ids["middle"].id, suffix: ids["suffix"].id, rate: 1, spmRate: 0.5)
    for item in golden["fim"].list {
      let text = Array(101...110 as ClosedRange<UInt32>)
      let (a, b) = (item["draws"].ints.min() ?? 0, item["draws"].ints.max() ?? 0)
      for (mode, due) in [(FillInTheMiddle.Mode.psm, item["psm"].ids), (.spm, item["spm"].ids)] {
        var row: [UInt32] = []
        fim.append(text[...], mode, from: a, to: b, row: &row)
        #expect(row + [eod] == due)
        #expect(fim.restore(row[...], mode, from: a, to: b) == text)
      }
    }
  }

  @Test func `Middles are drawn as in the golden cases`() throws {
    let objective = try make(
      CausalLM.self,
      ["length": .integer(20), "fim_rate": .number(0.5), "windowing": .text("document"), "layout": .text("compact")],
      vocabulary: Sample.gpt)
    for row in try Golden("end_to_end")["fim_objective16_n10"].list {
      let window = Sample.window(Array(101...110) + [50256], example: UInt32(row["example"].int))
      let example = try #require(objective.example(of: window))
      #expect(example["fim_mode"] == [Int64(row["fim_mode"].int)])
      if row["fim_mode"].int > 0 {
        #expect(example["fim_a"] == [Int64(row["a"].int)])
        #expect(example["fim_b"] == [Int64(row["b"].int)])
        #expect(example["input_ids"].count == 14)
      }
      try objective.verify(example, seed: 12345)
    }
  }

  /// However many documents a window holds, the marks of all fit, and nothing is cut off.
  @Test func `Rows have room for the marks of every segment`() throws {
    let block = Sample.block(seed: 42, documents: 60, longest: 12)
    for windowing in ["packed", "best_fit", "document"] {
      let objective = try make(
        CausalLM.self,
        ["length": .integer(32), "fim_rate": .number(1), "windowing": .text(windowing), "layout": .text("compact")])
      let (examples, report) = try objective.examples(of: block)
      let lengths = examples.map { $0["input_ids"].count }
      #expect((lengths.max() ?? 0) <= 32)
      #expect(report.droppedTokens <= 60)
      #expect(examples.allSatisfy { row in row["fim_mode"].count == row["cu_seqlens"].count - 1 })
    }
  }

  @Test func `Settings that contradict one another are refused`() throws {
    for values in [
      ["windowing": .text("best_fit"), "reset": .flag(false)], ["windowing": .text("best_fit"), "tail": .text("drop")],
      ["windowing": .text("best_fit"), "overlap_one": .flag(true)],
      ["fim_rate": .number(0.5), "overlap_one": .flag(true)],
      ["label_shift": .text("next"), "overlap_one": .flag(true)],
      ["label_shift": .text("next"), "layout": .text("compact")],
      ["loss_mask": .flag(true), "layout": .text("compact")], ["fim_rate": .number(0.5), "length": .integer(7)],
    ] as [KeyValuePairs<String, SettingValue.Content>] {
      let error = try #require(throws: Diagnostic.self) { _ = try make(CausalLM.self, values) }
      #expect(error.code == "settings.invalid")
    }
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
