import Blocks
import Testing

@Suite struct ExampleBatchTests {
  private static let schema = ExampleSchema(
    ElementType.allCases.flatMap { type in
      [
        Column("scalar_\(type.rawValue)", type, .scalar, "One value."),
        Column("fixed_\(type.rawValue)", type, .fixed([2, 2]), "Four values."),
        Column("list_\(type.rawValue)", type, .list, "Some values."),
      ]
    })

  /// The smallest and the largest value that a type holds, widened as `Example` widens them.
  private func extremes(_ type: ElementType) -> [Int64] {
    switch type {
    case .uint8: [0, 255]
    case .int8: [-128, 127]
    case .uint16: [0, 65535]
    case .int16: [-32768, 32767]
    case .uint32: [0, 4_294_967_295]
    case .int32: [-2_147_483_648, 2_147_483_647]
    case .uint64: [0, -1]
    case .int64: [.min, .max]
    }
  }

  /// Three rows, their lists of length 0, 1 and 2.
  private func batch() -> ExampleBatch {
    var batch = ExampleBatch(schema: Self.schema)
    for row in 0..<3 {
      for (index, column) in Self.schema.columns.enumerated() {
        let values = extremes(column.type)
        switch column.shape {
        case .scalar: batch.append(values[row % 2], to: index)
        case .fixed:
          batch.append(repeating: values[0], count: 3, to: index)
          batch.append(values[1], to: index)
        case .list: for value in values.prefix(row) { batch.append(value, to: index) }
        }
      }
      batch.finishRow(orderKey: UInt64(row) << 60)
    }
    return batch
  }

  @Test func `Every type keeps its extremes in every shape`() {
    let batch = batch()
    #expect(batch.rowCount == 3 && batch.orderKeys == [0, 1 << 60, 2 << 60])
    for row in 0..<3 {
      let example = batch.example(at: row)
      for type in ElementType.allCases {
        let values = extremes(type)
        #expect(example.scalar("scalar_\(type.rawValue)") == values[row % 2])
        #expect(example["fixed_\(type.rawValue)"] == [values[0], values[0], values[0], values[1]])
        #expect(example["list_\(type.rawValue)"] == Array(values.prefix(row)))
      }
    }
    #expect(batch.example(at: 0)["no such column"].isEmpty)
  }

  @Test func `Rows go through bytes in any order and stay what they were`() throws {
    let source = batch()
    var copy = ExampleBatch(schema: Self.schema)
    for row in [2, 0, 1, 2] {
      var bytes: [UInt8] = []
      source.encode(row: row, into: &bytes)
      try copy.decode(row: bytes.span, orderKey: source.orderKeys[row])
    }
    #expect([2, 0, 1, 2].map { source.example(at: $0) } == (0..<4).map { copy.example(at: $0) })
    #expect(copy.orderKeys == [2 << 60, 0, 1 << 60, 2 << 60])
  }

  @Test func `A row that is cut or too long is refused`() throws {
    let source = batch()
    var bytes: [UInt8] = []
    source.encode(row: 2, into: &bytes)
    for count in 0..<bytes.count {
      var copy = ExampleBatch(schema: Self.schema)
      let error = try #require(throws: Diagnostic.self) {
        try copy.decode(row: Array(bytes[..<count]).span, orderKey: 0)
      }
      #expect(error.code == "spill.damaged-row")
    }
    var copy = ExampleBatch(schema: Self.schema)
    #expect(throws: Diagnostic.self) { try copy.decode(row: (bytes + [0]).span, orderKey: 0) }
  }

  @Test func `Ids and labels are narrowed to the column's type`() {
    var batch = ExampleBatch(
      schema: ExampleSchema([Column("ids", .uint16, .list, "Ids."), Column("labels", .int16, .fixed([3]), "Labels.")]))
    let ids: [UInt32] = [1, 65535]
    let labels: [Int32] = [-100, 7, 32767]
    batch.append(contentsOf: ids.span, to: 0)
    batch.append(contentsOf: labels.span, to: 1)
    batch.finishRow(orderKey: 1)
    #expect(batch.example(at: 0).values == [[1, 65535], [-100, 7, 32767]])
    #expect(batch.buffers[0].bytes == [1, 0, 255, 255])
  }

  @Test func `An emptied batch starts anew`() {
    var batch = batch()
    batch.removeAll()
    #expect(batch.rowCount == 0)
    #expect(batch.buffers.allSatisfy { $0.bytes.isEmpty && $0.offsets == [0] })
  }

  @Test func `A row whose fixed column is not full is a programmer's error`() async {
    await #expect(processExitsWith: .failure) {
      var batch = ExampleBatch(schema: ExampleSchema([Column("ids", .uint16, .fixed([3]), "Ids.")]))
      batch.append(1, to: 0)
      batch.finishRow(orderKey: 0)
    }
  }
}
