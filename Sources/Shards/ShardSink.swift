public import Blocks

/// Where finished examples go: one shard of a split, in whatever format.
///
/// A sink takes rows in order and appears as a whole when it is finished; dropped before that, it leaves nothing.
public protocol ShardSink: ~Copyable {
  /// Appends rows of a batch. The bytes depend on the rows alone, not on how they were cut into batches.
  mutating func append(_ batch: borrowing ExampleBatch, rows: Range<Int>) throws(Diagnostic)

  /// Ends the shard and gives it its name.
  consuming func finish() throws(Diagnostic) -> ShardSummary
}
