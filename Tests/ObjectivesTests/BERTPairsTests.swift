import Blocks
import Objectives
import TestSupport
import Testing

@Suite struct BERTPairsTests {
  private func block(_ golden: Golden) -> TokenBlock {
    var block = TokenBlock()
    for document in golden.list {
      let (start, first) = (block.ids.count, block.sentenceStarts.count)
      for sentence in document["sentences"].list {
        block.sentenceStarts.append(block.ids.count)
        block.ids += sentence.ids
      }
      block.documents.append(
        .init(
          id: document["id"].uint64, start: start, tokenCount: block.ids.count - start,
          sentences: first..<block.sentenceStarts.count))
    }
    return block
  }

  /// Documents of one sentence and of many, short targets and long sentences, both kinds of pairs, two epochs.
  @Test func `Whole rows come out of seed and block as in the reference`() throws {
    for golden in try Golden("pairs")["blocks"].list {
      let block = block(golden["documents"])
      for item in golden["cases"].list {
        let pairs = item["pairs"].text
        let objective = try make(
          BERTPairs.self,
          [
            "pairs": .text(pairs), "length": .integer(item["length"].int),
            "short_seq_prob": .number(item["short_seq_prob"].double),
          ])
        let rows = try objective.examples(of: block, epochs: 2).examples
        try #require(rows.count == item["rows"].list.count)
        for (row, due) in zip(rows, item["rows"].list) {
          #expect(trimmed(row["input_ids"], 0) == due["input_ids"].int64s)
          let types = due["token_type_ids"].int64s
          #expect(Array(row["token_type_ids"].prefix(types.count)) == types)
          #expect(
            row.scalar(pairs == "nsp" ? "next_sentence_label" : "sentence_order_label") == Int64(due["label"].int))
          #expect(row.scalar("doc_id") == Int64(bitPattern: block.documents[due["document"].int].id))
          #expect(row.scalar("second_doc_id") == Int64(bitPattern: block.documents[due["second_document"].int].id))
          #expect(row.scalar("source_start") == Int64(due["source_start"].int))
          #expect(row.scalar("second_source_start") == Int64(due["second_source_start"].int))
          #expect(row.scalar("example_index") == Int64(due["example"].int))
          try objective.verify(row, seed: 12345)
        }
      }
    }
  }

  /// The places that a row names hold the tokens that it restores to.
  @Test func `A row says where both texts come from`() throws {
    let block = Sample.block(seed: 31, documents: 12, longest: 90)
    for pairs in ["nsp", "sop"] {
      let objective = try make(BERTPairs.self, ["pairs": .text(pairs), "length": .integer(32)])
      for example in try objective.examples(of: block, epochs: 2).examples {
        let window = try objective.restore(example)
        for (part, range) in [0..<window.segmentStarts[1], window.segmentStarts[1]..<window.ids.count].enumerated() {
          let document = try #require(block.documents.first { $0.id == window.segmentDocuments[part] })
          let start = document.start + window.segmentSources[part]
          #expect(Array(window.ids[range]) == Array(block.ids[start..<start + range.count]))
        }
      }
    }
  }

  @Test func `Partners come from documents that take part`() throws {
    let block = Sample.block(seed: 32, documents: 9, longest: 60)
    let objective = try make(BERTPairs.self, ["length": .integer(32)])
    var batch = ExampleBatch(schema: objective.schema)
    var scratch = ObjectiveScratch()
    _ = try objective.appendExamples(
      of: block, documents: [1, 2, 5], seed: 3, epochs: 3, scratch: &scratch, to: &batch)
    let members = Set([1, 2, 5].map { Int64(bitPattern: block.documents[$0].id) })
    #expect((0..<batch.rowCount).allSatisfy { members.contains(batch.example(at: $0).scalar("second_doc_id") ?? 0) })
  }

  @Test func `Next sentences are random more often than not, and orders evenly turned`() throws {
    let block = Sample.block(seed: 33, documents: 60, longest: 200)
    let next = try make(BERTPairs.self, ["length": .integer(40), "layout": .text("compact")])
    let rows = try next.examples(of: block, epochs: 3).examples
    let random = rows.filter { $0.scalar("next_sentence_label") == 1 }.count
    // Chunks of one sentence have no next one in them.
    #expect(2 * random > rows.count && random < rows.count)
    let other = rows.filter { $0.scalar("second_doc_id") != $0.scalar("doc_id") }.count
    #expect(random - other < 5)
    let order = try make(
      BERTPairs.self, ["length": .integer(40), "layout": .text("compact"), "pairs": .text("sop")])
    let turned = try order.examples(of: block, epochs: 3).examples.map { $0.scalar("sentence_order_label") ?? 0 }
    let z = (Double(turned.reduce(0, +)) - 0.5 * Double(turned.count)) / (0.25 * Double(turned.count)).squareRoot()
    #expect(abs(z) < 5)
  }

  @Test func `Every epoch has its own pairs`() throws {
    let block = Sample.block(seed: 34, documents: 10, longest: 120)
    let objective = try make(BERTPairs.self, ["length": .integer(48)])
    let rows = try objective.examples(of: block, epochs: 2).examples
    let places = [0, 1].map { epoch in
      rows.filter { $0.scalar("epoch") == Int64(epoch) }.map { [$0["second_doc_id"], $0["second_source_start"]] }
    }
    #expect(places[0] != places[1])
  }

  @Test func `A label against the places of the texts is noticed`() throws {
    let block = Sample.block(seed: 35, documents: 10, longest: 120)
    for pairs in ["nsp", "sop"] {
      let objective = try make(BERTPairs.self, ["pairs": .text(pairs), "length": .integer(48)])
      let column = objective.schema.index(of: pairs == "nsp" ? "next_sentence_label" : "sentence_order_label")
      for var example in try objective.examples(of: block).examples {
        example.values[column][0] = 1 - example.values[column][0]
        #expect(throws: Diagnostic.self) { try objective.check(example) }
      }
    }
  }
}
