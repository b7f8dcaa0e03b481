public import Blocks
import Corpus
import Files
import Objectives

/// What a build would do, found out without doing it: `--dry-run`.
public struct BuildPreview: Sendable {
  public struct Objective: Sendable {
    public var name: String
    public var kind: String
    public var epochs: Int
    /// Tokens in a full window.
    public var windowLength: Int
    public var schema: ExampleSchema
  }

  public var outputPath: String
  public var recipeDigest: String
  public var threads: Int
  /// Path, and size on disk where it has one.
  public var files: [(path: String, byteCount: Int?)]
  public var objectives: [Objective]
  /// Nil when the tokenizer is to be trained first.
  public var vocabularySize: Int?
  /// Bytes free where the output goes.
  public var availableBytes: Int?
  /// What the build takes of the disk; nil when the tokenizer is to be trained first, or an input has no size.
  public var space: SpaceNeeds?
  /// What the build would find in the output folder.
  public var start = Start.new
}

extension BuildPreview {
  /// Where a build would start.
  public enum Start: String, Sendable {
    case new
    /// Go on with the blocks of a run that was stopped.
    case resumed
    /// Replace an earlier dataset or unfinished work, because it was told to.
    case replacing
    /// Nothing is left to do.
    case complete
  }
}

extension DatasetBuilder {
  /// Resolves the inputs, loads the tokenizer, and checks every setting.
  ///
  /// - Throws: what a build would throw before it reads the first document. A tokenizer that has yet to be trained is
  ///   not made; then objectives are checked only as far as their settings go.
  public func preview() throws(Diagnostic) -> BuildPreview {
    let files = try resolveFiles()
    var preview = BuildPreview(
      outputPath: recipe.outputPath, recipeDigest: recipe.digest, threads: threadCount,
      files: files.map { ($0.path, $0.byteCount) }, objectives: [], vocabularySize: nil,
      availableBytes: try availableBytes(above: recipe.outputPath))
    if try completeDataset(files: files) != nil { preview.start = .complete }
    guard case .file(let file) = recipe.tokenizer else { return preview }
    let plan = try Plan(
      recipe: recipe, files: files, tokenizerBytes: try file.json(in: fileSystem), tokenizerPath: file.path,
      catalog: catalog, in: fileSystem)
    preview.vocabularySize = plan.vocabulary.vocabularySize
    if preview.start == .new {
      let replaced = try foldersToReplace(plan)
      preview.start = replaced.map { $0.isEmpty ? .new : .replacing } ?? .resumed
    }
    if preview.start != .complete { preview.space = try spaceNeeds(of: plan) }
    preview.objectives = plan.objectives.map { planned in
      BuildPreview.Objective(
        name: planned.name, kind: planned.kind, epochs: planned.epochs,
        windowLength: planned.objective.windowing.length, schema: planned.objective.schema)
    }
    return preview
  }
}
