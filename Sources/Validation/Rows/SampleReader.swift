internal import Blocks
internal import Files
internal import Inspection
internal import Shards

/// Draws rows of an objective and reads them from its shards.
struct SampleReader {
  let dataset: Dataset
  let settings: LearningSettings
  let seed: UInt64

  /// Held out are rows of the split `validation`, or, where it has too few, those of every fifth document.
  func sample(_ objective: DatasetObjective) throws(Diagnostic) -> ObjectiveSample {
    var sample = ObjectiveSample(
      name: objective.name, kind: objective.kind, vocabulary: dataset.vocabulary, training: [], heldOut: [])
    guard let first = objective.splits.first else { return sample }
    sample.training = try rows(of: objective, first, count: settings.rowLimit)
    let heldOutCount = settings.rowLimit / 4
    if objective.splits.count > 1, objective.splits[1].rowCount >= min(400, first.rowCount / 20), first.rowCount > 0 {
      sample.heldOut = try rows(of: objective, objective.splits[1], count: heldOutCount)
    }
    if sample.heldOut.count < 100 {
      // The remainder of a hash is as good as a coin.
      sample.heldOut += sample.training.filter { Self.isFifth($0) }
      sample.training.removeAll { Self.isFifth($0) }
    }
    return sample
  }

  private static func isFifth(_ example: Example) -> Bool {
    UInt64(bitPattern: example.scalar("doc_id") ?? 0) % 5 == 0
  }

  /// Rows at even distances over all shards, in a random order.
  private func rows(
    of objective: DatasetObjective, _ split: DatasetObjective.Split, count: Int
  ) throws(Diagnostic) -> [Example] {
    let count = min(count, split.rowCount)
    var examples: [Example] = []
    var reader: (shard: Int, file: ShardReader)?
    for index in 0..<count {
      let row = index * split.rowCount / count
      let shard = (split.firstRows.firstIndex { $0 > row } ?? split.firstRows.count) - 1
      if reader?.shard != shard {
        let path = "\(dataset.path)/\(objective.name)/\(split.name)/\(split.shards[shard].path)"
        reader = (shard, try ShardReader(opening: path, in: LocalFileSystem()))
      }
      if let file = reader?.file { examples.append(try file.example(at: row - split.firstRows[shard])) }
    }
    var order = RandomStream(
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)), counterHigh: (0x524F_5753, 0))
    order.partialShuffle(&examples, count: examples.count)
    return examples
  }
}
