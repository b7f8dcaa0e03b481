public import Blocks
import Corpus
public import Files
import JSONText
import Objectives
import Shards
import Synchronization
import Tokenization

/// The whole run: a recipe in, a verified-to-be-whole dataset out.
///
/// Two phases. First every block of the inputs becomes a segment in `out/.work`, by any number of threads in any order.
/// Then the segments' rows, in order, become shards of equal count. A segment appears by rename and proves itself by
/// checksum, and so does a shard, so a run that was stopped goes on where it was by being run again. `dataset.json` is
/// written last of all.
public struct DatasetBuilder: Sendable {
  /// How a run is done; nothing here changes a byte of the dataset.
  public struct Options: Sendable {
    /// Worker threads; 0 means one for each core.
    public var threads = 0
    /// Start over: drop what an earlier run left, a finished dataset included.
    public var startsFresh = false
    public var cancellation = Cancellation()
    /// Which share of the blocks and shards to make, when several machines build one dataset; nil for all, and to
    /// finish the dataset.
    public var part: BuildPart?
    /// Memory for the rows that are being sorted, over all threads; 0 means 128 MiB for each.
    public var sortingByteCount = 0
    /// Refuse to begin what the disk cannot hold.
    public var checksSpace = true
    /// Called before the first document with what the build will need of the disk, where that can be told.
    public var onSpaceNeeds: (@Sendable (SpaceNeeds) -> Void)?
    /// Called about five times a second in the thread that called `build`.
    public var onProgress: (@Sendable (Progress) -> Void)?

    public init() {}
  }

  public let recipe: Recipe
  public let catalog: Catalog
  public var options: Options
  let fileSystem: any FileSystem

  public init(
    recipe: Recipe, catalog: Catalog = .standard, options: Options = Options(),
    in fileSystem: any FileSystem = LocalFileSystem()
  ) {
    self.recipe = recipe
    self.catalog = catalog
    self.options = options
    self.fileSystem = fileSystem
  }

  var output: OutputFolder { OutputFolder(path: recipe.outputPath, fileSystem: fileSystem) }
  /// What one thread may hold: buffers grow by doubling, so it takes care to fill a quarter.
  var pieceByteCount: Int {
    (options.sortingByteCount > 0 ? options.sortingByteCount / threadCount : 128 << 20) / 4
  }
  var threadCount: Int { options.threads > 0 ? options.threads : max(1, processorCount()) }

  /// Builds the dataset, or goes on with what an earlier run of the same recipe left.
  ///
  /// - Throws: what the corpus, the tokenizer or the disk has to say; `build.output-exists`, `build.other-work`,
  ///   `build.foreign-file`, `build.already-running`, `build.no-space`, `build.interrupted` (run it again to go on).
  public func build() throws(Diagnostic) -> RunReport {
    let files = try resolveFiles()
    if let manifest = try completeDataset(files: files), try fileSystem.status(of: output.workPath) == nil {
      return complete(manifest)
    }
    let isNewFolder = try fileSystem.status(of: recipe.outputPath) == nil
    let lock = try lockOutput()
    defer {
      lock.release()
      // A build that failed before it made anything leaves nothing.
      if isNewFolder, (try? fileSystem.list(recipe.outputPath))?.isEmpty == true {
        try? fileSystem.removeTree(recipe.outputPath)
      }
    }
    // Another build may have finished it before this one had the lock; or one was killed between its manifest and its
    // end.
    if let manifest = try completeDataset(files: files) {
      try output.removeWork()
      return complete(manifest)
    }

    var report = RunReport(outputPath: recipe.outputPath, manifest: Manifest(), threads: threadCount)
    let trainingWatch = Stopwatch()
    let (tokenizerBytes, tokenizerPath) = try tokenizer(files: files)
    report.trainingSeconds = trainingWatch.seconds
    let plan = try Plan(
      recipe: recipe, files: files, tokenizerBytes: tokenizerBytes, tokenizerPath: tokenizerPath, catalog: catalog,
      in: fileSystem)
    let replaced = try foldersToReplace(plan)
    try checkSpace(for: plan)
    if let replaced { try output.startWork(on: plan, replacing: replaced) }
    guard options.part != nil else {
      try run(plan, &report)
      return report
    }
    // Neither segments nor shards need the lock: whoever makes one makes the same one. So parts may work at the same
    // time.
    lock.release()
    do throws(Diagnostic) {
      try run(plan, &report)
    } catch {
      // The dataset was finished, and the work folder taken away, while this part was still at it.
      guard let manifest = try? completeDataset(files: files) else { throw error }
      return complete(manifest)
    }
    return report
  }

