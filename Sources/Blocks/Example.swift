/// One example read back: each column's values widened to 64 bits (`uint64` as its bit pattern).
///
/// For inspection, verification and tests; training code reads the columns themselves.
public struct Example: Sendable, Equatable {
  public let schema: ExampleSchema
  /// One array for each column of the schema.
  public var values: [[Int64]]

  public init(schema: ExampleSchema, values: [[Int64]]) {
    precondition(schema.columns.count == values.count, "one array of values for each column")
    self.schema = schema
    self.values = values
  }

  /// The values of a column; empty when there is no such column.
  public subscript(column: String) -> [Int64] {
    guard let index = schema.columns.firstIndex(where: { $0.name == column }) else { return [] }
    return values[index]
  }

  /// The value of a scalar column; nil when there is no such column.
  public func scalar(_ column: String) -> Int64? { self[column].first }
}

extension ExampleBatch {
  /// One row, widened.
  public func example(at row: Int) -> Example {
    var values: [[Int64]] = []
    values.reserveCapacity(buffers.count)
    for (index, buffer) in buffers.enumerated() {
      values.append(range(ofRow: row, column: index).map { buffer.value(at: $0) })
    }
    return Example(schema: schema, values: values)
  }
}

extension ExampleBatch.Buffer {
  /// One value, widened; `uint64` keeps its bit pattern.
  public func value(at index: Int) -> Int64 {
    let width = column.type.byteWidth
    var bits: UInt64 = 0
    for byte in 0..<width { bits |= UInt64(bytes[index * width + byte]) << UInt64(8 * byte) }
    let unused = UInt64(64 - 8 * width)
    return column.type.isSigned ? Int64(bitPattern: bits << unused) >> Int64(unused) : Int64(bitPattern: bits)
  }
}
