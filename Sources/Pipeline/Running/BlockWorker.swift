import Blocks
import Corpus
import Files
import Objectives
import Text
import Tokenization

/// Carries one block from text to a finished segment. Owns every buffer of that road and uses them again for the next.
struct BlockWorker: ~Copyable {
  private let plan: Plan
  private let fileSystem: any FileSystem
  private let textPipeline: TextPipeline
  var block = DocumentBlock()
  private var tokens = TokenBlock()
  private var textScratch = TextScratch()
  private var tokenizerScratch: Tokenizer.Scratch
  private var objectiveScratch = ObjectiveScratch()

  init(plan: Plan, in fileSystem: any FileSystem) throws(Diagnostic) {
    self.plan = plan
    self.fileSystem = fileSystem
    textPipeline = try TextPipeline(steps: plan.recipe.textSteps)
    tokenizerScratch = plan.tokenizer.makeScratch()
  }

  /// Makes the segment of the block that was read last.
  mutating func makeSegment(at path: String, sourceDigest: UInt64) throws(Diagnostic) -> Segment.Index {
    var writer = try SegmentWriter(path: path, sliceBits: plan.sliceBits, in: fileSystem)
    let summary = try makeSections(sourceDigest: sourceDigest) { batch, rows throws(Diagnostic) in
      try writer.append(section: batch, rows: rows)
    }
    return try writer.finish(summary)
  }

  /// Bytes of all rows of the block that was read last, and how many rows there are; nothing is written.
  mutating func measureRows() throws(Diagnostic) -> (byteCount: Int, rowCount: Int) {
    var (byteCount, rowCount) = (0, 0)
    _ = try makeSections(sourceDigest: 0) { batch, rows in
      rowCount += rows.count
      for buffer in batch.buffers {
        for row in rows {
          let values = buffer.column.fixedCount ?? buffer.offsets[row + 1] - buffer.offsets[row]
          byteCount += values * buffer.column.type.byteWidth + (buffer.column.fixedCount == nil ? 4 : 0)
        }
      }
    }
    return (byteCount, rowCount)
  }

  /// Makes the rows of the block that was read last.
  ///
  /// - Parameter body: takes the rows of one section after the other, in the plan's order.
  private mutating func makeSections(
    sourceDigest: UInt64, _ body: (_ batch: borrowing ExampleBatch, _ rows: [Int]) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> BlockSummary {
    var summary = BlockSummary(fileIndex: block.fileIndex, blockIndex: block.blockIndex, path: block.path)
    summary.sourceDigest = sourceDigest
    summary.sourceBytes = block.sourceByteCount
    if block.holdsCodes {
      try takeCodes()
    } else {
      try textPipeline.apply(to: &block, scratch: &textScratch)
      block.assignIDs()
    }
    let shares = block.takeShares(of: plan.files[block.fileIndex], seed: plan.recipe.seed)
    summary.leftOut.add("weight", shares?.leftOut ?? 0)
    if block.holdsCodes {
      _ = tokens.take(codesOf: block, below: plan.vocabulary.vocabularySize)
    } else {
      if plan.needsSentences { try SentenceSplitter().findSentences(in: &block, scratch: &textScratch) }
      plan.tokenizer.encode(
        block, into: &tokens, scratch: &tokenizerScratch,
        specialInText: plan.recipe.specialInText)
    }

    var members: [[Int]] = plan.splits.map { _ in [] }
    let records = tokens.joinRecords(of: block)
    for (index, record) in records.enumerated() {
      let document = tokens.documents[index]
      guard document.tokenCount > 0 else {
        block.skip(record.lowerBound, code: "tokenize.no-tokens", message: "the tokenizer gives the document no token")
        continue
      }
      for text in record { summary.textBytes += block.documents[text].byteCount }
      members[plan.isValidation(document.id) ? 1 : 0].append(index)
    }
    summary.documents = members.reduce(0) { $0 + $1.count }
    summary.validationDocuments = members.count > 1 ? members[1].count : 0
    summary.tokens = tokens.ids.count
    for skip in block.skipped { summary.skips.add(skip.code) }
    summary.skipped = Array(block.skipped.prefix(BlockSummary.maximumListedSkips))

    let text =
      plan.needsText ? BlockText(block, records: records, tokenizer: plan.tokenizer, plan.recipe.specialInText) : nil
    for planned in plan.objectives {
      var batch = ExampleBatch(schema: planned.objective.schema)
      var counts = BlockSummary.ObjectiveCounts()
      for documents in members {
        for (copy, documents) in Self.rounds(of: documents, shares?.copies).enumerated() {
          let report = try planned.objective.appendExamples(
            of: tokens, documents: documents, seed: plan.recipe.seed, epochs: planned.epochs,
            firstEpoch: copy * planned.epochs, text: text, scratch: &objectiveScratch, to: &batch)
          counts.add(report)
        }
        for rows in try planned.sections(of: batch, path: block.path) { try body(batch, rows) }
        batch.removeAll()
      }
      summary.objectives.append(counts)
    }
    return summary
  }

  /// The documents that take part at least once, those that do at least twice, and so on.
  private static func rounds(of documents: [Int], _ copies: [Int]?) -> [[Int]] {
    guard let copies else { return [documents] }
    var rounds: [[Int]] = []
    while let members = Optional(documents.filter { copies[$0] > rounds.count }), !members.isEmpty {
      rounds.append(members)
    }
    return rounds
  }
}

extension Plan.PlannedObjective {
  /// The rows of each bin, or all rows.
  ///
  /// - Throws: `build.no-bin` for a row that is longer than the last bin.
  fileprivate func sections(of batch: borrowing ExampleBatch, path: String) throws(Diagnostic) -> [[Int]] {
    guard let longest = bins.last else { return [Array(0..<batch.rowCount)] }
    let column = batch.schema.index(of: "input_ids")
    var sections: [[Int]] = bins.map { _ in [] }
    for row in 0..<batch.rowCount {
      let length = batch.range(ofRow: row, column: column).count
      guard let bin = bins.firstIndex(where: { length <= $0 }) else {
        throw Diagnostic(
          "build.no-bin", "no bin of '\(name)' holds a row of \(length) input_ids", at: SourceLocation(path: path),
          expected: "at most \(longest)", help: "add a bin that holds the longest row, or shorten the rows (length)")
      }
      sections[bin].append(row)
    }
    return sections
  }