  /// Both phases of a plan whose work folder is ready, or this part's share of them.
  private func run(_ plan: Plan, _ report: inout RunReport) throws(Diagnostic) {
    let blockWatch = Stopwatch()
    let run = BlockRun(builder: self, plan: plan)
    var segments = try run.makeSegments()
    report.blockSeconds = blockWatch.seconds
    report.blocks = segments.count
    report.blocksFoundDone = run.blocksFoundDone
    var skips = ReasonCounts()
    for segment in segments { skips.add(segment.summary.skips) }
    report.skips = skips.entries.map { (code: $0.reason, count: $0.count) }
    report.sourceBytes = segments.reduce(0) { $0 + $1.summary.sourceBytes }
    report.part = options.part
    defer { report.peakMemoryBytes = peakResidentByteCount() }

    let publishWatch = Stopwatch()
    defer { report.publishSeconds = publishWatch.seconds }
    if options.part != nil {
      guard let all = try run.segmentsOfAllParts() else { return }
      segments = all
    }
    let publication = try makeShards(of: segments, plan)
    report.hasShards = true
    report.shards = publication.shards.joined().count { $0 != nil }
    report.shardsFoundDone = publication.foundDone
    if options.part == nil { report.manifest = try publish(publication, of: segments, inputs: run.inputs) }
  }

  /// Keeps other builds out of the output folder. Parts that start together take turns while they make ready.
  private func lockOutput() throws(Diagnostic) -> any FileLock {
    let turn = Monitor(())
    while true {
      do throws(Diagnostic) {
        return try output.lock()
      } catch  where error.code == "build.already-running" && options.part != nil && !options.cancellation.isRequested {
        _ = turn.wait(milliseconds: 200) { _ in nil as Bool? }
      }
    }
  }

  /// The report of a run that had nothing to do.
  private func complete(_ manifest: Manifest) -> RunReport {
    var report = RunReport(outputPath: recipe.outputPath, manifest: manifest)
    report.wasComplete = true
    return report
  }

  /// The input files in the order in which they count. Patterns and folders pass over what builds wrote to the output
  /// folder, so that a dataset does not become its own input.
  func resolveFiles() throws(Diagnostic) -> [InputFile] {
    var files: [InputFile] = []
    var paths: Set<String> = []
    var made = try MadeFiles(in: output, objectives: recipe.objectives.map(\.name))
    for input in recipe.inputs {
      for var file in try resolveInputs(input.patterns, options: input.options, in: fileSystem)
      where paths.insert(file.path).inserted {
        if !input.patterns.contains(file.path), try made.contains(file.path) { continue }
        file.index = files.count
        file.weight = input.weight
        files.append(file)
      }
    }
    guard !files.isEmpty else {
      throw Diagnostic(
        "corpus.no-input", "the inputs match nothing but what builds wrote to '\(recipe.outputPath)'",
        at: SourceLocation(path: recipe.outputPath), help: "name an input outside the output folder")
    }
    return files
  }

  /// The tokenizer's bytes and what to call them in messages: loaded, or trained (and kept for a resumed run).
  private func tokenizer(files: [InputFile]) throws(Diagnostic) -> (bytes: [UInt8], path: String) {
    switch recipe.tokenizer {
    case .file(let file):
      return (try file.json(in: fileSystem), file.path)
    case .codes(let settings):
      return (try CodeVocabulary(settings).json, "tokenizer.codes")
    case .train:
      if files.contains(where: { $0.path == "-" }) {
        throw Diagnostic(
          "build.cannot-read-twice", "standard input cannot be read twice, once to train and once to build",
          help: "train first from a file (palimpsest train), or give the build a path")
      }
      let kept = output.keptTokenizerPath(recipeDigest: recipe.digest)
      if options.startsFresh { try fileSystem.remove(kept) }
      if try fileSystem.status(of: kept) != nil { return (try fileSystem.readAll(kept), kept) }
      let bytes = try TokenizerTraining(
        recipe: recipe, threads: threadCount, cancellation: options.cancellation, onProgress: options.onProgress,
        in: fileSystem
      ).train(on: files, spillingTo: output.wordsPath)
      try fileSystem.makeDirectory(output.workPath)
      var file = try AtomicFile(kept, in: fileSystem)
      try file.write(bytes)
      try file.commit()
      return (bytes, kept)
    }
  }
}
