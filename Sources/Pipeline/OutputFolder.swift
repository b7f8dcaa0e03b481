import Blocks
import Files
import JSONText
import Shards

/// The folder that builds write to: who may work there, and what in it is theirs.
///
/// A build removes and replaces only what a build has written: what the manifest of a finished dataset names, and what
/// the plan of an unfinished one does. Everything else stays, or is in the way and said so before any work is done.
struct OutputFolder: Sendable {
  let path: String
  let fileSystem: any FileSystem

  var workPath: String { path + "/.work" }
  /// Where training keeps words that do not fit into memory.
  var wordsPath: String { workPath + "/words" }
  var planPath: String { workPath + "/plan.json" }
  var manifestPath: String { path + "/" + Manifest.fileName }
  var tokenizerPath: String { path + "/tokenizer.json" }

  /// Where a plan's segments are. Named for it, so that a part of a build that was started over finds nothing to write
  /// to, instead of mixing its blocks with the new build's.
  func blocksPath(of plan: Plan) -> String { workPath + "/blocks-" + plan.digest }
  /// Where the records of a plan's finished shards are.
  func shardsPath(of plan: Plan) -> String { workPath + "/shards-" + plan.digest }

  /// Makes the folder and keeps other builds out of it until the lock is released.
  ///
  /// - Throws: `build.already-running`.
  func lock() throws(Diagnostic) -> any FileLock {
    try fileSystem.makeDirectory(path)
    do throws(Diagnostic) {
      return try fileSystem.lock(path + "/.palimpsest-lock")
    } catch {
      guard error.code == "files.locked" else { throw error }
      throw Diagnostic(
        "build.already-running", "another build is at work in '\(path)'", at: error.location,
        help: "wait until it has ended, or choose another folder with --output")
    }
  }

  /// The manifest of the finished dataset, or nil when there is none.
  ///
  /// - Throws: `build.foreign-file` when the file of that name is something else.
  func manifest() throws(Diagnostic) -> Manifest? {
    guard try fileSystem.status(of: manifestPath) != nil else { return nil }
    do throws(Diagnostic) {
      return try Manifest(readingFrom: path, in: fileSystem)
    } catch {
      if error.code.hasPrefix("files.") { throw error }
      throw Diagnostic(
        "build.foreign-file", "'\(manifestPath)' is no manifest that this program can read: it is not replaced",
        at: error.location ?? SourceLocation(path: manifestPath), expected: error.expected, found: error.found,
        help: "move it away, or choose another folder with --output")
    }
  }

  /// The plan of unfinished work and the folders that it may replace, or nil when there is none.
  func unfinishedPlan() throws(Diagnostic) -> (fingerprint: JSONValue, folders: [String])? {
    guard try fileSystem.status(of: planPath) != nil else { return nil }
    let json = try JSONValue(parsing: try fileSystem.readAll(planPath), path: planPath)
    return (json["plan"] ?? .null, (json["folders"]?.array ?? []).compactMap(\.string))
  }

  /// Refuses to replace what no build has made.
  ///
  /// - Parameters:
  ///   - folders: the names of the folders that builds have made here; nil when no build has been here.
  /// - Throws: `build.foreign-file`.
  func checkRoom(for plan: Plan, folders: [String]?) throws(Diagnostic) {
    for planned in plan.objectives where !(folders ?? []).contains(planned.name) {
      let folder = path + "/" + planned.name
      guard let status = try fileSystem.status(of: folder) else { continue }
      if status.kind == .directory, try fileSystem.list(folder).isEmpty { continue }
      throw Diagnostic(
        "build.foreign-file", "'\(folder)' is there and was made by no build: it is not replaced",
        at: SourceLocation(path: folder),
        help: "move it away, give the objective another name, or choose another folder with --output")
    }
    if folders == nil, try fileSystem.status(of: tokenizerPath) != nil,
      try fileSystem.readAll(tokenizerPath) != plan.tokenizerBytes
    {
      throw Diagnostic(
        "build.foreign-file", "'\(tokenizerPath)' is another tokenizer than the recipe's: it is not replaced",
        at: SourceLocation(path: tokenizerPath), help: "move it away, or choose another folder with --output")
    }
  }

  /// Starts new work: from here on there is no dataset, and what earlier builds made is this one's to replace.
  func startWork(on plan: Plan, replacing folders: [String]) throws(Diagnostic) {
    let names = plan.objectives.map(\.name)
    try fileSystem.makeDirectory(workPath)
    try removeWorkOfPlans()
    try fileSystem.makeDirectory(blocksPath(of: plan))
    try fileSystem.makeDirectory(shardsPath(of: plan))
    let record: JSONValue = .object([
      "plan": plan.fingerprint,
      "folders": .array((names + folders.filter { !names.contains($0) }).map { .string($0) }),
    ])
    var writer = JSONWriter(indentation: 2)
    writer.write(record)
    var file = try AtomicFile(planPath, in: fileSystem)
    try file.write(writer.bytes)
    try file.commit()
    // The plan remembers the folders, so the manifest may go; without it no one takes the rest for a dataset.
    try fileSystem.remove(manifestPath)
    for folder in folders { try fileSystem.removeTree(path + "/" + folder) }
  }

  private func removeWorkOfPlans() throws(Diagnostic) {
    for name in try fileSystem.list(workPath) where name.hasPrefix("blocks-") || name.hasPrefix("shards-") {
      try fileSystem.removeTree(workPath + "/" + name)
    }
  }

  /// Removes from a folder that is the build's own whatever is not of this dataset.
  ///
  /// - Parameter keepsTemporary: leave files that others may be writing.
  func removeOthers(
    than names: Set<String>, from folder: String, keepsTemporary: Bool
  ) throws(Diagnostic) {
    for name in try fileSystem.list(path + "/" + folder) where !names.contains(name) {
      if keepsTemporary, AtomicFile.isTemporary(name) { continue }
      try fileSystem.removeTree(path + "/" + folder + "/" + name)
    }
  }

  /// Removes what builds keep in the work folder, and the folder unless somebody else keeps something there.
  func removeWork() throws(Diagnostic) {
    guard try fileSystem.status(of: workPath) != nil else { return }
    try removeWorkOfPlans()
    try fileSystem.removeTree(wordsPath)
    try fileSystem.remove(planPath)
    try AtomicFile.removeLeftovers(in: workPath, of: fileSystem)
    for name in try fileSystem.list(workPath) where Self.isKeptTokenizer(name) {
      try fileSystem.remove(workPath + "/" + name)
    }
    if try fileSystem.list(workPath).isEmpty { try fileSystem.removeTree(workPath) }
  }

  /// Where the tokenizer that a recipe trained waits for a resumed run.
  func keptTokenizerPath(recipeDigest: String) -> String { workPath + "/tokenizer-\(recipeDigest).json" }

  private static func isKeptTokenizer(_ name: String) -> Bool {
    name.hasPrefix("tokenizer-") && name.hasSuffix(".json")
  }
}
