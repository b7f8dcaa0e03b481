/// How the rows of one schema lie in a wider one: column by column, with what fills the rest.
///
/// So objectives with columns of their own write rows into one batch, each as if the batch were its own:
///
///     own       input_ids [4]  labels [4]
///     wide      input_ids [6]  labels [6]  attention_mask [6]  task
///     row       a b c d 0 0    … -100 -100 1 1 1 1 0 0         1
public struct RowEmbedding: Sendable, Equatable {
  /// What a column holds where the own rows have nothing for it.
  public enum Fill: Sendable, Equatable {
    /// One value; lists stay empty.
    case value(Int64)
    /// 1 for each value that the row has in another column of the wide schema, then 0.
    case ones(asManyAs: Int)
    /// 0, 1, 2 … for each value that the row has in another column of the wide schema, then 0.
    case positions(asManyAs: Int)
  }

  /// By column of the own schema: its place in the wide one.
  public let places: [Int]
  /// By column of the wide schema.
  public let fills: [Fill]

  public init(places: [Int], fills: [Fill]) {
    self.places = places
    self.fills = fills
  }
}

extension ExampleBatch {
  /// Lets rows be written as those of a narrower schema, column numbers being its own; nil ends that.
  ///
  /// What was appended of a row before stays: it belongs to the same row.
  public mutating func embed(_ embedding: RowEmbedding?) {
    self.embedding = embedding
    places = embedding?.places ?? Array(buffers.indices)
  }

  /// Fills up the row that is being written.
  mutating func fillRow(_ embedding: RowEmbedding) {
    // Columns that count another's values come first, while those are what the row itself has.
    for column in buffers.indices {
      switch embedding.fills[column] {
      case .value: continue
      case .ones(let other): repeatValue(1, count: valuesOfRow(in: other), in: column)
      case .positions(let other):
        for position in 0..<valuesOfRow(in: other) { repeatValue(UInt64(position), count: 1, in: column) }
      }
    }
    for column in buffers.indices {
      guard let count = buffers[column].column.fixedCount else { continue }
      var rest: Int64 = 0
      if case .value(let value) = embedding.fills[column] { rest = value }
      repeatValue(UInt64(bitPattern: rest), count: count - valuesOfRow(in: column), in: column)
    }
  }

  /// Number of values that the row that is being written has so far.
  private func valuesOfRow(in column: Int) -> Int {
    let before = buffers[column].column.fixedCount.map { $0 * rowCount } ?? buffers[column].offsets[rowCount]
    return buffers[column].valueCount - before
  }
}
