public import Blocks
public import Files
import JSONText

/// The small files that make a folder of shards a `DatasetDict` of Hugging Face's `datasets`.
///
///     dataset_dict.json       {"splits": ["train", "validation"]}
///     train/state.json        the shards' names, and a fingerprint of what they hold
///     train/dataset_info.json the features
///
/// They are what `DatasetDict.save_to_disk` writes, so that `datasets.load_from_disk("mlm")` opens the folder. Every
/// byte of them follows from the splits and the schema.
public struct HuggingFaceLayout: Sendable {
  /// Paths inside the objective's folder, and contents, in the order in which they are written.
  public let files: [(path: String, bytes: [UInt8])]

  /// - Throws: `shards.empty-split` for a split without a shard, which no reader could open; a split without rows takes
  ///   one shard without rows.
  public init(splits: [(name: String, shards: [ShardSummary])], schema: ExampleSchema) throws(Diagnostic) {
    var files: [(path: String, bytes: [UInt8])] = []
    let information: JSONValue = [
      "citation": "", "description": "", "features": HuggingFaceFeatures.features(of: schema), "homepage": "",
      "license": "",
    ]
    for split in splits {
      guard !split.shards.isEmpty else {
        throw Diagnostic(
          "shards.empty-split", "the split '\(split.name)' has no shard", at: SourceLocation(path: split.name),
          expected: "at least one, even without rows")
      }
      let state: JSONValue = [
        "_data_files": .array(split.shards.map { ["filename": .string($0.path)] }),
        "_fingerprint": .string(Self.fingerprint(of: split, schema)),
        "_format_columns": .null,
        "_format_kwargs": .object([:]),
        "_format_type": .null,
        "_output_all_columns": false,
        "_split": .string(split.name),
      ]
      files.append((split.name + "/state.json", indentedFile(state)))
      files.append((split.name + "/dataset_info.json", indentedFile(information)))
    }
    let list: JSONValue = ["splits": .array(splits.map { .string($0.name) })]
    files.append(("dataset_dict.json", indentedFile(list)))
    self.files = files
  }

  /// Writes the files to the objective's folder; each appears whole. Call this when all shards are finished.
  public func write(to folder: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    for (name, bytes) in files {
      var file = try AtomicFile(path(of: name, in: folder), in: fileSystem)
      try file.write(bytes)
      try file.commit()
    }
  }

  /// What `datasets` keys its caches by: equal for equal contents, as it should be.
  private static func fingerprint(of split: (name: String, shards: [ShardSummary]), _ schema: ExampleSchema) -> String {
    let text =
      [split.name, HuggingFaceFeatures.metadataValue(for: schema)]
      + split.shards.map { "\($0.path) \($0.byteCount) \(Digest.hex($0.checksum))" }
    return Digest.hex(Digest.xxh64(text.joined(separator: "\n")))
  }
}

/// A file of indented JSON.
func indentedFile(_ value: JSONValue) -> [UInt8] {
  var writer = JSONWriter(indentation: 2)
  writer.write(value)
  writer.newline()
  return writer.bytes
}
