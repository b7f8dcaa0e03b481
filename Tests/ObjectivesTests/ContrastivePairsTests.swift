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
}
