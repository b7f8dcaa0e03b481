internal import Blocks

extension ExampleBatch {
  /// Appends ids and fills the column up to `length` values.
  mutating func append(_ ids: [UInt32], paddedWith pad: UInt32, to length: Int, column: Int) {
    append(contentsOf: ids.span, to: column)
    append(repeating: pad, count: length - ids.count, to: column)
  }

  /// Appends labels and fills the column up to `length` values with -100.
  mutating func append(_ labels: [Int32], ignoredTo length: Int, column: Int) {
    append(contentsOf: labels.span, to: column)
    append(repeating: ignoredLabel, count: length - labels.count, to: column)
  }

  /// Appends an attention mask: `count` ones, then zeros.
  mutating func appendMask(_ count: Int, of length: Int, column: Int) {
    append(repeating: 1, count: count, to: column)
    append(repeating: 0, count: length - count, to: column)
  }
}

/// The label of positions that carry no loss.
let ignoredLabel: Int32 = -100

/// The smallest unsigned type that holds every position below `length`, and `length` itself.
func positionType(_ length: Int) -> ElementType { length < 1 << 16 ? .uint16 : .uint32 }
