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
/// checksum, so a run that was stopped goes on where it was by being run again. `dataset.json` is written last of all.
public struct DatasetBuilder: Sendable {
  /// How a run is done; nothing here changes a byte of the dataset.
  public struct Options: Sendable {
    /// Worker threads; 0 means one for each core.
    public var threads = 0
    /// Start over: drop what an earlier run left, a finished dataset included.
    public var startsFresh = false
    public var cancellation = Cancellation()
    /// Which share of the blocks to make, when several machines build one dataset; nil for all, and to publish.
    public var part: BuildPart?
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

  var workPath: String { recipe.outputPath + "/.work" }
  var threadCount: Int { options.threads > 0 ? options.threads : max(1, processorCount()) }

  /// Builds the dataset, or goes on with what an earlier run of the same recipe left.
  ///
  /// - Throws: what the corpus, the tokenizer or the disk has to say; `build.output-exists`, `build.other-work`,
  ///   `build.interrupted` (run it again to go on).
  public func build() throws(Diagnostic) -> RunReport {
    let files = try resolveFiles()
    if let complete = try completeDataset(files: files) { return complete }

    var report = RunReport(outputPath: recipe.outputPath, manifest: Manifest(), threads: threadCount)
    let trainingWatch = Stopwatch()
    let (tokenizerBytes, tokenizerPath) = try tokenizer(files: files)
    report.trainingSeconds = trainingWatch.seconds
    let plan = try Plan(
      recipe: recipe, files: files, tokenizerBytes: tokenizerBytes, tokenizerPath: tokenizerPath, catalog: catalog)
    try prepareWork(plan)

    let blockWatch = Stopwatch()
    let run = BlockRun(builder: self, plan: plan)
    let segments = try run.makeSegments()
    report.blockSeconds = blockWatch.seconds
    report.blocks = segments.count
    report.blocksFoundDone = run.blocksFoundDone
    report.sourceBytes = segments.reduce(0) { $0 + $1.summary.sourceBytes }
    if let part = options.part {
      report.part = part
      report.peakMemoryBytes = peakResidentByteCount()
      return report
    }

    let publishWatch = Stopwatch()
    report.manifest = try publish(segments, of: plan)
    report.publishSeconds = publishWatch.seconds
    report.peakMemoryBytes = peakResidentByteCount()
    return report
  }

  /// The input files in the order in which they count.
  func resolveFiles() throws(Diagnostic) -> [InputFile] {
    var files: [InputFile] = []
    for input in recipe.inputs {
      for var file in try resolveInputs(input.patterns, options: input.options, in: fileSystem)
      where !files.contains(where: { $0.path == file.path }) {
        file.index = files.count
        files.append(file)
      }
    }
    return files
  }

  /// A finished dataset of this very recipe; nil when there is none.
  ///
  /// - Throws: `build.output-exists` when the folder holds another dataset.
  private func completeDataset(files: [InputFile]) throws(Diagnostic) -> RunReport? {
    guard !options.startsFresh else { return nil }
    guard try fileSystem.status(of: recipe.outputPath + "/" + Manifest.fileName) != nil else { return nil }
    let manifest = try Manifest(readingFrom: recipe.outputPath, in: fileSystem)
    guard manifest.recipeDigest == recipe.digest else {
      throw Diagnostic(
        "build.output-exists", "'\(recipe.outputPath)' holds a dataset of another recipe",
        at: SourceLocation(path: recipe.outputPath + "/" + Manifest.fileName),
        expected: "recipe digest \(recipe.digest)", found: "recipe digest \(manifest.recipeDigest)",
        help: "choose another folder with --output, or replace that dataset with --fresh")
    }
    // A run that was killed right after it had written the manifest left its work behind.
    try fileSystem.removeTree(workPath)
    var report = RunReport(outputPath: recipe.outputPath, manifest: manifest)
    report.wasComplete = true
    return report
  }

  /// The tokenizer's bytes and what to call them in messages: loaded, or trained (and kept for a resumed run).
  private func tokenizer(files: [InputFile]) throws(Diagnostic) -> (bytes: [UInt8], path: String) {
    switch recipe.tokenizer {
    case .file(let path):
      return (try fileSystem.readAll(path), path)
    case .train:
      if files.contains(where: { $0.path == "-" }) {
        throw Diagnostic(
          "build.cannot-read-twice", "standard input cannot be read twice, once to train and once to build",
          help: "train first from a file (palimpsest train), or give the build a path")
      }
      if options.startsFresh { try fileSystem.removeTree(workPath) }
      let kept = workPath + "/tokenizer-\(recipe.digest).json"
      if try fileSystem.status(of: kept) != nil { return (try fileSystem.readAll(kept), kept) }
      let bytes = try TokenizerTraining(
        recipe: recipe, threads: threadCount, cancellation: options.cancellation, onProgress: options.onProgress,
        in: fileSystem
      ).train(on: files)
      try fileSystem.makeDirectory(workPath)
      var file = try AtomicFile(kept, in: fileSystem)
      try file.write(bytes)
      try file.commit()
      return (bytes, kept)
    }
  }

  /// Makes the work folder, or checks that the one found belongs to this plan.
  private func prepareWork(_ plan: Plan) throws(Diagnostic) {
    let planPath = workPath + "/plan.json"
    if options.startsFresh {
      // The manifest goes first: from here on there is no dataset, only work.
      try fileSystem.remove(recipe.outputPath + "/" + Manifest.fileName)
      try fileSystem.removeTree(workPath + "/blocks")
      try fileSystem.remove(planPath)
    }
    if try fileSystem.status(of: planPath) != nil {
      let found = try JSONValue(parsing: try fileSystem.readAll(planPath), path: planPath)
      if let difference = firstDifference(found, plan.fingerprint, path: "") {
        throw Diagnostic(
          "build.other-work", "'\(workPath)' holds unfinished work of another recipe, tokenizer or input",
          at: SourceLocation(path: planPath), expected: difference.expected, found: difference.found,
          help: "finish that run with its own recipe, choose another --output, or start over with --fresh")
      }
      return
    }
    try fileSystem.makeDirectory(workPath + "/blocks")
    var writer = JSONWriter(indentation: 2)
    writer.write(plan.fingerprint)
    var file = try AtomicFile(planPath, in: fileSystem)
    try file.write(writer.bytes)
    try file.commit()
  }

  /// The first value in which two plans differ, by its path.
  private func firstDifference(
    _ found: JSONValue, _ expected: JSONValue, path: String
  ) -> (found: String, expected: String)? {
    if found == expected { return nil }
    if let old = found.object, let new = expected.object {
      for (key, value) in new {
        if let difference = firstDifference(old[key] ?? .null, value, path: path.isEmpty ? key : "\(path).\(key)") {
          return difference
        }
      }
    }
    func show(_ value: JSONValue) -> String { "\(path): \(SettingValue(json: value).description)" }
    return (show(found), show(expected))
  }
}
