import Blocks
import Objectives
import Testing

/// Several objectives in one dataset.
@Suite struct MixtureTests {
  private typealias Tasks = KeyValuePairs<String, KeyValuePairs<String, SettingValue.Content>>

  private static let packed = SettingValue.Content.text("packed")

  /// Windows of 18, 40 or so, and 16 tokens.
  private static let three: Tasks = [
    "mlm": ["weight": .integer(2), "length": .integer(20), "windowing": packed],
    "spans": ["objective": .text("span_corruption"), "weight": .integer(3), "length": .integer(40)],
    "clm": ["length": .integer(16)],
  ]

  @Test func `Rows are what each task makes of the window by itself, filled up`() throws {
    let mixture = try Mixture.of(Self.three)
    let alone: [any Objective] = [
      try make(MaskedLM.self, ["length": .integer(20), "windowing": Self.packed]),
      try make(SpanCorruption.self, ["length": .integer(40)]), try make(CausalLM.self, ["length": .integer(16)]),
    ]
    let block = Sample.block(seed: 21, documents: 40, longest: 90)
    let rows = try mixture.examples(of: block, seed: 5).examples
    var seen: Set<Int> = []
    for row in rows {
      let task = Int(try #require(row.scalar("task")))
      seen.insert(task)
      let own = try #require(alone[task].example(of: mixture.restore(row), seed: 5))
      for (column, values) in zip(own.schema.columns, own.values) {
        let wide = row[column.name]
        #expect(Array(wide.prefix(values.count)) == values, "\(column.name) of task \(task)")
        let rest = Set(wide.dropFirst(values.count))
        let fill: Set<Int64> = column.name == "labels" ? [-100] : [0]
        #expect(rest.isSubset(of: fill), "\(column.name) of task \(task) is filled with \(rest)")
      }
      // What only `clm` has is filled so that a model may be given it for every row.
      if task == 0 { #expect(row["position_ids"] == Array(0..<20) + Array(repeating: 0, count: 20)) }
      if task == 1 { #expect(row["position_ids"] == Array(0..<40)) }
      #expect(task == 2 ? row["cu_seqlens"].count >= 2 : row["cu_seqlens"].isEmpty)
    }
    #expect(seen == [0, 1, 2])
  }

  @Test func `Columns are those of all tasks, as wide and as long as any needs`() throws {
    let schema = try Mixture.of(Self.three).schema
    let names = schema.columns.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.firstIndex(of: "task") == schema.index(of: "doc_id") - 1)
    #expect(schema.columns[schema.index(of: "input_ids")].shape == .fixed([40]))
    #expect(schema.columns[schema.index(of: "task")].summary == "Which task the row is: 0 mlm, 1 spans, 2 clm.")
    // 8 bits with a sign, and 16 with one.
    let detection = try Mixture.of(["replaced_token_detection": [:], "mlm": [:]]).schema
    #expect(detection.columns[detection.index(of: "labels")].type == .int16)
  }

  @Test func `Windows follow one another, whatever their lengths`() throws {
    let tasks: Tasks = [
      "spans": ["objective": .text("span_corruption"), "length": .integer(40)],
      "short": ["objective": .text("span_corruption"), "length": .integer(12), "weight": .integer(2)],
      "prefix_lm": ["length": .integer(20), "form": .text("encoder_decoder"), "windowing": Self.packed],
    ]
    let mixture = try Mixture.of(tasks)
    let block = Sample.block(seed: 22, documents: 30, longest: 80)
    for epochs in [1, 3] {
      let (rows, report) = try mixture.examples(of: block, epochs: epochs)
      for epoch in 0..<epochs {
        let ids = try rows.filter { $0.scalar("epoch") == Int64(epoch) }.flatMap { try mixture.restore($0).ids }
        // The last window may be too short for its task.
        #expect(ids.count + report.droppedTokens >= block.ids.count)
        #expect(ids == Array(block.ids.prefix(ids.count)))
      }
      #expect(
        rows.reduce(0) { $0 + Int($1.scalar("source_length") ?? 0) } + report.droppedTokens == epochs * block.ids.count)
    }
  }

  /// The task that takes a document's last token takes its end, too: a mark for one that marks ends, none for others.
  @Test func `Tasks with marks and without share a stream`() throws {
    let mixture = try Mixture.of(Self.three)
    let block = Sample.block(seed: 23, documents: 30, longest: 60)
    let rows = try mixture.examples(of: block, seed: 5).examples
    var ids: [UInt32] = []
    for row in rows {
      try mixture.verify(row, seed: 5)
      // Sample.full: 5 ends a document of mlm, 7 of clm.
      ids += try mixture.restore(row).ids.filter { $0 != 5 && $0 != 7 }
    }
    #expect(ids == Array(block.ids.prefix(ids.count)))
  }

  @Test func `Shares of rows are those of the weights`() throws {
    let mixture = try Mixture.of([
      "a": ["objective": .text("clm"), "length": .integer(4), "windowing": .text("document"), "weight": .integer(7)],
      "b": ["objective": .text("clm"), "length": .integer(6), "windowing": .text("document"), "weight": .integer(2)],
      "c": ["objective": .text("clm"), "length": .integer(5), "windowing": .text("document"), "weight": .integer(1)],
    ])
    let block = Sample.block(seed: 24, documents: 400, longest: 400)
    let rows = try mixture.examples(of: block).examples
    #expect(rows.count > 10_000)
    let shares = mixture.expectations.prefix(3)
    #expect(shares.map(\.name) == ["rows of a", "rows of b", "rows of c"])
    #expect(shares.map(\.probability) == [0.7, 0.2, 0.1])
    for share in shares {
      let count = rows.reduce(0) { $0 + share.observe($1).successes }
      let n = Double(rows.count)
      let z = (count / n - share.probability) / (share.variance / n).squareRoot()
      #expect(abs(z) <= 5, "\(share.name): z \(z)")
    }
  }

  @Test func `What a task expects is expected of its own rows`() throws {
    let mixture = try Mixture.of(["mlm": ["length": .integer(24)], "unilm": ["length": .integer(24)]])
    let masked = try #require(mixture.expectations.first { $0.name == "mlm: tokens selected" })
    let rows = try mixture.examples(of: Sample.block(seed: 25, documents: 40, longest: 90)).examples
    let own = rows.filter { $0.scalar("task") == 0 }
    #expect(!own.isEmpty && own.count < rows.count)
    for row in rows { #expect((masked.observe(row).trials > 0) == (row.scalar("task") == 0)) }
  }

  @Test func `Needs the special tokens that its tasks need`() throws {
    let mixture = try Mixture.of([
      "ul2": ["length": .integer(32)], "clm": ["fim_rate": .number(0.5)],
      "spans": ["objective": .text("span_corruption"), "length": .integer(40)],
    ])
    #expect(mixture.specialTokenNeeds.roles == [.modeR, .modeS, .modeX, .fimPrefix, .fimMiddle, .fimSuffix])
    #expect(mixture.specialTokenNeeds.sentinels > 3)
  }

  private func code(_ tasks: Tasks) -> Diagnostic? {
    do {
      _ = try Mixture.of(tasks)
      return nil
    } catch {
      return error as? Diagnostic
    }
  }

  @Test func `Tasks that cannot share a dataset are refused, with the reason`() throws {
    let layouts = try #require(code(["mlm": [:], "unilm": ["layout": .text("compact")]]))
    #expect(
      layouts.description == """
        error[mixture.columns]: the tasks of 'mixture' do not share a schema: input_ids
          expected  uint16[128], as in 'mlm'
          found     a list of uint16 in 'unilm'
          help      give all tasks the same layout (dense or compact), or make them objectives of their own
        """)
    let views = try #require(code(["mlm": [:], "contrastive": ["pairs": .text("crop")]]))
    #expect(views.code == "mixture.columns")
    let kinds = try #require(code(["mlm": [:], "clm": [:]]))
    #expect(
      kinds.description == """
        error[mixture.windows]: the tasks of 'mixture' do not agree on whether windows keep to one document
          expected  one kind of windows in all tasks
          found     'clm' has windowing packed, 'mlm' document
          help      set `windowing` in the tasks: packed for all, or document for all
        """)
    for objective in ["best_fit", "pairs", "batches", "fim"] {
      let values: KeyValuePairs<String, SettingValue.Content> =
        switch objective {
        case "best_fit": ["objective": .text("clm"), "windowing": .text("best_fit")]
        case "pairs": ["objective": .text("bert_pairs")]
        case "batches": ["objective": .text("contrastive"), "batch_size": .integer(4)]
        default: ["objective": .text("clm"), "fim_rate": .number(0.5), "fim_context": .text("document")]
        }
      #expect(code(["mlm": [:], "other": values])?.code == "mixture.windows", "\(objective)")
    }
    #expect(code(["mixture": ["tasks": .map([])]])?.code == "mixture.nested")
    #expect(code([:])?.code == "settings.invalid")
    #expect(code(["mlmm": [:]])?.help == "did you mean 'mlm'?")
    #expect(code(["mlm": ["weight": .integer(0)]])?.code == "settings.wrong-type")
    #expect(code(["mlm": ["epochs": .integer(2)]])?.code == "settings.unknown-key")
  }
}