  /// The documents that take part at least once, those that do at least twice, and so on.
  private static func rounds(of documents: [Int], _ copies: [Int]?) -> [[Int]] {
    guard let copies else { return [documents] }
    var rounds: [[Int]] = []
    while let members = Optional(documents.filter { copies[$0] > rounds.count }), !members.isEmpty {
      rounds.append(members)
    }
    return rounds
  }
}

extension BlockWorker {
  /// Takes the documents of a block of codes as they are. One with a code that the vocabulary lacks is left out, or
  /// ends the run, as the input says.
  private mutating func takeCodes() throws(Diagnostic) {
    if let objective = plan.objectives.first(where: { $0.objective.windowing.needsText }) {
      throw Diagnostic(
        "recipe.codes-without-text", "'objectives.\(objective.name)' cuts texts, and '\(block.path)' holds codes",
        at: SourceLocation(path: block.path), help: "leave the objective out, or give it texts")
    }
    block.assignIDs()
    if let bad = tokens.take(codesOf: block, below: plan.vocabulary.vocabularySize) {
      let isFatal = plan.files[block.fileIndex].options.onError == .fail
      for (index, code) in bad {
        let problem = Diagnostic(
          "tokenize.code-out-of-range", "a code is no id of the vocabulary",
          at: block.location(of: block.documents[index]),
          expected: "0 to \(plan.vocabulary.vocabularySize - 1)", found: "\(code)",
          help: "raise `tokenizer.codes.size`, or set `on_error: skip` to leave such documents out")
        if isFatal { throw problem }
        block.skip(index, code: problem.code, message: "\(problem.message) (found \(code))")
      }
      block.removeDocuments(bad.map(\.index))
      _ = tokens.take(codesOf: block, below: plan.vocabulary.vocabularySize)
    }
  }
}

extension BlockSummary.ObjectiveCounts {
  fileprivate mutating func add(_ report: ExampleReport) {
    windows += report.windows
    examples += report.examples
    tokens += report.tokens
    droppedTokens += report.droppedTokens
    for drop in report.drops { dropped.add(drop.reason, drop.count) }
  }
}
