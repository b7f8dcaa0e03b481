internal import Blocks
internal import Files
internal import Shards

/// Where a dataset lies, found from a path that leads to it or into it.
struct DatasetPlace: Sendable {
  /// The folder that holds `dataset.json`, without a slash at its end.
  var folder: String
  var selection = Dataset.Selection()

  /// - Throws: `dataset.not-found`, `dataset.unfinished`, `dataset.not-ours`.
  init(finding path: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    var given = path.isEmpty ? "." : path
    while given.count > 1, given.hasSuffix("/") { given.removeLast() }
    guard let status = try fileSystem.status(of: given) else {
      throw Diagnostic(
        "dataset.not-found", "there is nothing at '\(given)'", at: SourceLocation(path: given),
        expected: "the folder of a dataset", help: "give the recipe's output.path")
    }
    folder = given
    let isDataset = status.kind == .directory ? try Self.holdsManifest(given, fileSystem) : false
    if !isDataset {
      guard let found = try Self.above(given, fileSystem) else {
        throw try Self.explanation(of: given, status, fileSystem)
      }
      folder = found.folder
      selection = found.selection
    }
  }

  /// A path leads at most three steps into a dataset: objective, split, shard.
  private static func above(
    _ path: String, _ fileSystem: any FileSystem
  ) throws(Diagnostic) -> (folder: String, selection: Dataset.Selection)? {
    var parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    var inside: [String] = []
    for _ in 0..<3 {
      guard let last = parts.popLast(), last != "..", last != "." else { return nil }
      inside.insert(last, at: 0)
      let joined = parts.joined(separator: "/")
      let folder = path.hasPrefix("/") ? "/" + joined : joined.isEmpty ? "." : joined
      if try holdsManifest(folder, fileSystem) {
        return (folder, Dataset.Selection(objective: inside[0], split: inside.count > 1 ? inside[1] : nil))
      }
    }
    return nil
  }

  private static func holdsManifest(_ folder: String, _ fileSystem: any FileSystem) throws(Diagnostic) -> Bool {
    try fileSystem.status(of: folder + "/" + Manifest.fileName)?.kind == .file
  }

  /// Why there is no dataset at a path that exists.
  private static func explanation(
    of path: String, _ status: FileStatus, _ fileSystem: any FileSystem
  ) throws(Diagnostic) -> Diagnostic {
    let place = SourceLocation(path: path)
    guard status.kind == .directory else {
      return Diagnostic(
        "dataset.not-ours", "'\(path)' is a file outside of any dataset", at: place,
        expected: "the folder of a dataset, with its \(Manifest.fileName)")
    }
    if try fileSystem.status(of: path + "/.work") != nil {
      return Diagnostic(
        "dataset.unfinished", "'\(path)' holds a build that has not finished", at: place,
        expected: "\(Manifest.fileName), which is written last of all",
        help: "run the same build command again: it goes on where it was stopped")
    }
    let isDatasetDict = try fileSystem.status(of: path + "/dataset_dict.json") != nil
    return Diagnostic(
      "dataset.not-ours", "'\(path)' holds no dataset of this program", at: place,
      expected: "a folder with \(Manifest.fileName)",
      found: isDatasetDict ? "a Hugging Face dataset without the manifest beside its folder" : nil,
      help: "give the recipe's output.path, or a folder inside it")
  }
}
