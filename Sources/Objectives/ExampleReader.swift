internal import Blocks

/// A row that is being checked: its columns by position, and the errors that say where it is broken.
///
/// Nothing a row holds can crash a check: shapes and types are proved first, ids before they index anything.
struct ExampleReader {
  let example: Example

  /// - Throws: `verify.schema` when the row does not have these columns, or a column not its number of values, or a
  ///   value not its type.
  init(_ example: Example, schema: ExampleSchema) throws(Diagnostic) {
    self.example = example
    guard example.schema == schema else {
      throw Diagnostic(
        "verify.schema", "the row does not have the columns of this objective",
        expected: schema.columns.map(\.name).joined(separator: ", "),
        found: example.schema.columns.map(\.name).joined(separator: ", "),
        help: "the dataset was written with other settings, or by another version")
    }
    for (column, values) in zip(schema.columns, example.values) {
      if let count = column.fixedCount, values.count != count {
        throw Diagnostic(
          "verify.schema", "column \(column.name) has the wrong number of values", expected: "\(count)",
          found: "\(values.count)")
      }
      let range = column.type.range
      if let position = values.firstIndex(where: { !range.contains($0) }) {
        throw Diagnostic(
          "verify.schema", "\(column.name)[\(position)] is no \(column.type.rawValue)",
          expected: "\(range.lowerBound) ... \(range.upperBound)", found: "\(values[position])")
      }
    }
  }

  func values(_ column: Int) -> [Int64] { example.values[column] }

  /// The value of a scalar column.
  func scalar(_ column: Int) -> Int64 { example.values[column][0] }

  func name(_ column: Int) -> String { example.schema.columns[column].name }

  /// An error about this row: which invariant, and where.
  func broken(
    _ invariant: String, _ message: String, expected: String? = nil, found: String? = nil, help: String? = nil
  ) -> Diagnostic {
    Diagnostic("verify.\(invariant)", message, expected: expected, found: found, help: help)
  }

  /// An error about one value: `labels[17]` comes first in the message.
  func broken(
    _ invariant: String, _ column: Int, at position: Int, _ message: String, expected: String
  ) -> Diagnostic {
    let values = values(column)
    return Diagnostic(
      "verify.\(invariant)", "\(name(column))[\(position)] \(message)", expected: expected,
      found: values.indices.contains(position) ? "\(values[position])" : "\(values.count) values")
  }

  /// Number of ones at the start of an attention mask; the rest must be zeros.
  ///
  /// - Throws: `verify.attention-mask`.
  func realCount(_ column: Int, in range: Range<Int>? = nil) throws(Diagnostic) -> Int {
    let values = values(column)
    let range = range ?? values.indices
    var count = 0
    while count < range.count, values[range.lowerBound + count] == 1 { count += 1 }
    for position in range.dropFirst(count) where values[position] != 0 {
      throw broken("attention-mask", column, at: position, "is no run of ones with zeros behind", expected: "0")
    }
    return count
  }

  /// The ids at some positions of a column.
  ///
  /// - Throws: `verify.id-range` for a value that is no id of the vocabulary.
  func ids(_ column: Int, _ range: Range<Int>? = nil, below size: Int) throws(Diagnostic) -> [UInt32] {
    let values = values(column)
    let range = range ?? values.indices
    guard range.upperBound <= values.count else {
      throw broken("length", column, at: range.upperBound - 1, "is missing", expected: "\(range.count) values")
    }
    var ids: [UInt32] = []
    ids.reserveCapacity(range.count)
    for position in range {
      guard values[position] >= 0, values[position] < size else {
        throw broken("id-range", column, at: position, "is no id of the vocabulary", expected: "0 ..< \(size)")
      }
      ids.append(UInt32(truncatingIfNeeded: values[position]))
    }
    return ids
  }

  /// Proves that some positions hold nothing but padding.
  ///
  /// - Throws: `verify.padding`.
  func requirePadding(_ column: Int, _ range: Range<Int>, _ pad: Int64) throws(Diagnostic) {
    let values = values(column)
    for position in range where values[position] != pad {
      throw broken("padding", column, at: position, "lies behind the end of the row", expected: "\(pad)")
    }
  }

  /// The ids between the two tokens of a frame.
  ///
  /// - Throws: `verify.frame`, and `verify.special-id` for a frame token inside.
  func unframed(_ column: Int, _ range: Range<Int>, _ frame: Frame, below size: Int) throws(Diagnostic) -> [UInt32] {
    guard range.count >= 2 else {
      throw broken("frame", column, at: range.lowerBound, "does not hold a framed text", expected: "two tokens or more")
    }
    let ids = try ids(column, range, below: size)
    guard ids[0] == frame.opening else {
      throw broken("frame", column, at: range.lowerBound, "does not open the text", expected: "\(frame.opening)")
    }
    guard ids[ids.count - 1] == frame.closing else {
      throw broken("frame", column, at: range.upperBound - 1, "does not close the text", expected: "\(frame.closing)")
    }
    return Array(ids[1..<ids.count - 1])
  }

  /// Proves that a text holds no special id but those allowed.
  ///
  /// - Parameter offset: position of the first id in the column.
  /// - Throws: `verify.special-id`.
  func requireOrdinary(
    _ ids: [UInt32], _ column: Int, from offset: Int, table: IDTable, allowing allowed: [UInt32?] = []
  ) throws(Diagnostic) {
    for (index, id) in ids.enumerated() where table.isSpecial(id) && !allowed.contains(id) {
      throw broken(
        "special-id", column, at: offset + index, "is a special id inside the text", expected: "an id that text gives")
    }
  }
}

extension ElementType {
  /// The widened values a column of this type can hold; `uint64` uses all bit patterns.
  fileprivate var range: ClosedRange<Int64> {
    guard byteWidth < 8 else { return .min ... .max }
    let bits = Int64(8 * byteWidth)
    return isSigned ? -(1 << (bits - 1))...(1 << (bits - 1)) - 1 : 0...(1 << bits) - 1
  }
}
