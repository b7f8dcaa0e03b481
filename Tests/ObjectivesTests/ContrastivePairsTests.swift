import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct ContrastivePairsTests {
  @Test func `Crops come out of seed, document and example`() throws {
    let objective = try make(
      ContrastivePairs.self, ["pairs": .text("crop")], vocabulary: Sample.bert)
    for row in try Golden("end_to_end")["contriever_objective14_n64_ratio0.1-0.5_delete0.1"].list {
      let window = Sample.window(Array(1000..<1064), example: UInt32(row["example"].int))
      let example = try #require(objective.example(of: window))
      for (number, view) in row["views"].list.enumerated() {
        #expect(example["view_start"][number] == Int64(view["start"].int))
        #expect(example["view_length"][number] == Int64(view["len"].int))
        let shown = Array(example["input_ids"][number * 64..<(number + 1) * 64])
        #expect(trimmed(shown, 0) == [101] + view["kept"].ints.map { Int64(1000 + $0) } + [102])
      }
    }
  }

  @Test func `Dropout stores the text once`() throws {
    let objective = try make(ContrastivePairs.self)
    let example = try #require(objective.example(of: Sample.window([40, 41])))
    #expect(trimmed(example["input_ids"], 0) == [4, 40, 41, 5])
    #expect(example["input_ids"].count == 64)
    #expect(example["view_start"].isEmpty)
  }

  @Test func `Adjacent views touch, and both fit`() throws {
    let objective = try make(ContrastivePairs.self, ["pairs": .text("adjacent"), "length": .integer(8)])
    #expect(objective.windowing.length == 9)
    #expect(objective.splits(2) == 1...1)
    #expect(objective.splits(9) == 3...6)
  }

  /// A sentence of one repeated token cannot be changed by swapping; the copy must differ all the same.
  @Test func `An augmented view is never the text itself`() throws {
    for operation in ContrastivePairs.Operation.allCases {
      let objective = try make(
        ContrastivePairs.self, ["pairs": .text("augment"), "operations": .texts(operation.rawValue)])
      for index in 0..<50 {
        for ids: [UInt32] in [[40, 40], [40, 41, 40, 41, 40], [1, 1, 1], Array(40..<70)] {
          let example = try #require(objective.example(of: Sample.window(ids, example: UInt32(index))))
          #expect(Array(example["input_ids"][..<64]) != Array(example["input_ids"][64...]))
          try objective.verify(example, seed: 12345)
        }
      }
    }
  }

  @Test func `The longest crop of the longest window fits`() {
    for (shortest, longest) in [(0.1, 0.5), (0.05, 0.3), (0.5, 1.0), (0.1, 0.35)] {
      let crop = Crop(shortest: shortest, longest: longest, deletion: Threshold(0))
      for capacity in 2..<200 {
        let window = crop.longestWindow(capacity)
        #expect(crop.lengths(max(2, window)).upperBound <= capacity)
        #expect(crop.lengths(window + 1).upperBound > capacity)
      }
    }
  }

  @Test func `Beta draws are order statistics`() throws {
    let golden = try Golden("philox")["primitives"]["purpose19_beta42_x4_(4th smallest of 5 doubles)"]
    var stream = ExampleDraws(seed: 12345, objective: 1, epoch: 0, origin: 42, example: 3).stream(number: 19)
    for expected in golden.list { #expect(AnchorSpans.betas(&stream).long == expected.double) }
    var (long, short) = (0.0, 0.0)
    for _ in 0..<2000 {
      let betas = AnchorSpans.betas(&stream)
      #expect(betas.short <= betas.long)
      long += betas.long
      short += betas.short
    }
    // Means 2/3 and 1/3, standard deviation 0.178 of one draw.
    #expect(abs(long / 2000 - 2.0 / 3) < 0.02 && abs(short / 2000 - 1.0 / 3) < 0.02)
  }

  /// DeCLUTR's own numbers: 2 anchors, spans of 32 to 512, and so windows of 2048 tokens.
  @Test func `Anchors have blocks of their own, and positives lie near them`() throws {
    for sampling in AnchorSpans.Sampling.allCases {
      for anchors in 1...5 {
        let objective = try make(
          ContrastivePairs.self,
          [
            "pairs": .text("declutr"), "length": .integer(18), "min_span": .integer(3), "anchors": .integer(anchors),
            "sampling": .text(sampling.rawValue), "positives": .integer(3),
          ])
        #expect(objective.windowing.length == 2 * anchors * 16)
        let ids = (0..<UInt32(objective.windowing.length)).map { 30 + $0 }
        for index in 0..<40 as Range<UInt32> {
          let example = try #require(objective.example(of: Sample.window(ids, example: index)))
          try objective.check(example)
          let (starts, lengths) = (example["view_start"], example["view_length"])
          for view in starts.indices {
            let (start, length) = (starts[view], lengths[view])
            #expect(example["input_ids"][18 * view + 1] == 30 + start)
            let (anchor, end) = (starts[view / 4 * 4], starts[view / 4 * 4] + lengths[view / 4 * 4])
            switch sampling {
            case .any: #expect(start + length >= anchor && start <= end)
            case .subsuming: #expect(start >= anchor && start + length <= end)
            case .adjacent where view % 4 != 0: #expect(start + length == anchor || start == end)
            case .adjacent: break
            }
          }
        }
        #expect(objective.example(of: Sample.window(Array(ids.dropLast()))) == nil)
      }
    }
  }

  @Test func `Spans are placed without overlap, and anywhere`() {
    var stream = RandomStream(key: (1, 2), counterHigh: (3, 4))
    var starts: [Int32] = []
    var seen: Set<[Int32]> = []
    for _ in 0..<500 {
      ClearEdits.placeSpans(2, length: 2, in: 7, drawing: &stream, into: &starts)
      #expect(starts[0] >= 0 && starts[1] >= starts[0] + 2 && starts[1] <= 5)
      seen.insert(starts)
    }
    // Ten ways to put two spans of two into seven tokens.
    #expect(seen.count == 10)
  }

  /// Exhaustive over short texts: every edit, and never an empty view.
  @Test func `Edits of the shortest texts leave a token`() throws {
    for edit in ClearEdits.Edit.allCases {
      let objective = try make(
        ContrastivePairs.self,
        ["pairs": .text("clear"), "edits": .texts(edit.rawValue), "span_share": .number(0.3)])
      for count in 2...30 as ClosedRange<UInt32> {
        for index in 0..<5 as Range<UInt32> {
          let example = try #require(objective.example(of: Sample.window(Array(40..<40 + count), example: index)))
          try objective.verify(example, seed: 12345)
          for view in 0..<2 {
            let shown = trimmed(Array(example["input_ids"][64 * view..<64 * (view + 1)]), 0).dropFirst().dropLast()
            #expect(shown.contains { $0 >= 30 })
            #expect(edit == .reorder ? shown.sorted() == (40..<40 + Int64(count)).map { $0 } : true)
          }
        }
      }
    }
  }

  @Test func `Only what is deleted needs a token for it`() throws {
    let settings: KeyValuePairs<String, SettingValue.Content> = ["pairs": .text("clear")]
    let error = try #require(throws: Diagnostic.self) {
      _ = try make(ContrastivePairs.self, settings, vocabulary: Sample.bert)
    }
    #expect(error.code == "objective.missing-token" && error.message.contains("'del'"))
    #expect(throws: Never.self) {
      _ = try make(
        ContrastivePairs.self, ["pairs": .text("clear"), "edits": .texts("reorder", "substitute")],
        vocabulary: Sample.bert)
    }
    #expect(throws: Never.self) { _ = try make(ContrastivePairs.self, vocabulary: Sample.bert) }
  }

  @Test func `Shuffled positions leave the frame where it is, unless it may move`() throws {
    var moved = 0
    for movesFrame in [false, true] {
      let objective = try make(
        ContrastivePairs.self,
        ["pairs": .text("consert"), "length": .integer(12), "move_frame": .flag(movesFrame)])
      for index in 0..<30 as Range<UInt32> {
        let example = try #require(objective.example(of: Sample.window(Array(40..<47), example: index)))
        let positions = example["position_ids"]
        #expect(positions.sorted() == (0..<12).map { $0 } && positions[9...] == [9, 10, 11])
        if positions[0] != 0 { moved += 1 }
        #expect(movesFrame || (positions[0] == 0 && positions[8] == 8))
        // floor(7 · 0.15), and floor(9 · 0.15).
        #expect(example["cutoff_rows"].count == 1)
      }
    }
    #expect(moved > 20)
  }

  @Test func `A kept span is one run, whatever is cut`() throws {
    let objective = try make(
      ContrastivePairs.self, ["pairs": .text("consert"), "cutoff": .text("span"), "cutoff_rate": .number(0.5)])
    for count in 2...20 as ClosedRange<UInt32> {
      let example = try #require(objective.example(of: Sample.window(Array(40..<40 + count))))
      let cut = Set(example["cutoff_rows"])
      let kept = (0..<Int64(count) + 2).filter { !cut.contains($0) }
      #expect(kept.count == Int(count + 2) / 2)
      #expect(kept == (kept[0]...kept[kept.count - 1]).map { $0 })
    }
    let none = try make(ContrastivePairs.self, ["pairs": .text("consert"), "cutoff": .text("none")])
    #expect(none.example(of: Sample.window([40, 41]))?["cutoff_rows"] == [])
  }
}
