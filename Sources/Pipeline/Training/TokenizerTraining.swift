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
  ///   `training.…` for settings and words that cannot be trained on; `build.interrupted`.
  public func train(writingTo path: String) throws(Diagnostic) -> Report {
    let files = try DatasetBuilder(recipe: recipe, in: fileSystem).resolveFiles()
    // Opened first: a path that cannot be written to should not wait for the training's end to say so.
    var file = try AtomicFile(path, in: fileSystem)
    let words = Files.path(of: ".\(lastComponent(of: path)).words", in: parentDirectory(of: path))
    let (bytes, report) = try trainReporting(on: files, spillingTo: words)
    try file.write(bytes)
    try file.commit()
    var named = report
    named.outputPath = path
    return named
  }

  /// The bytes of the tokenizer.
  ///
  /// - Parameter folder: where words go that do not fit into memory; gone afterwards.
  func train(on files: [InputFile], spillingTo folder: String) throws(Diagnostic) -> [UInt8] {
    try trainReporting(on: files, spillingTo: folder).bytes
  }

  private func trainReporting(
    on files: [InputFile], spillingTo folder: String
  ) throws(Diagnostic) -> (bytes: [UInt8], report: Report) {
    guard case .train(let settings) = recipe.tokenizer else {
      throw Diagnostic(
        "train.no-settings", "the recipe loads a tokenizer and says nothing of training one",
        expected: "tokenizer: {train: {model: wordpiece, vocab_size: 8000}}")
    }
    let trainer = try TrainerSettings(settings)
    var report = Report(outputPath: "", model: settings.text("model"))
    let spill = try WordSpill(folder: folder, in: fileSystem)
    let trained: TrainedTokenizer
    do throws(Diagnostic) {
      trained = try train(on: files, trainer, memory: settings.integer("memory"), spill, &report)
    } catch {
      // The first error is the one to report.
      try? spill.remove()
      throw error
    }
    try spill.remove()
    report.vocabularySize = trained.vocabularySize
    report.peakMemoryBytes = peakResidentByteCount()
    return (trained.json, report)
  }

  private func train(
    on files: [InputFile], _ trainer: TrainerSettings, memory: Int, _ spill: WordSpill, _ report: inout Report
  ) throws(Diagnostic) -> TrainedTokenizer {
    let countWatch = Stopwatch()
    let run = CorpusRun(
      over: files, phase: .counting, threads: threads, cancellation: cancellation, onProgress: onProgress,
      in: fileSystem)
    let counted = try WordCounting(
      textSteps: recipe.textSteps, trainer: trainer, files: files, seed: recipe.seed, threads: threads, memory: memory,
      spill: spill
    ).count(run)
    try stopIfCancelled()
    report.documents = run.progress.documents
    report.sourceBytes = run.progress.sourceBytes
    report.skipped = counted.skipped

    if spill.isEmpty {
      report.countSeconds = countWatch.seconds
      report.distinctWords = counted.words.count
      return try merge(counted.words, trainer, after: run.progress, &report)
    }
    let words = try spill.merged(checkpoint: stopIfCancelled)
    report.countSeconds = countWatch.seconds
    report.distinctWords = words.count
    return try merge(words, trainer, after: run.progress, &report)
  }

  private func merge(
    _ words: borrowing some CountedWords & ~Copyable, _ trainer: TrainerSettings, after counting: Progress,
    _ report: inout Report
  ) throws(Diagnostic) -> TrainedTokenizer {
    let watch = Stopwatch()
    var progress = counting
    progress.phase = .merging
    var secondsShown = 0.0
    let trained = try trainTokenizer(words, settings: trainer, memoryLimit: physicalMemoryByteCount()) {
      (tokens, asked) throws(Diagnostic) in
      try stopIfCancelled()
      progress.seconds = watch.seconds
      guard progress.seconds - secondsShown >= 0.2 || tokens == asked else { return }
      secondsShown = progress.seconds
      progress.vocabulary = tokens
      progress.vocabularyTotal = asked
      onProgress?(progress)
    }
    report.mergeSeconds = watch.seconds
    return trained
  }

  private func stopIfCancelled() throws(Diagnostic) {
    if cancellation.isRequested {
      throw Diagnostic("build.interrupted", "training was stopped", help: "run it again: it starts from the beginning")
    }
  }
}
