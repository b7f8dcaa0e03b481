public import Blocks
import Corpus
public import Files
import JSONText
import Text
import Tokenization

/// Trains a tokenizer from a recipe's inputs: the same road as a build as far as the text steps, then words are counted
/// and merged.
///
/// Each worker counts into a table of its own; the tables are added up at the end. The result is a function of the
/// texts alone: neither their order nor the number of threads matters.
public struct TokenizerTraining: Sendable {
  /// What a training did.
  public struct Report: Sendable {
    public var outputPath: String
    public var model: String
    public var vocabularySize = 0
    public var documents = 0
    public var skipped = 0
    public var sourceBytes = 0
    public var distinctWords = 0
    public var countSeconds = 0.0
    public var mergeSeconds = 0.0
    public var peakMemoryBytes = 0
  }

  private struct Counted: ~Copyable {
    var words = WordCounts()
    var progress = Progress()
    var skipped = 0
    var inputBytesByFile: [Int]

    init(fileCount: Int) { inputBytesByFile = Array(repeating: 0, count: fileCount) }
  }

  let recipe: Recipe
  let threads: Int
  let cancellation: Cancellation
  let onProgress: (@Sendable (Progress) -> Void)?
  let fileSystem: any FileSystem

  /// - Parameter threads: 0 means one for each core.
  public init(
    recipe: Recipe, threads: Int = 0, cancellation: Cancellation = Cancellation(),
    onProgress: (@Sendable (Progress) -> Void)? = nil, in fileSystem: any FileSystem = LocalFileSystem()
  ) {
    self.recipe = recipe
    self.threads = threads > 0 ? threads : max(1, processorCount())
    self.cancellation = cancellation
    self.onProgress = onProgress
    self.fileSystem = fileSystem
  }

  /// Trains as the recipe's `tokenizer.train` says and writes a `tokenizer.json`, whole or not at all.
  ///
  /// - Throws: `train.no-settings` when the recipe loads a tokenizer instead; what the corpus has to say;
  ///   `build.interrupted`.
  public func train(writingTo path: String) throws(Diagnostic) -> Report {
    let files = try DatasetBuilder(recipe: recipe, in: fileSystem).resolveFiles()
    // Opened first: a path that cannot be written to should not wait for the training's end to say so.
    var file = try AtomicFile(path, in: fileSystem)
    let (bytes, report) = try trainReporting(on: files)
    try file.write(bytes)
    try file.commit()
    var named = report
    named.outputPath = path
    return named
  }

  /// The bytes of the tokenizer.
  func train(on files: [InputFile]) throws(Diagnostic) -> [UInt8] {
    try trainReporting(on: files).bytes
  }

  private func trainReporting(on files: [InputFile]) throws(Diagnostic) -> (bytes: [UInt8], report: Report) {
    guard case .train(let settings) = recipe.tokenizer else {
      throw Diagnostic(
        "train.no-settings", "the recipe loads a tokenizer and says nothing of training one",
        expected: "tokenizer: {train: {model: wordpiece, vocab_size: 8000}}")
    }
    let trainer = TrainerSettings(settings)
    let countWatch = Stopwatch()
    let counted = try countWords(of: files, trainer)
    var report = Report(outputPath: "", model: settings.text("model"))
    report.countSeconds = countWatch.seconds
    report.documents = counted.progress.documents
    report.skipped = counted.skipped
    report.sourceBytes = counted.progress.sourceBytes
    report.distinctWords = counted.words.count

    let mergeWatch = Stopwatch()
    let bytes = try trainTokenizer(counted.words, settings: trainer)
    report.mergeSeconds = mergeWatch.seconds
    report.vocabularySize = try Tokenizer(json: bytes, path: "tokenizer.json").vocabularySize
    report.peakMemoryBytes = peakResidentByteCount()
    return (bytes, report)
  }

  private func countWords(of files: [InputFile], _ trainer: TrainerSettings) throws(Diagnostic) -> Counted {
    let (fileSystem, steps) = (fileSystem, recipe.textSteps)
    let dispenser = Dispenser(fileCount: files.count) { (index) throws(Diagnostic) in
      try InputCursor(files[index], in: fileSystem)
    }
    let total = Monitor(Counted(fileCount: files.count))
    total.withLock { total in
      total.progress.phase = .training
      total.progress.inputTotal = totalByteCount(of: files)
    }
    let watch = Stopwatch()
    try WorkerPool(threadCount: threads).run(
      whileWaiting: {
        if cancellation.isRequested { dispenser.stop() }
        var progress = total.withLock { $0.progress }
        progress.seconds = watch.seconds
        onProgress?(progress)
      },
      stop: { dispenser.stop() },
      { _ in
        var lease = Dispenser.Lease()
        var block = DocumentBlock()
        do throws(Diagnostic) {
          let pipeline = try TextPipeline(steps: steps)
          let counter = try PreTokenCounter(trainer)
          var textScratch = TextScratch()
          var counterScratch = PreTokenCounter.Scratch()
          var words = WordCounts()
          while try dispenser.nextBlock(into: &block, &lease) {
            try pipeline.apply(to: &block, scratch: &textScratch)
            counter.count(block, into: &words, scratch: &counterScratch)
            let (documents, sourceBytes, skipped) = (block.documents.count, block.sourceByteCount, block.skipped.count)
            total.withLock { total in
              total.progress.blocks += 1
              total.progress.documents += documents
              total.progress.sourceBytes += sourceBytes
              total.skipped += skipped
              total.progress.inputBytes += lease.inputBytesRead - total.inputBytesByFile[lease.fileIndex]
              total.inputBytesByFile[lease.fileIndex] = lease.inputBytesRead
            }
          }
          total.withLock { $0.words.merge(words) }
          return nil
        } catch {
          return WorkerPool.Failure(position: (lease.fileIndex, block.blockIndex), diagnostic: error)
        }
      })
    if cancellation.isRequested {
      throw Diagnostic("build.interrupted", "training was stopped", help: "run it again: it starts from the beginning")
    }
    return total.withLock { total in
      var counted = Counted(fileCount: 0)
      swap(&counted, &total)
      return counted
    }
  }
}

extension TrainerSettings {
  /// The recipe's `tokenizer.train`.
  fileprivate init(_ settings: Settings) {
    let model: Model = settings.text("model") == "bpe" ? .bpe : .wordpiece
    self.init(model: model, vocabularySize: settings.integer("vocab_size"))
    minFrequency = UInt64(settings.integer("min_frequency"))
    specialTokens =
      settings.value("special_tokens").content == .null
      ? Self.standardSpecialTokens(sentinels: settings.integer("sentinels")) : settings.texts("special_tokens")
    maxTokenLength = settings.optionalInteger("max_token_length")
    guard model == .wordpiece else { return }
    limitAlphabet = settings.optionalInteger("limit_alphabet")
    initialAlphabet = settings.texts("initial_alphabet")
    continuingSubwordPrefix = settings.text("continuing_subword_prefix")
    lowercase = settings.flag("lowercase")
  }
}
