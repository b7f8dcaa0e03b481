/// Rows as self-contained bytes, for spilling and for copying in another order.
///
///     row   column 0 | column 1 | …
///     a fixed column: its values        a list: u32 count, then its values          (little-endian)
extension ExampleBatch {
  /// Appends one row's bytes.
  public func encode(row: Int, into output: inout [UInt8]) {
    for (index, buffer) in buffers.enumerated() {
      let width = buffer.column.type.byteWidth
      let range = range(ofRow: row, column: index)
      if buffer.column.fixedCount == nil { appendCount(range.count, to: &output) }
      output.append(contentsOf: buffer.bytes[range.lowerBound * width..<range.upperBound * width])
    }
  }

  /// Appends a row from its bytes; the whole span must be one row of this schema.
  ///
  /// - Throws: `spill.damaged-row` when the bytes are no such row.
  public mutating func decode(row bytes: Span<UInt8>, orderKey: UInt64) throws(Diagnostic) {
    var offset = 0
    for index in buffers.indices {
      let width = buffers[index].column.type.byteWidth
      var count = buffers[index].column.fixedCount ?? 0
      if buffers[index].column.fixedCount == nil {
        guard offset + 4 <= bytes.count else { throw Self.damagedRow }
        count = Int(
          UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
            | UInt32(bytes[offset + 3]) << 24)
        offset += 4
      }
      guard offset + count * width <= bytes.count else { throw Self.damagedRow }
      appendBytes(bytes.extracting(offset..<offset + count * width), to: index)
      offset += count * width
    }
    guard offset == bytes.count else { throw Self.damagedRow }
    finishRow(orderKey: orderKey)
  }

  private static var damagedRow: Diagnostic {
    Diagnostic(
      "spill.damaged-row", "a spilled row does not have the layout of its schema",
      help: "the work folder was changed: remove it and build again")
  }
}

private func appendCount(_ count: Int, to output: inout [UInt8]) {
  for shift in stride(from: 0, to: 32, by: 8) { output.append(UInt8(truncatingIfNeeded: count >> shift)) }
}
