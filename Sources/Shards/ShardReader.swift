import ArrowIPC
public import Blocks
public import Files

/// Reads one shard: any Arrow IPC stream of integer columns without nulls, mapped into memory.
///
/// Nothing in the file is believed: every place, length, type and list offset is checked before it is used, so that a
/// damaged file gives a diagnostic with its path and byte. Damage to values that are not packed only a checksum can
/// show: see `verifyChecksum(of:in:fileSystem:)`.
///
/// Opening reads the metadata of all record batches; values are read as they are asked for. Order keys are not stored:
/// those of batches that were read are 0.
public struct ShardReader: Sendable {
  public let path: String
  public let schema: ExampleSchema
  /// Keys and values of the Arrow schema, `huggingface` and `palimpsest` among them.
  public let metadata: [(key: String, value: String)]
  public let rowCount: Int
  public var recordBatchCount: Int { recordBatches.count }

  private let recordBatches: [ArrowRecordBatch]
  private let file: MappedFile

  static let damageHelp = "the file was cut off or changed: copy it anew, or build the dataset again"
  static let area = FlatBuffer.Area(codePrefix: "shards", help: damageHelp)

  /// - Throws: `shards.not-arrow`, `shards.truncated`, `shards.trailing-bytes`, `shards.damaged-metadata`,
  ///   `shards.unsupported`, and what the file system has to say.
  public init(opening path: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    try self.init(mapping: try fileSystem.map(path), path: path)
  }

  /// - Parameter path: what the file is called in messages.
  package init(mapping file: MappedFile, path: String) throws(Diagnostic) {
    let directory = try unsafe file.withBytes { bytes throws(Diagnostic) in
      try unsafe ArrowDirectory(of: bytes, path: path)
    }
    self.path = path
    self.file = file
    schema = directory.schema
    metadata = directory.metadata
    rowCount = directory.rowCount
    recordBatches = directory.recordBatches
  }

  /// The rows of a record batch.
  public func rows(ofRecordBatch index: Int) -> Range<Int> {
    let batch = recordBatches[index]
    return batch.firstRow..<batch.firstRow + batch.rowCount
  }

  /// Lends every record batch in turn, in one buffer that is used again for the next.
  public func forEachBatch(
    _ body: (_ batch: borrowing ExampleBatch, _ firstRow: Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var batch = ExampleBatch(schema: schema)
    for index in recordBatches.indices {
      try read(recordBatch: index, into: &batch)
      try body(batch, recordBatches[index].firstRow)
    }
  }

  /// Puts a record batch in place of the contents of `batch`: one copy for each column.
  ///
  /// - Precondition: `batch` has this shard's schema.
  /// - Throws: `shards.damaged-offsets`, `shards.damaged-values`.
  public func read(recordBatch index: Int, into batch: inout ExampleBatch) throws(Diagnostic) {
    precondition(batch.schema == schema, "a batch of another schema")
    let place = recordBatches[index]
    try unsafe file.withBytes { bytes throws(Diagnostic) in
      try batch.replaceAll(rowCount: place.rowCount) { buffers throws(Diagnostic) in
        for column in buffers.indices {
          try unsafe read(0..<place.rowCount, of: place.places[column], from: bytes, into: &buffers[column])
        }
      }
    }
  }

  /// One row.
  ///
  /// - Throws: `shards.no-such-row`, `shards.damaged-offsets`, `shards.damaged-values`.
  public func example(at row: Int) throws(Diagnostic) -> Example {
    guard row >= 0, row < rowCount else {
      throw Diagnostic(
        "shards.no-such-row", "\(path) has no row \(row)", at: SourceLocation(path: path),
        expected: rowCount == 0 ? "a shard with rows" : "0 to \(rowCount - 1)")
    }
    let place = recordBatches[indexOfRecordBatch(holding: row)]
    let rowInBatch = row - place.firstRow
    var values: [[Int64]] = []
    try unsafe file.withBytes { bytes throws(Diagnostic) in
      for (index, column) in schema.columns.enumerated() {
        var buffer = ExampleBatch.Buffer(column: column)
        try unsafe read(rowInBatch..<rowInBatch + 1, of: place.places[index], from: bytes, into: &buffer)
        values.append((0..<buffer.valueCount).map { buffer.value(at: $0) })
      }
    }
    return Example(schema: schema, values: values)
  }

  /// The last record batch that starts at the row or before it; empty ones in front of it are passed over.
  private func indexOfRecordBatch(holding row: Int) -> Int {
    var low = 0
    var high = recordBatches.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if recordBatches[middle].firstRow <= row { low = middle } else { high = middle }
    }
    return low
  }

