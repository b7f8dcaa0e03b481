public import Blocks
public import Files
import JSONText

/// Writes the small files that make a folder of shards a `DatasetDict` of Hugging Face's `datasets`.
///
///     mlm/dataset_dict.json       {"splits": ["train", "validation"]}
///     mlm/train/state.json        the shards' names, and a fingerprint of what they hold
///     mlm/train/dataset_info.json the features
///
/// They are what `DatasetDict.save_to_disk` writes, so that `datasets.load_from_disk("mlm")` opens the folder. Each
/// file appears whole; call this when all shards of the folder are finished.
///
/// - Throws: `shards.empty-split` for a split without a shard, which no reader could open; a split without rows takes
///   one shard without rows.
public func writeHuggingFaceLayout(
  folder: String, splits: [(name: String, shards: [ShardSummary])], schema: ExampleSchema, in fileSystem: any FileSystem
) throws(Diagnostic) {
  let information: JSONValue = [
    "citation": "", "description": "", "features": HuggingFaceFeatures.features(of: schema), "homepage": "",
    "license": "",
  ]
  for split in splits {
    let splitFolder = path(of: split.name, in: folder)
    guard !split.shards.isEmpty else {
      throw Diagnostic(
        "shards.empty-split", "the split '\(split.name)' has no shard", at: SourceLocation(path: splitFolder),
        expected: "at least one, even without rows")
    }
    let state: JSONValue = [
      "_data_files": .array(split.shards.map { ["filename": .string($0.path)] }),
      "_fingerprint": .string(fingerprint(of: split, schema)),
      "_format_columns": .null,
      "_format_kwargs": .object([:]),
      "_format_type": .null,
      "_output_all_columns": false,
      "_split": .string(split.name),
    ]
    try writeJSON(state, to: path(of: "state.json", in: splitFolder), in: fileSystem)
    try writeJSON(information, to: path(of: "dataset_info.json", in: splitFolder), in: fileSystem)
  }
  let list: JSONValue = ["splits": .array(splits.map { .string($0.name) })]
  try writeJSON(list, to: path(of: "dataset_dict.json", in: folder), in: fileSystem)
}

/// What `datasets` keys its caches by: equal for equal contents, as it should be.
private func fingerprint(of split: (name: String, shards: [ShardSummary]), _ schema: ExampleSchema) -> String {
  let text =
    [split.name, HuggingFaceFeatures.metadataValue(for: schema)]
    + split.shards.map { "\($0.path) \($0.byteCount) \(Digest.hex($0.checksum))" }
  return Digest.hex(Digest.xxh64(text.joined(separator: "\n")))
}

/// Writes a file of indented JSON that appears whole.
func writeJSON(_ value: JSONValue, to path: String, in fileSystem: any FileSystem) throws(Diagnostic) {
  var writer = JSONWriter(indentation: 2)
  writer.write(value)
  writer.newline()
  var file = try AtomicFile(path, in: fileSystem)
  try file.write(writer.bytes)
  try file.commit()
}
