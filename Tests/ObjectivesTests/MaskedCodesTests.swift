import Blocks
import Objectives
import Testing

/// Codes of images and sounds: where their masks fall.
@Suite struct MaskedCodesTests {
  /// BEiT's own generator, 8000 times with Python's random numbers: 77.52 of 196 codes with a deviation of 0.96, never
  /// fewer than 67; the corner in 4.45 %, the middle in 73.05 % of the images.
  @Test func `Blocks cover what those of BEiT cover`() {
    let blocks = BlockMask(height: 14, width: 14, wanted: 78, smallestBlock: 16)
    var scratch = ObjectiveScratch()
    var (total, corner, middle) = (0, 0, 0)
    let images = 2000
    for index in 0..<UInt32(images) {
      blocks.mark(
        drawing: ExampleDraws(seed: 1, objective: 18, epoch: 0, origin: 2, example: index), scratch: &scratch)
      let count = scratch.mask.reduce(0) { $0 + ($1 ? 1 : 0) }
      #expect(scratch.mask.count == 196 && (60...78).contains(count))
      total += count
      if scratch.mask[0] { corner += 1 }
      if scratch.mask[7 * 14 + 7] { middle += 1 }
    }
    let spread = (1 / Double(images) + 1.0 / 8000).squareRoot()
    #expect(abs(Double(total) / Double(images) - 77.52) < 5 * 0.96 * spread)
    #expect(abs(Double(corner) / Double(images) - 0.0445) < 5 * 0.206 * spread)
    #expect(abs(Double(middle) / Double(images) - 0.7305) < 5 * 0.444 * spread)
  }

  @Test func `An image has a masked code even where no block fits`() throws {
    let objective = try make(
      ImageMLM.self,
      ["height": .integer(2), "width": .integer(2), "mask_probability": .number(0.999), "min_block": .integer(4)])
    for index in 0..<20 as Range<UInt32> {
      let example = try #require(objective.example(of: Sample.window([40, 41, 42, 43], example: index)))
      #expect(example["labels"].filter { $0 >= 0 }.count >= 1)
    }
    #expect(objective.example(of: Sample.window([1, 1, 1, 1])) == nil)
    #expect(objective.example(of: Sample.window([40, 41, 42])) == nil)
    let error = try #require(throws: Diagnostic.self) {
      _ = try make(ImageMLM.self, ["height": .integer(4), "width": .integer(4)])
    }
    #expect(error.message.contains("image_mlm.min_block") && error.help?.hasPrefix("use 6 or less") == true)
  }

  @Test func `Images are rows of one shape, and parts of images are counted`() throws {
    let objective = try make(
      ImageMLM.self, ["height": .integer(4), "width": .integer(6), "min_block": .integer(2)])
    #expect(objective.schema.columns[0].shape == .fixed([4, 6]))
    let block = Sample.block(seed: 5, documents: 4, longest: 100, unknownShare: 0)
    let (examples, report) = try objective.examples(of: block)
    #expect(examples.count == block.documents.reduce(0) { $0 + $1.tokenCount / 24 })
    #expect(report.droppedTokens == block.documents.reduce(0) { $0 + $1.tokenCount % 24 })
  }

  /// Exhaustive: every set of starts, weighed by its chance.
  @Test func `The masked share is that of all masks`() {
    for (count, length, probability) in [(8, 3, 0.25), (9, 2, 0.3), (7, 4, 0.2), (6, 1, 0.4), (12, 5, 0.26)] {
      let spans = TimeSpans(probability: probability, length: length)
      let places = count - length + 1
      let exact = Double(count) * probability
      let up = exact - exact.rounded(.down)
      var (mean, square) = (0.0, 0.0)
      for (starts, weight) in [(max(1, Int(exact)), 1 - up), (min(places, Int(exact) + 1), up)] {
        let sets = (0..<(1 << places)).filter { $0.nonzeroBitCount == starts }
        for set in sets {
          let masked = (0..<count).filter { step in
            (0..<places).contains { set >> $0 & 1 == 1 && ($0..<$0 + length).contains(step) }
          }.count
          let share = Double(masked) / Double(count)
          mean += weight * share / Double(sets.count)
          square += weight * share * share / Double(sets.count)
        }
      }
      let law = spans.maskedShare(count)
      #expect(abs(law.mean - mean) < 1e-12 && abs(law.variance - (square - mean * mean)) < 1e-12)
    }
    // The paper: about half of all steps.
    let paper = TimeSpans(probability: 0.065, length: 10).maskedShare(1000).mean
    #expect(abs(paper - 0.49) < 0.01)
  }

  @Test func `Spans lie within the row, and are whole`() throws {
    let objective = try make(
      AudioMLM.self,
      [
        "length": .integer(40), "span_length": .integer(4), "start_probability": .number(0.1),
        "layout": .text("compact"),
      ])
    for count in 5...40 as ClosedRange<UInt32> {
      let example = try #require(objective.example(of: Sample.window(Array(40..<40 + count))))
      try objective.check(example)
      let masked = example["masked_positions"]
      #expect(masked.count >= 4 && masked.allSatisfy { $0 < Int64(count) })
      #expect(example["masked_labels"] == masked.map { $0 + 40 })
      #expect(masked.allSatisfy { example["input_ids"][Int($0)] == 6 })
    }
    #expect(objective.example(of: Sample.window([40, 41, 42, 43])) == nil)
  }

  @Test func `A span that was cut short is noticed`() throws {
    let objective = try make(AudioMLM.self, ["length": .integer(40), "span_length": .integer(4)])
    var example = try #require(objective.example(of: Sample.window(Array(40..<80))))
    let first = try #require(example["labels"].firstIndex { $0 >= 0 })
    example.values[0][first] = example.values[1][first]
    example.values[1][first] = -100
    let last = try #require(example["labels"].lastIndex { $0 >= 0 })
    guard last - first < 8 else { return }
    let error = try #require(throws: Diagnostic.self) { try objective.check(example) }
    #expect(error.code == "verify.span-length")
  }
}