  /// Copies rows of a column into an empty buffer.
  private func read(
    _ rows: Range<Int>, of place: ArrowRecordBatch.Place, from bytes: UnsafeRawBufferPointer,
    into buffer: inout ExampleBatch.Buffer
  ) throws(Diagnostic) {
    var values = 0..<place.valueCount
    if let count = buffer.column.fixedCount {
      values = rows.lowerBound * count..<rows.upperBound * count
    } else if let offsets = place.offsets {
      var found: [Int] = []
      values = try unsafe withContent(of: offsets, in: bytes) { lists throws(Diagnostic) in
        try unsafe listOffsets(
          UnsafeRawBufferPointer(rebasing: lists[4 * rows.lowerBound..<4 * (rows.upperBound + 1)]),
          fileOffset: offsets.range.lowerBound, firstRow: rows.lowerBound, place, into: &found)
      }
      buffer.offsets += found
    }
    let width = buffer.column.type.byteWidth
    try unsafe withContent(of: place.values, in: bytes) { content throws(Diagnostic) in
      unsafe buffer.bytes.append(
        contentsOf: UnsafeRawBufferPointer(rebasing: content[values.lowerBound * width..<values.upperBound * width]))
    }
  }

  /// Lends the bytes of a buffer: those of the file, or what they unpack to.
  private func withContent<R>(
    of buffer: ArrowRecordBatch.StoredBuffer, in bytes: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) throws(Diagnostic) -> R
  ) throws(Diagnostic) -> R {
    let stored = unsafe UnsafeRawBufferPointer(rebasing: bytes[buffer.range])
    guard let byteCount = buffer.unpackedByteCount else { return try unsafe body(stored) }
    guard let content = unsafe unpackZstd(stored, byteCount: byteCount) else {
      throw Diagnostic(
        "shards.damaged-values", "packed values of \(path) are damaged",
        at: SourceLocation(path: path, byte: buffer.range.lowerBound),
        expected: "a zstd frame of \(byteCount) bytes with a right checksum", help: Self.damageHelp)
    }
    return try unsafe content.span.withUnsafeBytes(body)
  }

  /// Appends the offsets of lists, counted from the first, and returns which values they hold.
  private func listOffsets(
    _ lists: UnsafeRawBufferPointer, fileOffset: Int, firstRow: Int, _ place: ArrowRecordBatch.Place,
    into offsets: inout [Int]
  ) throws(Diagnostic) -> Range<Int> {
    var first = 0
    var last = 0
    let count = lists.count / 4
    offsets.reserveCapacity(count)
    for index in 0..<count {
      let offset = unsafe Int(Int32(littleEndian: lists.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self)))
      guard offset >= last, offset <= place.valueCount else {
        throw Diagnostic(
          "shards.damaged-offsets", "the list offsets of \(path) are damaged",
          at: SourceLocation(path: path, byte: fileOffset + 4 * (firstRow + index)),
          expected: "an offset from \(last) to \(place.valueCount)", found: "\(offset)", help: Self.damageHelp)
      }
      if index == 0 { first = offset } else { offsets.append(offset - first) }
      last = offset
    }
    return first..<last
  }
}
