internal import Blocks
internal import Files
internal import JSONText
internal import Shards

/// The small files around the shards, and files that should not be there.
extension Audit {
  /// Folders that look like objectives but are not in the manifest.
  func checkObjectiveFolders(_ manifest: Manifest, in folder: String, report: inout AuditReport) {
    attempt(.init(), report: &report) { report throws(Diagnostic) in
      for name in try fileSystem.list(folder) where !manifest.objectives.contains(where: { $0.name == name }) {
        guard try fileSystem.status(of: "\(folder)/\(name)/dataset_dict.json") != nil else { continue }
        report.add(
          Finding(
            "audit.unlisted-objective", "the folder '\(name)' is not in the manifest", at: .init(file: name),
            help: "remove it: another build left it, or it was copied here"))
      }
    }
  }

  /// `dataset_dict.json`, each split's `state.json` and `dataset_info.json`, and shards that nobody lists.
  func checkLayout(of entry: ManifestObjective, in folder: String, report: inout AuditReport) {
    let splits = entry.splits.map(\.name)
    let base = folder + "/" + entry.name
    var written: [String: [UInt8]] = [:]
    attempt(.init(objective: entry.name), report: &report) { _ throws(Diagnostic) in
      let layout = try HuggingFaceLayout(splits: entry.splits.map { ($0.name, $0.shards) }, schema: entry.schema)
      for file in layout.files { written[entry.name + "/" + file.path] = file.bytes }
    }
    compare(
      written, entry.name + "/dataset_dict.json", .init(objective: entry.name), in: folder, report: &report,
      "the list of splits is not the manifest's", expected: splits
    ) { $0["splits"]?.array?.compactMap(\.string) }
    attempt(.init(objective: entry.name), report: &report) { report throws(Diagnostic) in
      for name in try fileSystem.list(base) where !splits.contains(name) {
        guard try fileSystem.status(of: base + "/" + name)?.kind == .directory else { continue }
        report.add(
          Finding(
            "audit.unlisted-split", "the split '\(name)' is not in the manifest",
            at: .init(objective: entry.name, split: name, file: entry.name + "/" + name), help: "remove it"))
      }
    }
    for split in entry.splits {
      let place = Finding.Place(objective: entry.name, split: split.name)
      let relative = entry.name + "/" + split.name
      compare(
        written, relative + "/state.json", place, in: folder, report: &report,
        "the list of shards is not the manifest's",
        expected: split.shards.map(\.path)
      ) { $0["_data_files"]?.array?.compactMap { $0["filename"]?.string } }
      compare(
        written, relative + "/dataset_info.json", place, in: folder, report: &report,
        "the features are not the columns",
        expected: entry.schema.columns.map(\.name)
      ) { $0["features"]?.object?.map(\.key) }
      attempt(place, report: &report) { report throws(Diagnostic) in
        let names = try fileSystem.list(folder + "/" + relative)
        for name in names where name.hasSuffix(".arrow") && !split.shards.contains(where: { $0.path == name }) {
          report.add(
            Finding(
              "audit.unlisted-shard", "the shard '\(name)' is not in the manifest",
              at: .init(objective: entry.name, split: split.name, file: relative + "/" + name),
              help: "remove it: readers that take every file of the folder would read it"))
        }
      }
    }
  }

  /// Reads one small file and compares a list in it, and then every byte with what a build writes.
  private func compare(
    _ written: [String: [UInt8]], _ file: String, _ place: Finding.Place, in folder: String, report: inout AuditReport,
    _ message: String,
    expected: [String], _ list: (JSONValue) -> [String]?
  ) {
    var place = place
    place.file = file
    attempt(place, report: &report) { report throws(Diagnostic) in
      let bytes = try fileSystem.readAll(folder + "/" + file)
      let found = list(try JSONValue(parsing: bytes, path: file))
      if found == expected {
        if let original = written[file], original != bytes {
          report.add(
            Finding(
              "audit.layout", "the file is not what was written", at: place,
              expected: "XXH64 \(Digest.hex(Digest.xxh64(original)))",
              found: "XXH64 \(Digest.hex(Digest.xxh64(bytes)))",
              help: "it follows from dataset.json: build again, or copy it anew"))
        }
        return
      }
      report.add(
        Finding(
          "audit.layout", message, at: place, expected: expected.joined(separator: ", "),
          found: found?.joined(separator: ", ") ?? "no such list", help: "load_from_disk reads this file: build again"))
    }
  }

  /// Runs a check; what it throws is a finding.
  private func attempt(
    _ place: Finding.Place, report: inout AuditReport, _ body: (inout AuditReport) throws(Diagnostic) -> Void
  ) {
    do throws(Diagnostic) {
      try body(&report)
    } catch {
      report.add(Finding(error, at: place))
    }
  }
}
