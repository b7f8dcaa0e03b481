import Blocks
import Files
import Shards

/// Tells files that builds have written to the output folder from all others.
struct MadeFiles {
  private let fileSystem: any FileSystem
  private let folder: FileStatus.Identity?
  private var names: Set<String>
  /// Which folders lie in something that builds made; asked once for each.
  private var known: [String: Bool] = [:]

  /// - Parameter objectives: the names of the folders that the recipe is going to make.
  init(in output: OutputFolder, objectives: [String]) throws(Diagnostic) {
    fileSystem = output.fileSystem
    folder = try fileSystem.status(of: output.path)?.identity
    names = Set(objectives + [".work", Manifest.fileName, "tokenizer.json"])
    guard folder != nil else { return }
    // What cannot be read names no folders here; the build says so when it comes to it.
    names.formUnion((try? output.manifest())??.objectives.map(\.name) ?? [])
    names.formUnion((try? output.unfinishedPlan())??.folders ?? [])
  }

  mutating func contains(_ path: String) throws(Diagnostic) -> Bool {
    guard let folder else { return false }
    let parent = parentDirectory(of: path)
    if try fileSystem.status(of: parent)?.identity == folder { return names.contains(lastComponent(of: path)) }
    if parent == path || parent == "." { return false }
    if let answer = known[parent] { return answer }
    let answer = try contains(parent)
    known[parent] = answer
    return answer
  }
}
