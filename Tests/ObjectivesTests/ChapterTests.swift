import Blocks
import Foundation
import Objectives
import Testing

/// The chapters in `Documentation/Objectives` say what the code does.
@Suite struct ChapterTests {
  private func chapter(_ name: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = root.appending(path: "Documentation/Objectives/\(name).md")
    let text = try String(decoding: Data(contentsOf: path), as: UTF8.self)
    // Columns are aligned with blanks.
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.split(separator: " ").joined(separator: " ") }.joined(separator: "\n")
  }

  private static let words = ["the", "old", "text", "shows", "through", ".", "we", "read", "it", "."]

  private func name(_ value: Int64) -> String {
    switch value {
    case -100: "-100"
    case 0...8: ["[PAD]", "[UNK]", "<s>", "</s>", "[CLS]", "[SEP]", "[MASK]", "[EOD]", "[DEL]"][Int(value)]
    case 9...29: "S\(29 - value)"
    case 40..<50: Self.words[Int(value - 40)]
    case 300...302: ["[R]", "[S]", "[X]"][Int(value - 300)]
    default: "#\(value)"
    }
  }

  /// Ten tokens, in two sentences.
  private static let text: [UInt32] = [40, 41, 42, 43, 44, 45, 46, 47, 48, 45]

  private func expectRow(
    _ objective: some Objective, of ids: [UInt32] = text, leavingOut omitted: Set<String> = []
  ) throws {
    try expectRow(objective, of: Sample.window(ids, sentences: [0, 6]), leavingOut: omitted)
  }

  private func expectRow(
    _ objective: some Objective, of window: TokenWindow, leavingOut omitted: Set<String> = []
  ) throws {
    let example = try #require(objective.example(of: window))
    let chapter = try chapter(type(of: objective).name)
    let namesIDs: Set = [
      "input_ids", "labels", "masked_labels", "source_ids", "original_ids", "decoder_input_ids", "negative_ids",
    ]
    for (column, values) in zip(example.schema.columns, example.values) {
      guard column.name != "doc_id" else { break }
      if omitted.contains(column.name) { continue }
      // The labels of detection are answers, not ids.
      let isID = namesIDs.contains(column.name) && column.type != .int8
      let shown = values.map { isID ? name($0) : "\($0)" }
      // Two views are two lines.
      var lines = [column.name + " " + shown.joined(separator: " ")]
      if case .fixed(let dimensions) = column.shape, dimensions.count == 2 {
        lines = (0..<dimensions[0]).map { view in
          let part = shown[view * dimensions[1]..<(view + 1) * dimensions[1]]
          return "\(column.name)[\(view)] " + part.joined(separator: " ")
        }
      }
      for line in lines {
        if !chapter.contains("\n\(line)\n") { print("ROW", line) }
        #expect(chapter.contains("\n\(line)\n"), "the chapter lacks the line '\(line)'")
      }
    }
  }

  /// The two sentences of the text as a pair, the second following the first.
  private static let pair: TokenWindow = {
    var window = Sample.window(text)
    window.segmentStarts = [0, 6]
    window.segmentDocuments = [42, 42]
    window.segmentSources = [0, 6]
    window.pairLabel = 0
    return window
  }()

  /// Three texts of a record.
  private static let record: TokenWindow = {
    var window = Sample.window(Array(text[..<5] + text[6..<9]))
    window.segmentStarts = [0, 3, 5]
    window.segmentDocuments = [42, 42, 42]
    window.segmentSources = [0, 3, 5]
    return window
  }()

  /// Two documents that are transformed before they are cut into two rows.
  private func expectLaidOutRows() throws {
    var block = TokenBlock()
    block.ids = Self.text
    block.documents = [.init(id: 42, start: 0, tokenCount: 6), .init(id: 43, start: 6, tokenCount: 4)]
    let objective = try make(
      CausalLM.self,
      [
        "length": .integer(12), "fim_rate": .number(1), "fim_context": .text("document"), "layout": .text("compact"),
      ])
    let chapter = try chapter("clm")
    let marks: [Int64: String] = [9: "<PRE>", 10: "<MID>", 11: "<SUF>"]
    for row in try objective.examples(of: block).examples {
      let line = "input_ids " + row["input_ids"].map { marks[$0] ?? name($0) }.joined(separator: " ")
      #expect(chapter.contains("\n\(line)\n"), "the chapter lacks the line '\(line)'")
    }
  }

  @Test func `The rows done by hand are those that the objectives make`() throws {
    try expectRow(make(MaskedLM.self, ["length": .integer(14), "mask_probability": .number(0.3)]))
    try expectRow(
      make(
        MaskedLM.self, ["length": .integer(14), "mask_probability": .number(0.3), "layout": .text("compact")]))
    try expectRow(make(BERTPairs.self, ["length": .integer(16)]), of: Self.pair)
    try expectRow(
      make(ReplacedTokenDetection.self, ["length": .integer(14), "mask_probability": .number(0.3)]))
    try expectRow(
      make(CausalLM.self, ["length": .integer(12)]), of: Self.text[..<6] + [7] + Self.text[6...] + [7])
    try expectRow(make(PrefixLM.self, ["length": .integer(12)]))
    try expectRow(
      make(
        PrefixLM.self,
        ["length": .integer(12), "form": .text("encoder_decoder"), "layout": .text("compact")]))
    try expectRow(make(UniLM.self, ["length": .integer(16)]))
    try expectRow(
      make(
        SpanCorruption.self,
        [
          "length": .integer(16), "noise_density": .number(0.4), "mean_noise_span_length": .number(2),
          "windowing": .text("document"),
        ]))
    try expectRow(make(UL2.self, ["length": .integer(14), "windowing": .text("document")]))
    for weights in [[0, 0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1]] {
      try expectRow(
        make(
          UL2.self,
          [
            "length": .integer(14), "windowing": .text("document"), "layout": .text("compact"),
            "weights": .list(weights.map { SettingValue(.integer($0)) }),
          ]))
    }
    try expectRow(make(MASS.self, ["length": .integer(14)]))
    try expectRow(make(MASS.self, ["length": .integer(14), "layout": .text("compact")]))
    try expectRow(make(Denoising.self, ["length": .integer(14)]))
    try expectRow(make(ContrastivePairs.self, ["length": .integer(12)]))
    let masks: Set = ["attention_mask"]
    try expectRow(
      make(ContrastivePairs.self, ["length": .integer(14), "pairs": .text("augment")]), leavingOut: masks)
    try expectRow(
      make(ContrastivePairs.self, ["length": .integer(12), "pairs": .text("adjacent")]), leavingOut: masks)
    try expectRow(
      make(
        ContrastivePairs.self,
        [
          "length": .integer(12), "pairs": .text("crop"), "ratio_min": .number(0.3), "ratio_max": .number(0.8),
        ]), leavingOut: masks)
    try expectRow(
      make(
        ContrastivePairs.self,
        [
          "length": .integer(12), "pairs": .text("clear"), "edits": .texts("reorder", "delete_spans", "delete_words"),
          "word_deletion": .number(0.4), "spans": .integer(1), "span_share": .number(0.2),
        ]), leavingOut: masks)
    try expectRow(
      make(
        ContrastivePairs.self,
        [
          "length": .integer(7), "pairs": .text("declutr"), "min_span": .integer(2), "anchors": .integer(1),
        ]), leavingOut: masks)
    try expectRow(
      make(ContrastivePairs.self, ["length": .integer(12), "pairs": .text("consert")]), leavingOut: masks)
    try expectRow(
      make(
        ContrastivePairs.self, ["length": .integer(8), "pairs": .text("given"), "negatives": .text("given")]),
      of: Self.record, leavingOut: ["attention_mask", "negative_mask"])
    try expectLaidOutRows()
    try expectRow(
      make(
        ImageMLM.self,
        ["height": .integer(2), "width": .integer(5), "min_block": .integer(1), "mask_probability": .number(0.3)]))
    try expectRow(
      make(
        AudioMLM.self, ["length": .integer(12), "span_length": .integer(2), "start_probability": .number(0.2)]))
    try expectRow(
      Mixture.of([
        "mlm": ["length": .integer(14), "mask_probability": .number(0.3), "weight": .integer(2)],
        "prefix_lm": ["length": .integer(12)],
      ]))
  }

  @Test func `Each chapter has every setting with its default, in order`() throws {
    for (name, objective) in AllObjectives.standard.members {
      let lines = try chapter(name).split(separator: "\n")
      let rows = objective.settings.map { setting in
        "| `\(setting.key)` | \(setting.defaultValue.map { SettingValue($0).description } ?? "required") |"
      }
      let places = rows.map { row in lines.firstIndex { $0.hasPrefix(row) } }
      for (row, place) in zip(rows, places) { #expect(place != nil, "\(name): no line '\(row)'") }
      #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    }
  }

  @Test func `The table of lengths in the chapter is right`() throws {
    let chapter = try chapter("span_corruption")
    for length in [512, 1024, 128] {
      let lengths = SpanNoise(density: 0.15, meanSpanLength: 3).lengths(for: length)
      #expect(chapter.contains("| \(length) | 0.15 | 3 | \(lengths.tokens) | \(lengths.targets) |"))
    }
  }

  @Test func `Every objective and every setting has a sentence`() {
    for (_, objective) in AllObjectives.standard.members {
      #expect(objective.summary.hasSuffix("."))
      for setting in objective.settings { #expect(setting.summary.hasSuffix("."), "\(setting.key)") }
    }
  }
}
