internal import Shards

/// Whether the rows of a batch come from different documents, and shards hold whole batches.
///
/// Rows behind the last whole batch are not bound to anything.
struct BatchCheck {
  private let size: Int
  private let count: Int
  private var documents: Set<UInt64> = []

  /// - Returns: nil where rows are not laid out in batches.
  init?(size: Int?, count: Int?) {
    guard let size, let count, size > 0 else { return nil }
    self.size = size
    self.count = count
  }

  /// What is wrong with the numbers of rows in shards; nil for nothing.
  func check(_ split: DatasetObjective.Split) -> Finding? {
    let starts = split.firstRows.dropFirst()
    guard count <= split.rowCount / size, starts.allSatisfy({ $0 % size == 0 && $0 / size <= count }) else {
      return Finding(
        "audit.batches", "the shards do not hold whole batches", at: .init(),
        expected: "\(count) batches of \(size) rows, the rest in the last shard",
        found: split.shards.map { "\($0.rowCount)" }.joined(separator: ", ") + " rows",
        help: "the manifest was changed: build the dataset again")
    }
    return nil
  }

  /// Takes the next row; returns a finding, without its place, when its document is in the batch already.
  mutating func check(_ row: RowIdentity, number: Int) -> Finding? {
    if number % size == 0 { documents.removeAll(keepingCapacity: true) }
    guard number / size < count, !documents.insert(row.documentID).inserted else { return nil }
    return Finding(
      "audit.batches", "two rows of one batch come from one document", at: .init(),
      expected: "\(size) different documents in batch \(number / size)", found: "doc_id of an earlier row of it",
      help: "rows or shards were moved after they were written: build the dataset again")
  }
}
