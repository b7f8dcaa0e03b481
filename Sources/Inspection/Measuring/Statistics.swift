public import Blocks
internal import Objectives
internal import Shards
internal import Tokenization

/// Counts a dataset's rows, lengths and ids, and holds observed rates against what the objectives expect.
///
///     for split in try Statistics(of: dataset).measure() { print(split.rates) }
///
/// - Memory: one record batch, and a count for each id.
public struct Statistics: Sendable {
  /// Only this objective; nil for all, or for the one that the dataset's path named.
  public var objective: String?
  /// Read only so many rows of each split, drawn uniformly; nil for all.
  public var sample: Int?
  /// How many of the most frequent tokens to list.
  public var topCount = 10
  private let dataset: Dataset

  public init(of dataset: Dataset) {
    self.dataset = dataset
  }

  /// One entry for each split of each objective, in the manifest's order.
  ///
  /// - Throws: what the shards have to say; `dataset.schema`, `dataset.no-such-objective`.
  public func measure() throws(Diagnostic) -> [SplitStatistics] {
    var chosen = dataset.objectives
    if let name = objective ?? dataset.selection.objective { chosen = [try dataset.objective(named: name)] }
    var results: [SplitStatistics] = []
    for objective in chosen {
      for split in objective.splits where dataset.selection.split == nil || split.name == dataset.selection.split {
        results.append(try measure(objective, split))
      }
    }
    return results
  }

  private func measure(
    _ objective: DatasetObjective, _ split: DatasetObjective.Split
  ) throws(Diagnostic) -> SplitStatistics {
    var tally = Tally(objective, split, vocabularySize: dataset.vocabulary.vocabularySize)
    if let sample, sample < split.rowCount {
      for row in RowSample(count: sample, of: split.rowCount, seed: dataset.manifest.seed).rows {
        tally.add(try dataset.example(objective, split: split.name, index: row))
      }
    } else {
      for shard in split.shards.indices {
        let reader = try dataset.reader(objective, split: split, shard: shard)
        guard reader.schema.hasSameColumns(as: objective.objective.schema) else {
          throw Dataset.otherColumns(than: objective, in: reader)
        }
        try reader.forEachBatch { batch, _ throws(Diagnostic) in
          for row in 0..<batch.rowCount {
            tally.add(Example(schema: objective.objective.schema, values: batch.example(at: row).values))
          }
        }
      }
    }
    return tally.result(topCount: topCount) { dataset.tokenizer.token(for: $0) ?? "#\($0)" }
  }
}

/// The counts while rows come in.
private struct Tally {
  private var result: SplitStatistics
  private let expectations: [Expectation]
  private var idCounts: [Int]
  private let input: Int?
  private let labels: Int?
  private let maskedLabels: Int?
  private let attentionMask: Int?
  private let sourceLength: Int?

  init(_ objective: DatasetObjective, _ split: DatasetObjective.Split, vocabularySize: Int) {
    result = SplitStatistics(
      objective: objective.name, kind: objective.kind, split: split.name, rowCount: split.rowCount,
      byteCount: split.shards.reduce(0) { $0 &+ $1.byteCount }, vocabularySize: vocabularySize)
    expectations = objective.objective.expectations
    result.rates = expectations.map { RateMeasurement($0) }
    idCounts = Array(repeating: 0, count: vocabularySize)
    let columns = objective.objective.schema.columns
    func index(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }
    input = index("input_ids")
    labels = index("labels")
    maskedLabels = index("masked_labels")
    attentionMask = index("attention_mask")
    sourceLength = index("source_length")
  }

  mutating func add(_ example: Example) {
    result.rowsRead += 1
    for (index, expectation) in expectations.enumerated() { result.rates[index].add(expectation.observe(example)) }
    if let length = sourceLength.flatMap({ example.values[$0].first }) {
      result.sourceTokens &+= Int(length)
    }
    if let input {
      let ids = example.values[input]
      let mask = attentionMask.map { example.values[$0] }
      var real = 0
      for (position, id) in ids.enumerated() where mask.map({ position < $0.count && $0[position] == 1 }) ?? true {
        real += 1
        if id >= 0, id < idCounts.count { idCounts[Int(id)] += 1 }
      }
      result.cellCount += ids.count
      result.paddingCount += ids.count - real
      result.inputLengths.add(real)
    }
    if let targets = labels ?? maskedLabels {
      result.targetLengths.add(example.values[targets].reduce(0) { $0 + ($1 >= 0 ? 1 : 0) })
    }
  }

  func result(topCount: Int, token: (UInt32) -> String) -> SplitStatistics {
    var result = result
    let seen = idCounts.indices.filter { idCounts[$0] > 0 }
    result.idsSeen = seen.count
    result.topTokens = seen.sorted { idCounts[$0] != idCounts[$1] ? idCounts[$0] > idCounts[$1] : $0 < $1 }
      .prefix(topCount)
      .map { .init(id: UInt32($0), token: token(UInt32($0)).printable, count: idCounts[$0]) }
    return result
  }
}
