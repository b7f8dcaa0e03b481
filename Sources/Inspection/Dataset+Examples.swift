public import Blocks
internal import Objectives
internal import Shards

extension Dataset {
  /// The folder of a split: `out/mlm/train`.
  func folder(of objective: DatasetObjective, split: String) -> String {
    path + "/" + objective.name + "/" + split
  }

  /// Opens a shard of a split.
  func reader(
    _ objective: DatasetObjective, split: DatasetObjective.Split, shard: Int
  ) throws(Diagnostic) -> ShardReader {
    try ShardReader(
      opening: folder(of: objective, split: split.name) + "/" + split.shards[shard].path, in: fileSystem)
  }

  /// One example by its number in the split; reads nothing but that row.
  ///
  /// - Throws: `dataset.no-such-split`, `dataset.no-such-example`, `dataset.schema`, and what the shard has to say.
  public func example(_ objective: DatasetObjective, split: String, index: Int) throws(Diagnostic) -> Example {
    let split = try objective.split(named: split)
    guard index >= 0, index < split.rowCount, let shard = split.firstRows.lastIndex(where: { $0 <= index }) else {
      throw Diagnostic(
        "dataset.no-such-example", "'\(objective.name)/\(split.name)' has no example \(index)",
        expected: split.rowCount == 0 ? "a split with rows" : "0 to \(split.rowCount - 1)")
    }
    let reader = try reader(objective, split: split, shard: shard)
    let example = try reader.example(at: index - split.firstRows[shard])
    guard let adopted = example.adopting(objective.objective.schema) else {
      throw Self.otherColumns(than: objective, in: reader)
    }
    return adopted
  }

  static func otherColumns(than objective: DatasetObjective, in reader: ShardReader) -> Diagnostic {
    Diagnostic(
      "dataset.schema", "the shard does not have the columns of its objective",
      at: SourceLocation(path: reader.path), expected: objective.objective.schema.outline,
      found: reader.schema.outline, help: "run verify: the dataset was changed, or built by another version")
  }

  /// One example, taken apart for the eye.
  public func view(_ objective: DatasetObjective, split: String, index: Int) throws(Diagnostic) -> ExampleView {
    let example = try example(objective, split: split, index: index)
    return ExampleView(
      objective: objective.name, kind: objective.kind, split: split, index: index,
      rowCount: try objective.split(named: split).rowCount, example: example,
      sections: objective.objective.explain(example))
  }

  /// Examples to look at: by number, or drawn uniformly under a seed.
  ///
  /// - Parameters:
  ///   - objective: nil for all objectives.
  ///   - index: the first example; nil draws `count` different ones, shown in the order of the split.
  /// - Returns: the views, objective by objective; an objective without rows in the split gives none.
  public func views(
    objective: String? = nil, split: String? = nil, count: Int, startingAt index: Int? = nil, seed: UInt64 = 0
  ) throws(Diagnostic) -> [[ExampleView]] {
    var chosen = objectives
    if let name = objective ?? selection.objective { chosen = [try self.objective(named: name)] }
    var groups: [[ExampleView]] = []
    for objective in chosen {
      let split = try objective.split(named: split ?? selection.split ?? objective.splits.first?.name ?? "train")
      var rows = RowSample(count: count, of: split.rowCount, seed: seed).rows
      if let index { rows = Array(index..<max(index + 1, min(split.rowCount, index + max(count, 1)))) }
      var views: [ExampleView] = []
      for row in rows { views.append(try view(objective, split: split.name, index: row)) }
      groups.append(views)
    }
    return groups
  }
}

extension Example {
  /// The row under another schema that means the same columns; nil when names, types or shapes differ.
  ///
  /// What a column is said to mean may be worded anew from version to version.
  func adopting(_ schema: ExampleSchema) -> Example? {
    self.schema.hasSameColumns(as: schema) ? Example(schema: schema, values: values) : nil
  }
}

extension ExampleSchema {
  func hasSameColumns(as other: ExampleSchema) -> Bool {
    columns.elementsEqual(other.columns) { $0.name == $1.name && $0.type == $1.type && $0.shape == $1.shape }
  }

  /// `input_ids uint16[128], labels int16[128], doc_id uint64`
  var outline: String {
    columns.map { column in
      switch column.shape {
      case .scalar: "\(column.name) \(column.type)"
      case .fixed(let dimensions):
        "\(column.name) \(column.type)[\(dimensions.map(String.init).joined(separator: ", "))]"
      case .list: "\(column.name) \(column.type)[…]"
      }
    }.joined(separator: ", ")
  }
}
