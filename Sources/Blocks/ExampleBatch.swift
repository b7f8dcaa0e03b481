/// Examples as columns: flat little-endian buffers, offsets for lists, and a 64-bit order key for each row.
///
/// A row is written by appending any number of pieces to each column and then calling `finishRow`. Owned by one worker,
/// cleared and reused.
public struct ExampleBatch: ~Copyable {
  /// One column's values.
  public struct Buffer: Sendable {
    public let column: Column
    /// Values, little-endian, without gaps.
    public var bytes: [UInt8] = []
    /// For lists: number of values before each row and behind the last; one entry more than rows.
    public var offsets: [Int] = [0]

    package init(column: Column) {
      self.column = column
    }

    /// Number of values so far.
    public var valueCount: Int { bytes.count / column.type.byteWidth }
  }

  public let schema: ExampleSchema
  public internal(set) var buffers: [Buffer]
  /// The order of the rows in a shuffled dataset; ties are broken by (file, block, row).
  public private(set) var orderKeys: [UInt64] = []
  /// How the rows that are written lie in this schema, where theirs is narrower.
  var embedding: RowEmbedding?
  /// By column as whoever writes counts them: its place in `buffers`.
  var places: [Int]

  public init(schema: ExampleSchema) {
    self.schema = schema
    buffers = schema.columns.map { Buffer(column: $0) }
    places = Array(buffers.indices)
  }

  public var rowCount: Int { orderKeys.count }

  /// Empties the batch and keeps its buffers.
  public mutating func removeAll() {
    for index in buffers.indices {
      buffers[index].bytes.removeAll(keepingCapacity: true)
      buffers[index].offsets.removeAll(keepingCapacity: true)
      buffers[index].offsets.append(0)
    }
    orderKeys.removeAll(keepingCapacity: true)
  }

  /// Appends one value to a column. Only the low bits that the column's type has are kept.
  public mutating func append(_ value: some FixedWidthInteger, to column: Int) {
    append(repeating: Int64(truncatingIfNeeded: value), count: 1, to: column)
  }

  /// Appends the same value `count` times: padding.
  public mutating func append(repeating value: some FixedWidthInteger, count: Int, to column: Int) {
    repeatValue(UInt64(truncatingIfNeeded: value), count: count, in: places[column])
  }

  /// Appends the low bits that a column's type has, `count` times.
  mutating func repeatValue(_ bits: UInt64, count: Int, in column: Int) {
    guard count > 0 else { return }
    switch buffers[column].column.type.byteWidth {
    case 1: store(count: count, column: column) { _ in UInt8(truncatingIfNeeded: bits) }
    case 2: store(count: count, column: column) { _ in UInt16(truncatingIfNeeded: bits) }
    case 4: store(count: count, column: column) { _ in UInt32(truncatingIfNeeded: bits) }
    default: store(count: count, column: column) { _ in bits }
    }
  }

  /// Appends ids, narrowed to the column's type.
  public mutating func append(contentsOf values: Span<UInt32>, to column: Int) {
    let column = places[column]
    switch buffers[column].column.type.byteWidth {
    case 1: store(count: values.count, column: column) { unsafe UInt8(truncatingIfNeeded: values[unchecked: $0]) }
    case 2: store(count: values.count, column: column) { unsafe UInt16(truncatingIfNeeded: values[unchecked: $0]) }
    case 4: store(count: values.count, column: column) { unsafe values[unchecked: $0] }
    default: store(count: values.count, column: column) { unsafe UInt64(values[unchecked: $0]) }
    }
  }

  /// Appends signed values, narrowed to the column's type.
  public mutating func append(contentsOf values: Span<Int32>, to column: Int) {
    let column = places[column]
    switch buffers[column].column.type.byteWidth {
    case 1: store(count: values.count, column: column) { unsafe UInt8(truncatingIfNeeded: values[unchecked: $0]) }
    case 2: store(count: values.count, column: column) { unsafe UInt16(truncatingIfNeeded: values[unchecked: $0]) }
    case 4: store(count: values.count, column: column) { unsafe UInt32(bitPattern: values[unchecked: $0]) }
    default: store(count: values.count, column: column) { unsafe UInt64(truncatingIfNeeded: values[unchecked: $0]) }
    }
  }

  /// Appends values that are in the column's type and byte order already.
  package mutating func appendBytes(_ values: Span<UInt8>, to column: Int) {
    let start = buffers[column].bytes.count
    buffers[column].bytes.append(contentsOf: repeatElement(0, count: values.count))
    unsafe buffers[column].bytes.withUnsafeMutableBytes { bytes in
      unsafe values.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: source)
      }
    }
  }

  /// Puts whole columns in place of all rows; their order keys are 0.
  ///
  /// `fill` gets empty buffers. For lists, `offsets` holds its first 0.
  ///
  /// - Precondition: `fill` leaves the values, and the offsets, of exactly `rowCount` rows in each column. After a
  ///   throw the batch is empty.
  package mutating func replaceAll(
    rowCount: Int, _ fill: (inout [Buffer]) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    removeAll()
    do throws(Diagnostic) {
      try fill(&buffers)
    } catch {
      removeAll()
      throw error
    }
    for buffer in buffers {
      let isWhole =
        buffer.column.fixedCount.map { buffer.valueCount == $0 * rowCount }
        ?? (buffer.offsets.count == rowCount + 1 && buffer.offsets.last == buffer.valueCount)
      precondition(isWhole, "column \(buffer.column.name) has not the values of \(rowCount) rows")
    }
    orderKeys = Array(repeating: 0, count: rowCount)
  }

  /// Ends the row.
  ///
  /// - Precondition: every column of fixed shape got exactly its number of values, or fewer where the row is embedded.
  public mutating func finishRow(orderKey: UInt64) {
    if let embedding { fillRow(embedding) }
    orderKeys.append(orderKey)
    for index in buffers.indices {
      if let count = buffers[index].column.fixedCount {
        precondition(
          buffers[index].valueCount == count * orderKeys.count,
          "column \(buffers[index].column.name) takes \(count) values a row")
      } else {
        buffers[index].offsets.append(buffers[index].valueCount)
      }
    }
  }

  /// Forgets what was appended since the last row was finished.
  public mutating func discardRow() {
    for index in buffers.indices {
      let column = buffers[index].column
      let count = column.fixedCount.map { $0 * orderKeys.count } ?? buffers[index].offsets[orderKeys.count]
      buffers[index].bytes.removeLast(buffers[index].bytes.count - count * column.type.byteWidth)
    }
  }

  /// The values of a row in a column, as positions in that column's buffer.
  public func range(ofRow row: Int, column: Int) -> Range<Int> {
    if let count = buffers[column].column.fixedCount { return row * count..<(row + 1) * count }
    return buffers[column].offsets[row]..<buffers[column].offsets[row + 1]
  }

  /// Grows a column by `count` values and fills them.
  @inline(__always)
  private mutating func store<Word: FixedWidthInteger>(
    count: Int, column: Int, _ value: (Int) -> Word
  ) {
    let start = buffers[column].bytes.count
    let width = MemoryLayout<Word>.size
    buffers[column].bytes.append(contentsOf: repeatElement(0, count: count * width))
    unsafe buffers[column].bytes.withUnsafeMutableBytes { bytes in
      let target = unsafe bytes.baseAddress.unsafelyUnwrapped + start
      for index in 0..<count {
        unsafe target.storeBytes(of: value(index).littleEndian, toByteOffset: index * width, as: Word.self)
      }
    }
  }
}
