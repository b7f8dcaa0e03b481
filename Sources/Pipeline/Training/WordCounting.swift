import Blocks
import Corpus
import Files
import Text
import Tokenization

/// Counts the words of a corpus within a budget of memory: in tables while they fit, else in sorted runs on disk.
///
/// Each worker counts into a table of its own. The sums are a function of the texts alone: neither their order, nor the
/// number of threads, nor the budget matters.
struct WordCounting {
  /// What was counted.
  struct Counted: ~Copyable {
    /// All words, unless some went to disk: then none.
    var words = WordCounts()
    /// Documents that were left out.
    var skipped = 0
  }

  let textSteps: [String]
  let trainer: TrainerSettings
  let files: [InputFile]
  /// Keys which documents of a weighted input take part.
  let seed: UInt64
  let threads: Int
  let spill: WordSpill
  /// Bytes that the tables of one worker may take. A table takes up to three times its bytes for a moment when it
  /// grows or is turned into words, and all tables are added up in one more at the end.
  let tableByteLimit: Int

  /// - Parameter memory: bytes for the tables of all workers together; checked after every block.
  init(
    textSteps: [String], trainer: TrainerSettings, files: [InputFile], seed: UInt64, threads: Int, memory: Int,
    spill: WordSpill
  ) {
    self.textSteps = textSteps
    self.trainer = trainer
    self.files = files
    self.seed = seed
    self.threads = threads
    self.spill = spill
    tableByteLimit = memory / (2 * threads)
  }

  func count(_ run: CorpusRun) throws(Diagnostic) -> Counted {
    let total = Monitor(Counted())
    let (textSteps, trainer, spill, limit, files, seed) = (textSteps, trainer, spill, tableByteLimit, files, seed)
    try run.forEachThread { (worker) throws(Diagnostic) in
      var block = DocumentBlock()
      let pipeline = try TextPipeline(steps: textSteps)
      let counter = try PreTokenCounter(trainer)
      var textScratch = TextScratch()
      var scratch = PreTokenCounter.Scratch()
      var chunks = WordCounts()
      while try worker.nextBlock(into: &block) {
        if block.holdsCodes {
          throw Diagnostic(
            "train.codes", "'\(block.path)' holds codes, and a tokenizer is trained on texts",
            at: SourceLocation(path: block.path), help: "codes need no tokenizer: `tokenizer: {codes: {size: …}}`")
        }
        try pipeline.apply(to: &block, scratch: &textScratch)
        let (documents, sourceBytes, skipped) = (block.documents.count, block.sourceByteCount, block.skipped.count)
        let file = files[block.fileIndex]
        if file.weight != 1 { block.assignIDs() }
        // Documents that take part again count again.
        var copies = block.takeShares(of: file, seed: seed)?.copies ?? []
        repeat {
          counter.count(block, into: &chunks, scratch: &scratch)
          block.dropFirstShares(&copies)
        } while !copies.isEmpty
        worker.report { progress in
          progress.documents += documents
          progress.sourceBytes += sourceBytes
        }
        total.withLock { $0.skipped += skipped }
        if chunks.byteCount > limit {
          var full = WordCounts()
          swap(&full, &chunks)
          try spill.spill(counter.words(of: full, scratch: &scratch))
        }
      }
      let words = counter.words(of: chunks, scratch: &scratch)
      total.withLock { $0.words.merge(words) }
    }
    var counted = total.withLock { total in
      var counted = Counted()
      swap(&counted, &total)
      return counted
    }
    if !spill.isEmpty {
      try spill.spill(counted.words)
      counted.words = WordCounts()
    }
    return counted
  }
}
