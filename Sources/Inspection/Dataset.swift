public import Blocks
public import Files
public import Objectives
public import Shards
public import Tokenization

/// A finished dataset, opened to be looked at: its manifest, its tokenizer, and its objectives made anew from their
/// recorded settings.
///
///     let dataset = try Dataset(opening: "out")
///     let example = try dataset.example(dataset.objective(named: "mlm"), split: "train", index: 12)
///
/// Opening reads `dataset.json` and `tokenizer.json`; shards are mapped when their rows are asked for.
public struct Dataset: Sendable {
  /// The folder that holds `dataset.json`.
  public let path: String
  public let manifest: Manifest
  public let tokenizer: Tokenizer
  /// The special ids that the dataset was built with.
  public let vocabulary: SpecialTokens
  /// In the manifest's order.
  public let objectives: [DatasetObjective]
  /// The objective and split that the path given named, when it led into the dataset: `out/mlm/train`.
  public let selection: Selection
  let fileSystem: any FileSystem

  /// The part of a dataset that a path named.
  public struct Selection: Sendable, Equatable {
    public var objective: String?
    public var split: String?

    public init(objective: String? = nil, split: String? = nil) {
      self.objective = objective
      self.split = split
    }
  }

  /// Opens the dataset in a folder; a path into it (`out/mlm`, `out/mlm/train`, a shard) will do, too.
  ///
  /// - Throws: `dataset.not-found`, `dataset.unfinished`, `dataset.not-ours`; `dataset.other-tokenizer` when
  ///   `tokenizer.json` is not the one the ids were made with; what the manifest and the tokenizer have to say.
  public init(
    opening path: String, objectives list: NamedList<any Objective.Type> = AllObjectives.standard,
    in fileSystem: any FileSystem = LocalFileSystem()
  ) throws(Diagnostic) {
    let place = try DatasetPlace(finding: path, in: fileSystem)
    self.path = place.folder
    self.fileSystem = fileSystem
    manifest = try Manifest(readingFrom: place.folder, in: fileSystem)
    tokenizer = try Self.tokenizer(of: manifest, in: place.folder, fileSystem)
    vocabulary = manifest.tokenizer.specialTokens(continuesWord: try tokenizer.specialTokens().continuesWord)
    var objectives: [DatasetObjective] = []
    for entry in manifest.objectives {
      var vocabulary = vocabulary
      vocabulary.lexicon = try lexicon(of: entry, in: place.folder, tokenizer: tokenizer, fileSystem)
      objectives.append(try DatasetObjective(entry, vocabulary: vocabulary, list: list))
    }
    self.objectives = objectives
    selection = place.selection
    if let name = selection.objective { _ = try objective(named: name) }
  }

  /// - Throws: `dataset.no-such-objective`, naming those there are.
  public func objective(named name: String) throws(Diagnostic) -> DatasetObjective {
    if let found = objectives.first(where: { $0.name == name }) { return found }
    let known = objectives.map(\.name)
    throw Diagnostic(
      "dataset.no-such-objective", "'\(path)' has no objective '\(name)'",
      expected: "one of " + known.joined(separator: ", "),
      help: nearestName(to: name, among: known).map { "did you mean '\($0)'?" })
  }

  private static func tokenizer(
    of manifest: Manifest, in folder: String, _ fileSystem: any FileSystem
  ) throws(Diagnostic) -> Tokenizer {
    let place = folder + "/" + manifest.tokenizer.path
    let bytes = try fileSystem.readAll(place)
    let digest = Digest.xxh64(bytes)
    guard digest == manifest.tokenizer.digest else {
      throw Diagnostic(
        "dataset.other-tokenizer", "'\(place)' is not the tokenizer this dataset was made with",
        at: SourceLocation(path: place), expected: "XXH64 \(Digest.hex(manifest.tokenizer.digest))",
        found: "XXH64 \(Digest.hex(digest))", help: "put the tokenizer.json of the build back in its place")
    }
    return try Tokenizer(json: bytes, path: place)
  }
}
