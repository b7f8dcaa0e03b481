import Blocks
import Objectives
import TestSupport
import Testing

/// Negatives, supervised pairs and EDA with a lexicon, against independent references.
@Suite struct HardNegativesTests {
  private func block(_ golden: Golden) -> TokenBlock {
    var block = TokenBlock()
    for document in golden.list {
      let start = block.ids.count
      block.ids += document["ids"].ids
      block.documents.append(
        .init(id: document["id"].uint64, start: start, tokenCount: block.ids.count - start))
    }
    return block
  }

  private func expectRow(_ row: Example, _ due: Golden, _ columns: [String]) {
    #expect(row.scalar("doc_id") == Int64(bitPattern: due["doc"].uint64))
    for column in columns {
      let values =
        column == "negative_doc_ids"
        ? due[column].list.map { Int64(bitPattern: $0.uint64) } : due[column].int64s
      #expect(row[column] == values, "\(column)")
    }
  }

  /// Blocks of many windows and of one, a vocabulary of twelve, an exact duplicate, an empty document; two epochs.
  @Test func `Negatives are those that the reference finds`() throws {
    for golden in try Golden("negatives")["blocks"].list {
      let block = block(golden["documents"])
      for item in golden["cases"].list {
        let objective = try make(
          ContrastivePairs.self,
          [
            "length": .integer(item["length"].int), "negatives": .text(item["negatives"].text),
            "negative_count": .integer(item["negative_count"].int),
          ])
        let rows = try objective.examples(of: block, epochs: 2).examples
        try #require(rows.count == item["rows"].list.count)
        for (row, due) in zip(rows, item["rows"].list) {
          expectRow(row, due, ["input_ids", "negative_ids", "negative_doc_ids", "negative_source_starts"])
          #expect(row.scalar("epoch") == Int64(due["epoch"].int))
          #expect(row.scalar("source_start") == Int64(due["source_start"].int))
          try objective.verify(row, seed: 12345)
        }
      }
    }
  }

