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
      availableBytes: try fileSystem.availableBytes(at: "."))
    guard case .file(let path) = recipe.tokenizer else { return preview }
    let plan = try Plan(
      recipe: recipe, files: files, tokenizerBytes: try fileSystem.readAll(path), tokenizerPath: path, catalog: catalog)
    preview.vocabularySize = plan.vocabulary.vocabularySize
    preview.objectives = plan.objectives.map { planned in
      BuildPreview.Objective(
        name: planned.name, kind: planned.kind, epochs: planned.epochs,
        windowLength: planned.objective.windowing.length, schema: planned.objective.schema)
    }
    return preview
  }
}
