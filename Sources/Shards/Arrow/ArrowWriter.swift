import ArrowIPC
public import Blocks
public import Files

/// Writes one shard as an Arrow IPC stream.
///
///     schema | record batch of `rowsPerRecordBatch` rows | … | the last, shorter one | end of stream
///
/// A record batch also ends in front of the row that would take its values beyond 16 MiB, so that one row is read
/// without much else. The file appears under its name, synced to disk, when `finish` returns. Its bytes depend on the
/// schema and the rows alone; packed ones on the version of zstd, too.
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
  private let bytesPerRecordBatch: Int
  private let packer: ZstdPacker?
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
    rowsPerRecordBatch: Int = 1000, compression: ShardCompression = .none, in fileSystem: any FileSystem
  ) throws(Diagnostic) {
    try self.init(
      path: path, schema: schema, metadata: metadata, rowsPerRecordBatch: rowsPerRecordBatch,
      valuesPerListLimit: Int(Int32.max), compression: compression, in: fileSystem)
  }

  /// - Parameters:
  ///   - valuesPerListLimit: values of one list column in one record batch; tests lower it.
  ///   - bytesPerRecordBatch: bytes of values in a record batch of more than one row; tests lower it.
  package init(
    path: String, schema: ExampleSchema, metadata: [(key: String, value: String)] = [], rowsPerRecordBatch: Int,
    valuesPerListLimit: Int, bytesPerRecordBatch: Int = 1 << 24, compression: ShardCompression = .none,
    in fileSystem: any FileSystem
  ) throws(Diagnostic) {
    precondition(rowsPerRecordBatch > 0, "a record batch has rows")
    let table = ArrowSchema.table(for: try schema.validated(), metadata: metadata)
    let header = ArrowFormat.encapsulated(ArrowFormat.message(ArrowFormat.Header.schema, table, bodyByteCount: 0))
    let packer: ZstdPacker?
    switch compression {
    case .none: packer = nil
    case .zstd: packer = try ZstdPacker(level: ShardCompression.zstdLevel)
    }
    var file = try AtomicFile(path, in: fileSystem)
    try file.write(header)
    unsafe fileHash.update(header.span.bytes)
    self.file = file
    self.path = path
    self.schema = schema
    self.rowsPerRecordBatch = rowsPerRecordBatch
    self.valuesPerListLimit = valuesPerListLimit
    self.bytesPerRecordBatch = bytesPerRecordBatch
    self.packer = packer
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

  /// How many of the rows still fit the record batch: by their number, by the 32-bit offsets of each list, and by the
  /// bytes of their values.
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
    let isFirst = pendingRowCount == 0
    let room = bytesPerRecordBatch - pending.reduce(0) { $0 + $1.values.count }
    while end > start + (isFirst ? 1 : 0), Self.byteCount(of: start..<end, in: buffers) > room { end -= 1 }
    return end
  }

  private static func byteCount(of rows: Range<Int>, in buffers: [ExampleBatch.Buffer]) -> Int {
    buffers.reduce(0) { sum, buffer in
      let values =
        buffer.column.fixedCount.map { $0 * rows.count }
        ?? buffer.offsets[rows.upperBound] - buffer.offsets[rows.lowerBound]
      return sum + values * buffer.column.type.byteWidth
    }
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
    var nodes: [Int64] = []
    var places: [Int64] = []
    var body: [UInt8] = []
    func addNode(count: Int) {
      nodes += [Int64(count), 0]
      // No nulls: the validity bitmap is absent, an empty buffer.
      places += [Int64(body.count), 0]
    }
    func addBuffer(_ bytes: [UInt8]) {
      let start = body.count
      append(bytes, to: &body)
      places += [Int64(start), Int64(body.count - start)]
      body.append(contentsOf: repeatElement(0, count: ArrowFormat.roundedUp(body.count) - body.count))
    }
    for index in pending.indices {
      addNode(count: pendingRowCount)
      switch pending[index].column.shape {
      case .scalar: break
      case .list:
        addBuffer(pending[index].offsets)
        addNode(count: pending[index].valueCount)
      case .fixed(let dimensions):
        var count = pendingRowCount
        for dimension in dimensions {
          count *= dimension
          addNode(count: count)
        }
      }
      addBuffer(pending[index].values)
      pending[index].removeAll()
    }
    let header = recordBatchHeader(nodes: nodes, places: places)
    let message = ArrowFormat.message(ArrowFormat.Header.recordBatch, header, bodyByteCount: body.count)
    let start = file.byteCount
    batchHash = XXH64()
    try write(ArrowFormat.encapsulated(message))
    try write(body)
    recordBatches.append(
      ShardSummary.RecordBatch(
        rowCount: pendingRowCount, byteCount: file.byteCount - start, checksum: batchHash.value))
    rowCount += pendingRowCount
    pendingRowCount = 0
  }

  /// The lengths of all arrays and the places of all buffers, parents before children.
  private func recordBatchHeader(nodes: [Int64], places: [Int64]) -> FlatTable {
    let plain: [(slot: Int, value: FlatTable.Value)] = [
      (ArrowFormat.RecordBatchSlot.length, .int64(pendingRowCount)),
      (ArrowFormat.RecordBatchSlot.nodes, .structs(nodes, wordsPerStruct: 2)),
      (ArrowFormat.RecordBatchSlot.buffers, .structs(places, wordsPerStruct: 2)),
    ]
    if packer == nil { return FlatTable(plain) }
    let compression = FlatTable([
      (ArrowFormat.Compression.codecSlot, .uint8(ArrowFormat.Compression.zstd)),
      (ArrowFormat.Compression.methodSlot, .uint8(ArrowFormat.Compression.buffer)),
    ])
    return FlatTable(plain + [(ArrowFormat.RecordBatchSlot.compression, .table(compression))])
  }

  /// Appends a buffer as it is, or packed behind its length. Packed even where that makes it no smaller: the frame
  /// brings a checksum with it.
  private func append(_ bytes: [UInt8], to body: inout [UInt8]) {
    guard let packer, !bytes.isEmpty else {
      body += bytes
      return
    }
    for shift in stride(from: 0, to: 64, by: 8) { body.append(UInt8(truncatingIfNeeded: bytes.count >> shift)) }
    packer.pack(bytes, into: &body)
  }

  private mutating func write(_ bytes: [UInt8]) throws(Diagnostic) {
    unsafe fileHash.update(bytes.span.bytes)
    unsafe batchHash.update(bytes.span.bytes)
    try file.write(bytes)
  }
}
