import ArrowIPC
public import Blocks
public import Files

/// Writes one shard as an Arrow IPC stream.
///
///     schema | record batch of `rowsPerRecordBatch` rows | … | the last, shorter one | end of stream
///
/// The file appears under its name, synced to disk, when `finish` returns. Its bytes depend on the schema and the rows
/// alone.
///
/// - Memory: one record batch.
public struct ArrowShardWriter: ShardSink, ~Copyable {
  /// The columns' values of the record batch that is being filled.
  private struct PendingColumn {
    let column: Column
    /// Values, little-endian.
    var values: [UInt8] = []
    /// For lists: 32-bit offsets, little-endian, one more than rows.
    var offsets: [UInt8] = []

    var valueCount: Int { values.count / column.type.byteWidth }

    init(_ column: Column) {
      self.column = column
      removeAll()
    }

    mutating func removeAll() {
      values.removeAll(keepingCapacity: true)
      offsets.removeAll(keepingCapacity: true)
      if column.shape == .list { offsets.append(contentsOf: [0, 0, 0, 0]) }
    }
  }

  private let path: String
  private let schema: ExampleSchema
  private let rowsPerRecordBatch: Int
  private let valuesPerListLimit: Int
  private var file: AtomicFile
  private var fileHash = XXH64()
  private var batchHash = XXH64()
  private var pending: [PendingColumn]
  private var pendingRowCount = 0
  private var rowCount = 0
  private var recordBatches: [ShardSummary.RecordBatch] = []

  /// - Parameters:
  ///   - metadata: more keys and values for the Arrow schema; `huggingface` and `palimpsest` are there already.
  ///   - rowsPerRecordBatch: the same for all shards of a dataset. 1,000 is what `datasets` uses: small enough to read
  ///     one row of, large enough that metadata does not count.
  /// - Throws: `shards.invalid-schema`, and what the file system has to say.
  public init(
    path: String, schema: ExampleSchema, metadata: [(key: String, value: String)] = [],
    rowsPerRecordBatch: Int = 1000, in fileSystem: any FileSystem
  ) throws(Diagnostic) {
    try self.init(
      path: path, schema: schema, metadata: metadata, rowsPerRecordBatch: rowsPerRecordBatch,
      valuesPerListLimit: Int(Int32.max), in: fileSystem)
  }

  /// - Parameter valuesPerListLimit: values of one list column in one record batch; tests lower it.
  package init(
    path: String, schema: ExampleSchema, metadata: [(key: String, value: String)] = [], rowsPerRecordBatch: Int,
    valuesPerListLimit: Int, in fileSystem: any FileSystem
  ) throws(Diagnostic) {
    precondition(rowsPerRecordBatch > 0, "a record batch has rows")
    let table = ArrowSchema.table(for: try schema.validated(), metadata: metadata)
    let header = ArrowFormat.encapsulated(ArrowFormat.message(ArrowFormat.Header.schema, table, bodyByteCount: 0))
    var file = try AtomicFile(path, in: fileSystem)
    try file.write(header)
    unsafe fileHash.update(header.span.bytes)
    self.file = file
    self.path = path
    self.schema = schema
    self.rowsPerRecordBatch = rowsPerRecordBatch
    self.valuesPerListLimit = valuesPerListLimit
    pending = schema.columns.map { PendingColumn($0) }
  }

  /// - Precondition: the batch has this writer's schema, and the rows are in it.
  /// - Throws: `shards.row-too-long` for a list of 2^31 values or more.
  public mutating func append(_ batch: borrowing ExampleBatch, rows: Range<Int>) throws(Diagnostic) {
    precondition(batch.schema == schema, "rows of another schema")
    precondition(rows.lowerBound >= 0 && rows.upperBound <= batch.rowCount, "rows outside the batch")
    let buffers = batch.buffers
    var next = rows.lowerBound
    while next < rows.upperBound {
      let end = try endOfFittingRows(from: next, upTo: rows.upperBound, in: buffers)
      if end > next { copy(next..<end, of: buffers) }
      if pendingRowCount == rowsPerRecordBatch || end < rows.upperBound { try writeRecordBatch() }
      next = end
    }
  }

  /// Writes what is left and the end of the stream, syncs, and gives the file its name.
  public consuming func finish() throws(Diagnostic) -> ShardSummary {
    if pendingRowCount > 0 { try writeRecordBatch() }
    try write(ArrowFormat.endOfStream)
    let summary = ShardSummary(
      path: lastComponent(of: path), rowCount: rowCount, byteCount: file.byteCount, checksum: fileHash.value,
      recordBatches: recordBatches)
    try file.commit()
    return summary
  }

