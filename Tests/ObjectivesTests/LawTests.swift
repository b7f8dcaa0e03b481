import Blocks
import Objectives
import TestSupport
import Testing

/// What holds for every objective, whatever it does.
@Suite struct LawTests {
  @Test func `Every objective of the standard list is tried`() {
    let names = Set(Variant.all.map { type(of: $0.objective).name })
    #expect(names == Set(AllObjectives.standard.names))
    for (name, member) in AllObjectives.standard.members { #expect(member.name == name) }
  }

  @Test func `No two objectives draw by the same number`() {
    var owners: [UInt32: String] = [:]
    for variant in Variant.all {
      let name = type(of: variant.objective).name
      #expect(owners.updateValue(name, forKey: variant.objective.drawNumber) ?? name == name, "\(variant.name)")
    }
  }

  @Test(arguments: Variant.all) func `The same seed gives the same rows, another seed others`(variant: Variant) throws {
    let block = Sample.block(seed: 1, documents: 6, longest: 60)
    let first = try variant.objective.examples(of: block, seed: 5, epochs: 2)
    let again = try variant.objective.examples(of: block, seed: 5, epochs: 2)
    #expect(first.examples == again.examples && first.report == again.report)
    #expect(!first.examples.isEmpty)
    let other = try variant.objective.examples(of: block, seed: 6, epochs: 2)
    #expect((first.examples == other.examples) == !variant.draws)
  }

  @Test(arguments: Variant.all) func `A row gives its window back`(variant: Variant) throws {
    let objective = variant.objective
    var scratch = ObjectiveScratch()
    var gathered = TokenWindow()
    for seed in 0..<4 as Range<UInt64> {
      let block = Sample.block(seed: seed, documents: 5, longest: 70)
      _ = try objective.windowing.forEachWindow(
        of: block, documents: [0, 1, 3, 4], seed: 9, epoch: 3, gatheringInto: &gathered
      ) { window throws(Diagnostic) in
        var window = window
        var batch = ExampleBatch(schema: objective.schema)
        let dropped = objective.append(
          window, drawing: objective.draws(seed: 9, for: window), orderKey: 77, scratch: &scratch, to: &batch)
        guard dropped == nil else { return }
        // Documents that are joined without a mark cannot be told apart in a row.
        if objective.windowing.endOfDocument == nil, window.segmentDocuments.isEmpty { window.segmentStarts = [0] }
        #expect(try objective.restore(batch.example(at: 0)) == window)
        #expect(batch.orderKeys == [77])
      }
    }
  }

  @Test(arguments: Variant.all) func `Every row is verified, and not with another seed`(variant: Variant) throws {
    let block = Sample.block(seed: 3, documents: 8, longest: 60)
    let examples = try variant.objective.examples(of: block, seed: 5, epochs: 2).examples
    var reproduced = 0
    for example in examples {
      try variant.objective.verify(example, seed: 5)
      do throws(Diagnostic) {
        try variant.objective.verify(example, seed: 6)
        reproduced += 1
      } catch {
        #expect(error.code == "verify.not-reproducible")
      }
    }
    // Another seed may give a short row by chance, but never most of them.
    #expect(variant.draws ? reproduced * 3 < examples.count : reproduced == examples.count)
  }

  /// All after one another with the same scratch, in both orders.
  @Test func `Other objectives in the run change nothing`() throws {
    let block = Sample.block(seed: 4, documents: 4, longest: 60)
    let documents = Array(block.documents.indices)
    let alone = try Variant.all.map { try $0.objective.examples(of: block, seed: 5).examples }
    var scratch = ObjectiveScratch()
    for index in Array(Variant.all.indices) + Variant.all.indices.reversed() {
      let objective = Variant.all[index].objective
      var batch = ExampleBatch(schema: objective.schema)
      _ = try objective.appendExamples(
        of: block, documents: documents, seed: 5, epochs: 1, scratch: &scratch, to: &batch)
      #expect((0..<batch.rowCount).map { batch.example(at: $0) } == alone[index], "\(Variant.all[index].name)")
    }
  }

  @Test(arguments: Variant.all) func `Epochs are different copies of the same windows`(variant: Variant) throws {
    let block = Sample.block(seed: 5, documents: 6, longest: 60)
    // Windows that are drawn differ from epoch to epoch.
    guard !variant.objective.windowing.isDrawn else { return }
    let examples = try variant.objective.examples(of: block, epochs: 2).examples
    let epochs = [0, 1].map { epoch in examples.filter { $0.scalar("epoch") == Int64(epoch) } }
    #expect(abs(epochs[0].count - epochs[1].count) <= 2)
    let content = epochs.map { $0.map { $0.values.dropLast(variant.provenanceColumnCount) } }
    #expect((content[0] == content[1]) == !variant.draws)
    if epochs[0].count == epochs[1].count {
      #expect(epochs[0].map { $0["window_hash"] } == epochs[1].map { $0["window_hash"] })
    }
  }

  /// But for negatives that are looked for in all documents.
  @Test(
    arguments: Variant.all.filter {
      [.document, .docSentences, .records].contains($0.objective.windowing.kind)
        && $0.objective.windowing.negatives?.kind != .bm25
    })
  func `Without some documents the rows of the others stay as they were`(variant: Variant) throws {
    let block = Sample.block(seed: 6, documents: 9, longest: 60)
    let all = try variant.objective.examples(of: block).examples
    var batch = ExampleBatch(schema: variant.objective.schema)
    var scratch = ObjectiveScratch()
    _ = try variant.objective.appendExamples(
      of: block, documents: [1, 4, 5, 8], seed: 12345, epochs: 1, scratch: &scratch, to: &batch)
    let kept = Set([1, 4, 5, 8].map { Int64(bitPattern: block.documents[$0].id) })
    #expect(
      (0..<batch.rowCount).map { batch.example(at: $0) }
        == all.filter { $0.scalar("doc_id").map(kept.contains) == true })
  }

