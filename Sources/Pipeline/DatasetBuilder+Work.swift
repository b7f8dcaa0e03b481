import Blocks
import Corpus
import Files
import JSONText
import Shards
import Synchronization

extension DatasetBuilder {
  /// A finished dataset of this very recipe, tokenizer and inputs; nil when there is none, or a build starts fresh.
  ///
  /// - Throws: `build.output-exists` when the folder holds another dataset, with the first thing that differs.
  func completeDataset(files: [InputFile]) throws(Diagnostic) -> Manifest? {
    guard !options.startsFresh, let manifest = try output.manifest() else { return nil }
    if let difference = try difference(of: manifest, files: files) {
      throw Diagnostic(
        "build.output-exists", "'\(recipe.outputPath)' holds a dataset of another recipe, tokenizer or input",
        at: SourceLocation(path: output.manifestPath), expected: difference.expected, found: difference.found,
        help: "choose another folder with --output, or replace that dataset with --fresh")
    }
    return manifest
  }

  /// The first thing in which a finished dataset is not what this build would make.
  private func difference(of manifest: Manifest, files: [InputFile]) throws(Diagnostic) -> Difference? {
    if manifest.recipeDigest != recipe.digest {
      return firstDifference(manifest.recipe, recipe.essence.json, path: "")
        ?? ("recipe digest \(manifest.recipeDigest)", "recipe digest \(recipe.digest)")
    }
    if case .file(let file) = recipe.tokenizer {
      let digest = Digest.xxh64(try file.json(in: fileSystem))
      if digest != manifest.tokenizer.digest {
        return (
          "a tokenizer of XXH64 \(Digest.hex(manifest.tokenizer.digest))", "\(file.path), XXH64 \(Digest.hex(digest))"
        )
      }
    }
    for (entry, built) in zip(recipe.objectives, manifest.objectives) {
      guard let path = entry.lexiconPath, let digest = built.lexiconDigest else { continue }
      let found = Digest.xxh64(try fileSystem.readAll(path))
      if found != digest { return ("a lexicon of XXH64 \(Digest.hex(digest))", "\(path), XXH64 \(Digest.hex(found))") }
    }
    let (old, new) = (manifest.inputs.map(\.path), files.map(\.path))
    if let path = new.first(where: { !old.contains($0) }) { return ("no input \(path)", "the input \(path)") }
    if let path = old.first(where: { !new.contains($0) }) { return ("the input \(path)", "no input \(path)") }
    for (file, input) in zip(files, manifest.inputs) {
      // Standard input is not there a second time.
      guard let built = input.file, file.path != "-" else { continue }
      if let byteCount = file.byteCount, byteCount != built.byteCount {
        return ("\(file.path) of \(built.byteCount) bytes", "\(file.path) of \(byteCount) bytes")
      }
    }
    return try changedInput(of: manifest, files: files)
  }

  /// The first input that is as large as it was and holds something else. Reads all of them.
  private func changedInput(of manifest: Manifest, files: [InputFile]) throws(Diagnostic) -> Difference? {
    let inputs = zip(files, manifest.inputs).filter { $0.path != "-" && $1.file != nil }.map { ($0.path, $1.file) }
    let next = Atomic<Int>(0)
    let found = Monitor<[Int: UInt64]>([:])
    try WorkerPool(threadCount: max(1, min(threadCount, inputs.count))).run(
      whileWaiting: {}, stop: { next.store(inputs.count, ordering: .relaxed) },
      { [fileSystem] _ in
        while true {
          let number = next.add(1, ordering: .relaxed).oldValue
          guard number < inputs.count else { return nil }
          do throws(Diagnostic) {
            let file = try InputDigest(try fileSystem.openForReading(inputs[number].0)).finish()
            if file != inputs[number].1 { found.withLock { $0[number] = file.checksum } }
          } catch {
            return WorkerPool.Failure(position: (number, 0), diagnostic: error)
          }
        }
      })
    guard let (number, checksum) = found.withLock({ $0.min { $0.key < $1.key } }) else { return nil }
    let (path, built) = inputs[number]
    return (
      "\(path) with XXH64 \(Digest.hex(built?.checksum ?? 0))", "\(path) with XXH64 \(Digest.hex(checksum))"
    )
  }

  /// What a new start would replace, or nil when there is work to go on with.
  ///
  /// - Throws: `build.other-work` with the first thing that differs, `build.foreign-file`.
  func foldersToReplace(_ plan: Plan) throws(Diagnostic) -> [String]? {
    let unfinished = try output.unfinishedPlan()
    if let unfinished, !options.startsFresh {
      guard let difference = firstDifference(unfinished.fingerprint, plan.fingerprint, path: "") else { return nil }
      throw Diagnostic(
        "build.other-work", "'\(output.workPath)' holds unfinished work of another recipe, tokenizer or input",
        at: SourceLocation(path: output.planPath), expected: difference.expected, found: difference.found,
        help: "finish that run with its own recipe, choose another --output, or start over with --fresh")
    }
    let manifest = try output.manifest()
    let wasBuilt = unfinished != nil || manifest != nil
    let folders = (unfinished?.folders ?? []) + (manifest?.objectives.map(\.name) ?? [])
    try output.checkRoom(for: plan, folders: wasBuilt ? folders : nil)
    return folders
  }

  private typealias Difference = (found: String, expected: String)

  /// The first value in which two plans or recipes differ, by its path.
  private func firstDifference(_ found: JSONValue, _ expected: JSONValue, path: String) -> Difference? {
    if found == expected { return nil }
    if let old = found.object, let new = expected.object {
      let added = new.map(\.key).filter { old[$0] == nil }
      for key in old.map(\.key) + added {
        let place = path.isEmpty ? key : "\(path).\(key)"
        guard let value = new[key] else { return ("\(place)", "no \(place)") }
        guard let before = old[key] else { return ("no \(place)", "\(place)") }
        if let difference = firstDifference(before, value, path: place) { return difference }
      }
    }
    func show(_ value: JSONValue) -> String { "\(path): \(SettingValue(json: value).description)" }
    return (show(found), show(expected))
  }
}
