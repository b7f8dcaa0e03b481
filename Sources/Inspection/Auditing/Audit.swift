public import Blocks
public import Files
internal import JSONText
public import Objectives
internal import Shards
internal import Tokenization

/// Proves a dataset: every byte by checksum, every example by its objective's invariants and by making it again, and
/// the order of the rows by their keys.
///
///     let report = try Audit(of: "out").run()
///     report.isClean                          // false
///     report.findings[0].place.description
///     // mlm/train/data-00000-of-00002.arrow, row 17, labels[3] (example 17 of …)
///
/// Goes on after a finding, as far as what is left can be read, and counts everything; of each kind the first few are
/// kept.
///
/// - Memory: a few record batches for each worker, and 16 bytes for each row of the largest objective (see
///   `identityLimit`).
public struct Audit: Sendable {
  /// How far an audit is.
  public struct Progress: Sendable {
    public var objective: String
    public var split: String
    public var bytes: Int
    /// Bytes of all shards that will be looked at.
    public var byteTotal: Int
  }

  /// Only this objective; nil for all.
  public var objective: String?
  /// Prove only so many examples of each split, drawn uniformly; nil for all. Order and identity are proved only when
  /// all are read.
  public var sample: Int?
  /// Findings of one kind in one split that are kept whole.
  public var findingLimit = 5
  /// Rows of one objective whose identities are compared; beyond that the audit says that it did not.
  public var identityLimit = 1 << 25

  let path: String
  let list: NamedList<any Objective.Type>
  let fileSystem: any FileSystem

  public init(
    of path: String, objectives list: NamedList<any Objective.Type> = AllObjectives.standard,
    in fileSystem: any FileSystem = LocalFileSystem()
  ) {
    self.path = path
    self.list = list
    self.fileSystem = fileSystem
  }

  /// - Parameters:
  ///   - workers: who proves the record batches. The report does not depend on it.
  ///   - onProgress: called in the calling thread, after each record batch.
  /// - Throws: only when there is nothing to look at: `dataset.not-found`, `dataset.unfinished`, `dataset.not-ours`,
  ///   `dataset.no-such-objective`. Everything else is a finding.
  public func run(
    on workers: any Workers = CallingThread(), onProgress: ((Progress) -> Void)? = nil
  ) throws(Diagnostic) -> AuditReport {
    let place = try DatasetPlace(finding: path, in: fileSystem)
    var report = AuditReport(path: place.folder, keptLimit: findingLimit)
    let manifest: Manifest
    do throws(Diagnostic) {
      manifest = try Manifest(readingFrom: place.folder, in: fileSystem)
    } catch {
      report.add(Finding(error, at: .init(file: Manifest.fileName)))
      return report
    }
    let wanted = objective ?? place.selection.objective
    if let wanted, !manifest.objectives.contains(where: { $0.name == wanted }) {
      let known = manifest.objectives.map(\.name)
      throw Diagnostic(
        "dataset.no-such-objective", "'\(place.folder)' has no objective '\(wanted)'",
        expected: "one of " + known.joined(separator: ", "),
        help: nearestName(to: wanted, among: known).map { "did you mean '\($0)'?" })
    }
    let (vocabulary, tokenizer) = auditedVocabulary(manifest, in: place.folder, report: &report)
    checkObjectiveFolders(manifest, in: place.folder, report: &report)

    let entries = manifest.objectives.filter { wanted == nil || $0.name == wanted }
    var progress = ProgressCount(
      total: entries.flatMap(\.splits).flatMap(\.shards).reduce(0) { $0 &+ $1.byteCount }, report: onProgress)
    for entry in entries {
      checkLayout(of: entry, in: place.folder, report: &report)
      guard
        let objective = auditedObjective(entry, vocabulary, tokenizer, in: place.folder, report: &report)
      else { continue }
      var examination = Examination(
        of: objective, manifest: manifest, folder: place.folder + "/" + entry.name, audit: self, on: workers)
      examination.run(report: &report, progress: &progress)
    }
    return report
  }

  /// The vocabulary as the manifest has it, with the word continuations of the tokenizer if that can be read.
  private func auditedVocabulary(
    _ manifest: Manifest, in folder: String, report: inout AuditReport
  ) -> (vocabulary: SpecialTokens, tokenizer: Tokenizer?) {
    let place = Finding.Place(file: manifest.tokenizer.path)
    do throws(Diagnostic) {
      let bytes = try fileSystem.readAll(folder + "/" + manifest.tokenizer.path)
      let digest = Digest.xxh64(bytes)
      if digest != manifest.tokenizer.digest {
        report.add(
          Finding(
            "audit.tokenizer-changed", "the tokenizer is not the one this dataset was made with", at: place,
            expected: "XXH64 \(Digest.hex(manifest.tokenizer.digest))", found: "XXH64 \(Digest.hex(digest))",
            help: "put the tokenizer.json of the build back in its place"))
      }
      let tokenizer = try Tokenizer(json: bytes, path: manifest.tokenizer.path)
      let tokens = try tokenizer.specialTokens()
      if tokens.vocabularySize == manifest.tokenizer.vocabularySize {
        return (manifest.tokenizer.specialTokens(continuesWord: tokens.continuesWord), tokenizer)
      }
      report.add(
        Finding(
          "audit.vocabulary-size", "the tokenizer has not as many ids as the manifest says", at: place,
          expected: "\(manifest.tokenizer.vocabularySize)", found: "\(tokens.vocabularySize)"))
    } catch {
      report.add(Finding(error, at: place))
    }
    return (manifest.tokenizer.specialTokens(), nil)
  }

  /// The objective made anew; nil, with a finding, when it cannot be.
  private func auditedObjective(
    _ entry: ManifestObjective, _ vocabulary: SpecialTokens, _ tokenizer: Tokenizer?, in folder: String,
    report: inout AuditReport
  ) -> DatasetObjective? {
    do throws(Diagnostic) {
      var vocabulary = vocabulary
      if let tokenizer { vocabulary.lexicon = try lexicon(of: entry, in: folder, tokenizer: tokenizer, fileSystem) }
      let objective = try DatasetObjective(entry, vocabulary: vocabulary, list: list)
      if !entry.schema.hasSameColumns(as: objective.objective.schema) {
        report.add(
          Finding(
            "audit.manifest-schema", "the manifest's columns are not those of the objective",
            at: .init(objective: entry.name, file: Manifest.fileName), expected: objective.objective.schema.outline,
            found: entry.schema.outline, help: "the manifest was changed, or another version built the dataset"))
      }
      return objective
    } catch {
      report.add(Finding(error, at: .init(objective: entry.name, file: Manifest.fileName)))
      return nil
    }
  }
}

/// Counts bytes and passes them on.
struct ProgressCount {
  let total: Int
  let report: ((Audit.Progress) -> Void)?
  private var bytes = 0

  init(total: Int, report: ((Audit.Progress) -> Void)?) {
    self.total = total
    self.report = report
  }

  mutating func add(_ bytes: Int, _ objective: String, _ split: String) {
    self.bytes += bytes
    report?(Audit.Progress(objective: objective, split: split, bytes: self.bytes, byteTotal: total))
  }
}
