import Blocks
import Objectives
import TestSupport
import Testing

/// Documents that are laid out before they are cut into rows.
@Suite struct FillInTheMiddleTests {
  /// Encodes runs of three characters, counted from the start of what is encoded.
  private final class RunText: DocumentText {
    let texts: [[Unicode.Scalar]]

    init(_ texts: [String]) { self.texts = texts.map { Array($0.unicodeScalars) } }

    static func encode(_ scalars: some Collection<Unicode.Scalar>) -> [UInt32] {
      let scalars = Array(scalars)
      return stride(from: 0, to: scalars.count, by: 3).map { start in
        30 + scalars[start..<min(start + 3, scalars.count)].reduce(0) { $0 + $1.value } % 270
      }
    }

    func scalarCount(ofDocument position: Int) -> Int { texts[position].count }

    func append(_ scalars: Range<Int>, ofDocument position: Int, to ids: inout [UInt32]) {
      ids += Self.encode(texts[position][scalars])
    }
  }

  private func examples(
    _ objective: CausalLM, _ golden: Golden, text: RunText?
  ) throws(Diagnostic) -> [Example] {
    var block = TokenBlock()
    for (position, document) in golden.list.enumerated() {
      let ids = text.map { RunText.encode($0.texts[position]) } ?? document["ids"].ids
      block.documents.append(.init(id: document["id"].uint64, start: block.ids.count, tokenCount: ids.count))
      block.ids += ids
    }
    var batch = ExampleBatch(schema: objective.schema)
    var scratch = ObjectiveScratch()
    _ = try objective.appendExamples(
      of: block, documents: Array(block.documents.indices), seed: 12345, epochs: 2, text: text, scratch: &scratch,
      to: &batch)
    return (0..<batch.rowCount).map { batch.example(at: $0) }
  }

  @Test func `Documents are laid out and packed as in the reference, between tokens and characters`() throws {
    for item in try Golden("fim")["cases"].list {
      let objective = try make(
        CausalLM.self,
        [
          "length": .integer(item["length"].int), "fim_rate": .number(item["rate"].double),
          "fim_spm_rate": .number(item["spm_rate"].double), "fim_context": .text("document"),
          "fim_level": .text(item["level"].text), "layout": .text("compact"),
        ])
      let text = item["level"].text == "character" ? RunText(item["documents"].list.map { $0["text"].text }) : nil
      let rows = try examples(objective, item["documents"], text: text)
      let due = item["epochs"].list.flatMap(\.list)
      try #require(rows.count == due.count)
      for (row, due) in zip(rows, due) {
        var names = [
          "input_ids", "cu_seqlens", "segment_source_starts", "fim_mode", "fim_a", "fim_b", "fim_count",
        ]
        if text != nil { names += ["fim_char_a", "fim_char_b", "fim_char_count"] }
        for name in names { #expect(row[name] == due[name].int64s, "\(name)") }
        #expect(row["segment_doc_ids"] == due["segment_doc_ids"].list.map { Int64(bitPattern: $0.uint64) })
        try objective.verify(row, seed: 12345)
        // Every value of these lists is bound: to the marks, to the draws, or to the hash.
        for name in names where name.hasPrefix("fim") {
          for position in row[name].indices {
            for delta in [1, -1] as [Int64] {
              var changed = row
              changed.values[row.schema.index(of: name)][position] += delta
              #expect(throws: Diagnostic.self) { try objective.verify(changed, seed: 12345) }
            }
          }
        }
      }
    }
  }

  /// A document's pieces, put together and undone by its layout, are the document.
  @Test func `Rows give documents back, their middles in place`() throws {
    let block = Sample.block(seed: 12, documents: 9, longest: 50)
    for windowing in ["packed", "document", "best_fit"] {
      let objective = try make(
        CausalLM.self,
        [
          "length": .integer(16), "fim_rate": .number(0.8), "fim_context": .text("document"),
          "layout": .text("compact"),
          "windowing": .text(windowing),
        ])
      var pieces: [Int64: [Int64: [Int64]]] = [:]
      var layouts: [Int64: (mode: Int64, a: Int, b: Int)] = [:]
      for row in try objective.examples(of: block).examples {
        let bounds = row["cu_seqlens"].map { Int($0) }
        for segment in 0..<bounds.count - 1 {
          let document = row["segment_doc_ids"][segment]
          pieces[document, default: [:]][row["segment_source_starts"][segment]] =
            Array(row["input_ids"][bounds[segment]..<bounds[segment + 1]])
          layouts[document] = (row["fim_mode"][segment], Int(row["fim_a"][segment]), Int(row["fim_b"][segment]))
        }
      }
      let fim = FillInTheMiddle(prefix: 9, middle: 10, suffix: 11, rate: 1, spmRate: 0.5)
      for document in block.documents where document.tokenCount > 0 {
        let id = Int64(bitPattern: document.id)
        guard let parts = pieces[id], let layout = layouts[id] else { continue }
        var shown = parts.sorted { $0.key < $1.key }.flatMap(\.value).map { UInt32($0) }
        // A row of one token is left out, and with it perhaps the end of a document.
        guard shown.last == 7 else { continue }
        shown.removeLast()
        let mode = FillInTheMiddle.Mode(rawValue: Int32(layout.mode)) ?? .none
        #expect(fim.restore(shown[...], mode, from: layout.a, to: layout.b) == Array(block.ids[document.range]))
      }
    }
  }

  @Test func `Characters need whole documents, and their texts`() throws {
    let error = #expect(throws: Diagnostic.self) {
      try make(CausalLM.self, ["fim_rate": .number(0.5), "fim_level": .text("character")])
    }
    #expect(error?.code == "settings.invalid")
    let objective = try make(
      CausalLM.self,
      ["fim_rate": .number(0.5), "fim_level": .text("character"), "fim_context": .text("document")])
    #expect(objective.windowing.needsText)
    let missing = #expect(throws: Diagnostic.self) {
      try objective.examples(of: Sample.block(seed: 1, documents: 3, longest: 20))
    }
    #expect(missing?.code == "objective.missing-text")
  }

  @Test func `The marks of a layout are where they are laid out`() {
    let fim = FillInTheMiddle(prefix: 1, middle: 2, suffix: 3, rate: 1, spmRate: 0.5)
    for count in 0...5 {
      for b in 0...count {
        for a in 0...b {
          for mode in 1...2 as ClosedRange<UInt8> {
            var layout = DocumentLayout()
            (layout.mode, layout.a, layout.b, layout.count) = (mode, a, b, count)
            var row: [UInt32] = []
            fim.append(
              Array(40..<40 + UInt32(count))[...], .init(rawValue: Int32(mode)) ?? .none, from: a, to: b, row: &row)
            #expect(row.count == layout.shownCount)
            #expect(
              layout.marks.map { [$0.prefix, $0.middle, $0.suffix] } == [1, 2, 3].map { row.firstIndex(of: $0) })
          }
        }
      }
    }
  }
}