  @Test(arguments: Variant.all) func `Every token is in a row or counted as dropped`(variant: Variant) throws {
    let objective = variant.objective
    // Overlaps count twice, and so do the sentences of pairs that are used again, and negatives of other windows.
    guard objective.windowing.overlap == 0, !objective.windowing.isDrawn,
      objective.windowing.negatives?.kind != .bm25
    else { return }
    for seed in 7..<10 as Range<UInt64> {
      let block = Sample.block(seed: seed, documents: 7, longest: 50)
      let (examples, report) = try objective.examples(of: block)
      let marks = objective.windowing.endOfDocument == nil ? 0 : 1
      let stream = block.documents.reduce(0) { $0 + ($1.tokenCount == 0 ? 0 : $1.tokenCount + marks) }
      let used = examples.reduce(0) { $0 + Int($1.scalar("source_length") ?? 0) }
      #expect(used + report.droppedTokens == stream)
      #expect(report.examples == examples.count)
      let failed = report.drops.filter { $0.reason != "tail_dropped" }.reduce(0) { $0 + $1.count }
      #expect(report.windows == examples.count + failed)
    }
  }

  @Test(arguments: Variant.all) func `Explanations show ids of the vocabulary, damaged rows too`(variant: Variant)
    throws
  {
    let block = Sample.block(seed: 8, documents: 3, longest: 40)
    for var example in try variant.objective.examples(of: block).examples {
      #expect(variant.objective.explain(example).contains { !$0.tokens.isEmpty })
      example.values[0] = example.values[0].map { _ in 255 }
      _ = variant.objective.explain(example)
      example.values[0] = []
      _ = variant.objective.explain(example)
    }
  }

  @Test func `Order keys are the golden ones`() throws {
    let objective = try make(MaskedLM.self)
    for row in try Golden("shuffle")["bucket_shuffle_seed7_objective255_purpose0"].list {
      let window = Sample.window([50], document: UInt64(row["doc"].int), example: UInt32(row["example"].int))
      #expect(objective.orderKey(seed: 7, for: window) == row["key64"].uint64)
    }
  }
}

extension Variant {
  /// Columns at the end of a row that tell where it comes from.
  var provenanceColumnCount: Int { objective.schema.columns.count - objective.schema.index(of: "doc_id") }
}
