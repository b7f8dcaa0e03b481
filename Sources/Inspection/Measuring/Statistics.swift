public import Blocks
internal import Objectives
internal import Shards
internal import Tokenization

/// Counts a dataset's rows, lengths and ids, and holds observed rates and distributions against what the objectives
/// expect.
///
///     for split in try Statistics(of: dataset).measure() { print(split.rates, split.laws) }
///
/// One pass over the rows; all sums are integers, so that no result depends on who counts which part.
///
/// - Memory: a few record batches for each worker, and a count for each id.
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
  /// - Parameter workers: who reads the record batches.
  /// - Throws: what the shards have to say; `dataset.schema`, `dataset.no-such-objective`.
  public func measure(on workers: any Workers = CallingThread()) throws(Diagnostic) -> [SplitStatistics] {
    var chosen = dataset.objectives
    if let name = objective ?? dataset.selection.objective { chosen = [try dataset.objective(named: name)] }
    var results: [SplitStatistics] = []
    for objective in chosen {
      for split in objective.splits where dataset.selection.split == nil || split.name == dataset.selection.split {
        results.append(try measure(objective, split, on: workers))
      }
    }
    return results
  }

  private func measure(
    _ objective: DatasetObjective, _ split: DatasetObjective.Split, on workers: any Workers
  ) throws(Diagnostic) -> SplitStatistics {
    let empty = Tally(objective, split, vocabularySize: dataset.vocabulary.vocabularySize)
    var tally = empty
    if let sample, sample < split.rowCount {
      for row in RowSample(count: sample, of: split.rowCount, seed: dataset.manifest.seed).rows {
        tally.add(try dataset.example(objective, split: split.name, index: row))
      }
    } else {
      var parts: [(reader: ShardReader, recordBatch: Int)] = []
      for shard in split.shards.indices {
        let reader = try dataset.reader(objective, split: split, shard: shard)
        guard reader.schema.hasSameColumns(as: objective.objective.schema) else {
          throw Dataset.otherColumns(than: objective, in: reader)
        }
        for recordBatch in 0..<reader.recordBatchCount { parts.append((reader, recordBatch)) }
      }
      let (all, schema) = (parts, objective.objective.schema)
      try workers.inOrder(all.count) { number in
        Self.count(all[number].reader, all[number].recordBatch, schema, into: empty)
      } take: { part throws(Diagnostic) in
        tally.add(try part.get())
      }
    }
    return tally.result(topCount: topCount) { dataset.tokenizer.token(for: $0) ?? "#\($0)" }
  }

  /// Counts one record batch.
  private static func count(
    _ reader: ShardReader, _ recordBatch: Int, _ schema: ExampleSchema, into empty: Tally
  ) -> Result<Tally, Diagnostic> {
    var tally = empty
    var batch = ExampleBatch(schema: reader.schema)
    do throws(Diagnostic) {
      try reader.read(recordBatch: recordBatch, into: &batch)
    } catch {
      return .failure(error)
    }
    for row in 0..<batch.rowCount { tally.add(Example(schema: schema, values: batch.example(at: row).values)) }
    return .success(tally)
  }
}