  @Test func `Records give their texts as in the reference`() throws {
    let golden = try Golden("negatives")
    var block = TokenBlock()
    for record in golden["records"].list {
      let (start, first) = (block.ids.count, block.sectionStarts.count)
      for section in record["sections"].list {
        block.sectionStarts.append(block.ids.count)
        block.ids += section.ids
      }
      block.documents.append(
        .init(
          id: record["id"].uint64, start: start, tokenCount: block.ids.count - start,
          sections: first..<block.sectionStarts.count))
    }
    for item in golden["given"].list {
      let objective = try make(
        ContrastivePairs.self,
        [
          "pairs": .text("given"), "negatives": .text("given"), "length": .integer(item["length"].int),
          "negative_count": .integer(item["negative_count"].int),
        ])
      let (rows, report) = try objective.examples(of: block)
      try #require(rows.count == item["rows"].list.count)
      for (row, due) in zip(rows, item["rows"].list) {
        expectRow(row, due, ["input_ids", "view_start", "view_length", "negative_ids", "negative_source_starts"])
        try objective.verify(row, seed: 12345)
      }
      if item["negative_count"].int == 1 {
        // A record of one text, one of two, and one whose negative is its positive.
        #expect(
          report.drops == [
            .init(reason: "leaking_negative", count: 1), .init(reason: "no_negative", count: 1),
            .init(reason: "no_positive", count: 1),
          ])
      }
    }
  }

  @Test func `Words change as in the reference, or the text is left out`() throws {
    for row in try Golden("negatives")["eda"].list {
      let objective = try make(ContrastivePairs.self, golden: row["settings"])
      let window = Sample.window(row["window"].ids, example: UInt32(row["example"].int))
      // The longest texts of the reference leave no room to grow; the objective's windows are shorter.
      guard window.ids.count <= objective.windowing.length else { continue }
      guard let example = objective.example(of: window) else {
        let isExpected = row.has("columns")
        #expect(!isExpected)
        continue
      }
      #expect(example["input_ids"] == row["columns"]["input_ids"].int64s)
      #expect(example["operation"] == row["columns"]["operation"].int64s)
      try objective.verify(example, seed: 12345)
    }
  }

  @Test func `Logarithms are exact to the last of sixteen bits`() throws {
    for row in try Golden("negatives")["log2"].list {
      #expect(BM25Index.log2(row[0].int, over: row[1].int) == row[2].int)
    }
  }

  /// The index against a search through all windows, on windows that share few tokens and many.
  @Test func `The index finds what a search through everything finds`() {
    var stream = RandomStream(key: (3, 1), counterHigh: (4, 1))
    for spread in [3, 20, 200, 5000] {
      var (ids, starts) = ([UInt32](), [0])
      for _ in 0..<60 {
        for _ in 0..<stream.bounded(30) { ids.append(UInt32(stream.bounded(spread))) }
        starts.append(ids.count)
      }
      var index = BM25Index(ids: ids, starts: starts)
      for window in 0..<60 {
        let own = Set(ids[starts[window]..<starts[window + 1]])
        let all = index.nearest(to: window, count: 60) { _ in true }
        #expect(Set(all).count == all.count && !all.contains(window))
        for other in all { #expect(!own.isDisjoint(with: ids[starts[other]..<starts[other + 1]])) }
        #expect(index.nearest(to: window, count: 3) { _ in true } == Array(all.prefix(3)))
        #expect(index.nearest(to: window, count: 60) { $0 % 2 == 0 } == all.filter { $0 % 2 == 0 })
      }
    }
  }

  @Test func `A negative is never a view, nor from the wrong document`() throws {
    for (kind, pairs) in [("same_source", "crop"), ("bm25", "adjacent"), ("bm25", "augment"), ("same_source", "clear")]
    {
      let objective = try make(
        ContrastivePairs.self,
        ["pairs": .text(pairs), "negatives": .text(kind), "length": .integer(10), "span_share": .number(0.3)])
      // Four ids: texts repeat themselves.
      var block = Sample.block(seed: 3, documents: 12, longest: 80)
      block.ids = block.ids.map { 40 + $0 % 4 }
      let (rows, _) = try objective.examples(of: block)
      #expect(!rows.isEmpty)
      for row in rows {
        let own = row.scalar("doc_id")
        #expect((row["negative_doc_ids"][0] == own) == (kind == "same_source"))
        #expect(row["negative_ids"] != Array(row["input_ids"].prefix(10)))
        #expect(row["negative_ids"] != Array(row["input_ids"].suffix(10)))
        try objective.verify(row, seed: 12345)
      }
    }
  }

  @Test func `Settings that contradict one another are refused`() {
    for values in [
      ["negatives": .text("given")], ["pairs": .text("given"), "negatives": .text("bm25")],
      ["pairs": .text("declutr"), "negatives": .text("bm25")],
    ] as [KeyValuePairs<String, SettingValue.Content>] {
      let error = #expect(throws: Diagnostic.self) { try make(ContrastivePairs.self, values) }
      #expect(error?.code == "settings.invalid")
    }
    let error = #expect(throws: Diagnostic.self) {
      try make(ContrastivePairs.self, ["pairs": .text("eda")], vocabulary: Sample.bert)
    }
    #expect(error?.code == "objective.missing-lexicon")
    #expect(throws: Never.self) {
      try make(
        ContrastivePairs.self, ["pairs": .text("eda"), "word_operations": .texts("swap", "delete")],
        vocabulary: Sample.bert)
    }
  }

  @Test func `A lexicon has each word once, and no word for itself`() {
    let lexicon = WordLexicon([
      .init(word: [5, 6], synonyms: [[7], [5, 6], [], [7], [8]]), .init(word: [5], synonyms: [[5]]),
      .init(word: [4], synonyms: [[9]]), .init(word: [5, 6], synonyms: [[1]]), .init(word: [], synonyms: [[1]]),
    ])
    #expect(lexicon.count == 2)
    #expect(lexicon.number(of: [5]) == nil && lexicon.number(of: []) == nil && lexicon.number(of: [9, 9]) == nil)
    #expect(lexicon.number(of: [4]) == 0 && lexicon.number(of: [5, 6]) == 1)
    #expect((0..<lexicon.synonymCount(of: 1)).map { Array(lexicon.ids[lexicon.synonym($0, of: 1)]) } == [[7], [8]])
  }
}
