public import Blocks
internal import JSONText
public import Objectives
public import Shards

/// One objective of a dataset, made anew from the settings that the manifest recorded.
public struct DatasetObjective: Sendable {
  /// The name in the recipe, and the folder.
  public let name: String
  /// The kind of objective, a name in the list of objectives.
  public let kind: String
  public let objective: any Objective
  public let epochs: Int
  public let splits: [Split]

  /// One split and its shards.
  public struct Split: Sendable {
    public let name: String
    public let rowCount: Int
    public let shards: [ShardSummary]
    /// Number of the first row of each shard in the split.
    public let firstRows: [Int]
    /// Whole batches from the first row on; nil where rows are not laid out in batches.
    public let batchCount: Int?
    /// The most `input_ids` of a row, where rows are parted by length.
    public let bin: Int?

    /// The split that it is a bin of: `train` for `train_128`; else its own name.
    var wholeName: String {
      guard let bin, name.hasSuffix("_\(bin)") else { return name }
      return String(name.dropLast("_\(bin)".count))
    }

    init(_ entry: ManifestSplit) {
      bin = entry.bin
      name = entry.name
      rowCount = entry.rows
      shards = entry.shards
      batchCount = entry.batchCount
      var firstRows: [Int] = []
      var rows = 0
      for shard in entry.shards {
        firstRows.append(rows)
        rows += shard.rowCount
      }
      self.firstRows = firstRows
    }
  }

  /// - Throws: `dataset.unknown-objective` for a kind that is not in the list, `settings.…` for settings that this
  ///   version does not take.
  init(
    _ entry: ManifestObjective, vocabulary: SpecialTokens, list: NamedList<any Objective.Type>
  ) throws(Diagnostic) {
    name = entry.name
    kind = entry.kind
    epochs = entry.epochs
    splits = entry.splits.map { Split($0) }
    guard let type = list.members.first(where: { $0.name == entry.kind })?.member else {
      throw Diagnostic(
        "dataset.unknown-objective", "the dataset's '\(entry.name)' is of a kind that this program does not know",
        expected: "one of " + list.names.joined(separator: ", "), found: entry.kind,
        help: "use the version that built the dataset, or add the objective to the list")
    }
    let settings = try Settings(
      SettingValue(json: entry.settings).keeping(type.settings), allowing: type.settings,
      path: "objectives.\(entry.name)")
    objective = try type.make(settings, vocabulary: vocabulary, among: list)
  }

  /// - Throws: `dataset.no-such-split`, naming those there are.
  public func split(named name: String) throws(Diagnostic) -> Split {
    if let found = splits.first(where: { $0.name == name }) { return found }
    throw Diagnostic(
      "dataset.no-such-split", "'\(self.name)' has no split '\(name)'",
      expected: "one of " + splits.map(\.name).joined(separator: ", "))
  }
}
