import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct AttentionLayoutTests {
  private func rows(_ layout: AttentionLayout, _ length: Int? = nil) -> [String] {
    let length = length ?? layout.count
    let matrix = layout.matrix(length: length)
    return (0..<length).map { row in
      matrix[row * length..<(row + 1) * length].map { $0 == 1 ? "1" : "0" }.joined()
    }
  }

  @Test func `Matrices are those of the golden cases`() throws {
    let golden = try Golden("masks")
    func texts(_ key: String) -> [String] { golden[key].list.map(\.text) }
    #expect(rows(.prefix(0, of: 5)) == texts("causal_5"))
    #expect(rows(.prefix(3, of: 6)) == texts("prefix_n6_p3"))
    #expect(
      rows(AttentionLayout(.leftToRight, segmentStarts: [0, 3, 5, 9])) == texts("packed_causal_lens_3_2_4"))
    #expect(
      rows(AttentionLayout(.leftToRight, segmentStarts: [0, 4, 9], prefixLengths: [2, 3]))
        == texts("packed_prefix_lens_4_5_prefix_2_3"))
    let unilm = golden["unilm"]
    for (direction, key) in [
      (AttentionLayout.Direction.bidirectional, "bidirectional"), (.leftToRight, "l2r"), (.rightToLeft, "r2l"),
    ] {
      #expect(rows(AttentionLayout(direction, segmentStarts: [0, 10])) == unilm[key].list.map(\.text))
    }
    let source = unilm["first_segment_len_A+2"].int
    let layout = AttentionLayout(.sequenceToSequence, segmentStarts: [0, 10], prefixLengths: [source])
    #expect(rows(layout) == unilm["seq2seq"].list.map(\.text))
    #expect(rows(layout, 12) == unilm["seq2seq_padded_to_12"].list.map(\.text))
    for row in golden["t5_decoder_only_prefix"].list {
      let unshifted = row["hf_unshifted"]
      #expect(rows(.prefix(unshifted["prefix_len"].int, of: 6)) == unshifted["mask"].list.map(\.text))
      #expect(rows(.prefix(row["split_point"].int + 1, of: 6)) == row["mask_shifted_inputs"].list.map(\.text))
    }
  }

  /// The row that predicts a label must not have seen it.
  @Test func `No label of a decoder is seen by the row that predicts it`() throws {
    let block = Sample.block(seed: 51, documents: 12, longest: 40)
    let causal = try make(CausalLM.self, ["length": .integer(24), "fim_rate": .number(0.5)])
    let prefix = try make(PrefixLM.self, ["length": .integer(24), "split": .numbers(0.2, 0.6)])
    for examples in [try causal.examples(of: block).examples, try prefix.examples(of: block).examples] {
      for example in examples {
        let layout = try #require(AttentionLayout(example))
        for (position, label) in example["labels"].enumerated() where label >= 0 {
          #expect(position > 0 && !layout.allows(query: position - 1, key: position))
          #expect(layout.allows(query: position - 1, key: position - 1))
        }
      }
    }
  }

  @Test func `A row gives its layout, in both forms`() throws {
    let block = Sample.block(seed: 52, documents: 6, longest: 40)
    for layout in ["dense", "compact"] {
      let objective = try make(CausalLM.self, ["length": .integer(24), "layout": .text(layout)])
      for example in try objective.examples(of: block).examples {
        #expect(try #require(AttentionLayout(example)).segmentStarts == example["cu_seqlens"].map { Int($0) })
      }
    }
    let masked = try #require(try make(MaskedLM.self).example(of: Sample.window(Array(40..<50))))
    #expect(try #require(AttentionLayout(masked)) == AttentionLayout(.bidirectional, segmentStarts: [0, 12]))
  }

  @Test func `Numbers that make no layout give none`() throws {
    let objective = try make(CausalLM.self, ["length": .integer(8)])
    let example = try #require(objective.example(of: Sample.window([40, 41, 7, 42])))
    for starts in [[0, 3], [1, 4], [0, 3, 3, 4], [0, 9]] as [[Int64]] {
      var changed = example
      changed.values[example.schema.index(of: "cu_seqlens")] = starts
      #expect(AttentionLayout(changed) == nil)
    }
  }
}