  /// How many of the rows still fit the record batch: by their number, and by the 32-bit offsets of each list.
  private func endOfFittingRows(
    from start: Int, upTo end: Int, in buffers: [ExampleBatch.Buffer]
  ) throws(Diagnostic) -> Int {
    var end = min(end, start + rowsPerRecordBatch - pendingRowCount)
    for (index, buffer) in buffers.enumerated() where buffer.column.shape == .list {
      let room = valuesPerListLimit - pending[index].valueCount
      while end > start, buffer.offsets[end] - buffer.offsets[start] > room { end -= 1 }
      if end == start, buffer.offsets[start + 1] - buffer.offsets[start] > valuesPerListLimit {
        throw Diagnostic(
          "shards.row-too-long", "row \(rowCount + pendingRowCount) of \(path) has too many values",
          at: SourceLocation(path: path), expected: "at most \(valuesPerListLimit) values in '\(buffer.column.name)'",
          found: "\(buffer.offsets[start + 1] - buffer.offsets[start])")
      }
    }
    return end
  }

  private mutating func copy(_ rows: Range<Int>, of buffers: [ExampleBatch.Buffer]) {
    for (index, buffer) in buffers.enumerated() {
      let width = buffer.column.type.byteWidth
      let values: Range<Int>
      if let count = buffer.column.fixedCount {
        values = rows.lowerBound * count..<rows.upperBound * count
      } else {
        values = buffer.offsets[rows.lowerBound]..<buffer.offsets[rows.upperBound]
        let shift = pending[index].valueCount - values.lowerBound
        for offset in buffer.offsets[rows.lowerBound + 1...rows.upperBound] {
          let bits = UInt32(truncatingIfNeeded: offset + shift)
          for byte in 0..<4 { pending[index].offsets.append(UInt8(truncatingIfNeeded: bits >> UInt32(8 * byte))) }
        }
      }
      pending[index].values.append(contentsOf: buffer.bytes[values.lowerBound * width..<values.upperBound * width])
    }
    pendingRowCount += rows.count
  }

  private mutating func writeRecordBatch() throws(Diagnostic) {
    let (header, bodyByteCount) = recordBatchHeader()
    let message = ArrowFormat.message(ArrowFormat.Header.recordBatch, header, bodyByteCount: bodyByteCount)
    let start = file.byteCount
    batchHash = XXH64()
    try write(ArrowFormat.encapsulated(message))
    for index in pending.indices {
      if pending[index].column.shape == .list { try writePadded(pending[index].offsets) }
      try writePadded(pending[index].values)
      pending[index].removeAll()
    }
    recordBatches.append(
      ShardSummary.RecordBatch(
        rowCount: pendingRowCount, byteCount: file.byteCount - start, checksum: batchHash.value))
    rowCount += pendingRowCount
    pendingRowCount = 0
  }

  /// The lengths of all arrays and the places of all buffers, parents before children.
  private func recordBatchHeader() -> (header: FlatTable, bodyByteCount: Int) {
    var nodes: [Int64] = []
    var places: [Int64] = []
    var bodyByteCount = 0
    func addNode(count: Int) {
      nodes += [Int64(count), 0]
      // No nulls: the validity bitmap is absent, an empty buffer.
      places += [Int64(bodyByteCount), 0]
    }
    func addBuffer(byteCount: Int) {
      places += [Int64(bodyByteCount), Int64(byteCount)]
      bodyByteCount += ArrowFormat.roundedUp(byteCount)
    }
    for column in pending {
      addNode(count: pendingRowCount)
      switch column.column.shape {
      case .scalar: break
      case .list:
        addBuffer(byteCount: column.offsets.count)
        addNode(count: column.valueCount)
      case .fixed(let dimensions):
        var count = pendingRowCount
        for dimension in dimensions {
          count *= dimension
          addNode(count: count)
        }
      }
      addBuffer(byteCount: column.values.count)
    }
    let header = FlatTable([
      (ArrowFormat.RecordBatchSlot.length, .int64(pendingRowCount)),
      (ArrowFormat.RecordBatchSlot.nodes, .structs(nodes, wordsPerStruct: 2)),
      (ArrowFormat.RecordBatchSlot.buffers, .structs(places, wordsPerStruct: 2)),
    ])
    return (header, bodyByteCount)
  }

  private mutating func writePadded(_ bytes: [UInt8]) throws(Diagnostic) {
    try write(bytes)
    let padding = ArrowFormat.roundedUp(bytes.count) - bytes.count
    if padding > 0 { try write(Array(repeating: 0, count: padding)) }
  }

  private mutating func write(_ bytes: [UInt8]) throws(Diagnostic) {
    unsafe fileHash.update(bytes.span.bytes)
    unsafe batchHash.update(bytes.span.bytes)
    try file.write(bytes)
  }
}
