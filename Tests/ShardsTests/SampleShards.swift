import Blocks
import Files
import Shards
import TestSupport

/// Schemas and rows to write, the same in every run.
enum SampleShards {
  /// Every element type in every shape.
  static let everything = ExampleSchema(
    ElementType.allCases.flatMap { type in
      [
        Column("\(type)_scalar", type, .scalar, "One \(type)."),
        Column("\(type)_row", type, .fixed([3]), "Three of them."),
        Column("\(type)_views", type, .fixed([2, 4]), "Two views of four."),
        Column("\(type)_list", type, .list, "Any number of them: é, \"quoted\"."),
      ]
    })

  /// One column of each shape.
  static let small = ExampleSchema([
    Column("doc_id", .uint64, .scalar, "The document."),
    Column("input_ids", .uint16, .fixed([5]), "The ids."),
    Column("views", .int8, .fixed([2, 3]), "Two views."),
    Column("labels", .int32, .list, "What is asked."),
  ])

  /// Rows of random values over the whole range of their types; lists of 0 to `longestList` values.
  static func batch(_ schema: ExampleSchema, rows: Int, seed: UInt32 = 1, longestList: Int = 6) -> ExampleBatch {
    var batch = ExampleBatch(schema: schema)
    var random = RandomStream(key: (seed, 0), counterHigh: (0, 0))
    for _ in 0..<rows {
      for (index, column) in schema.columns.enumerated() {
        let count = column.fixedCount ?? Int(random.word()) % (longestList + 1)
        for _ in 0..<count {
          batch.append(UInt64(random.word()) << 32 | UInt64(random.word()), to: index)
        }
      }
      batch.finishRow(orderKey: 0)
    }
    return batch
  }

  /// Writes rows in one shard, handed over in runs of the given lengths, the last one repeated.
  @discardableResult
  static func write(
    _ batch: borrowing ExampleBatch, to path: String, inRunsOf runs: [Int] = [.max], rowsPerRecordBatch: Int = 1000,
    compression: ShardCompression = .none, in fileSystem: any FileSystem = LocalFileSystem()
  ) throws(Diagnostic) -> ShardSummary {
    var writer = try ArrowShardWriter(
      path: path, schema: batch.schema, rowsPerRecordBatch: rowsPerRecordBatch, compression: compression,
      in: fileSystem)
    var next = 0
    var run = 0
    while next < batch.rowCount {
      let end = min(batch.rowCount - next, runs[min(run, runs.count - 1)]) + next
      try writer.append(batch, rows: next..<end)
      next = end
      run += 1
    }
    return try writer.finish()
  }

  static func bytes(of path: String) throws(Diagnostic) -> [UInt8] { try LocalFileSystem().readAll(path) }
}
