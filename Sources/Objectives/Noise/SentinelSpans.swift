internal import Blocks

/// Two sides of an example whose spans stand behind sentinels, put together again.
struct SentinelSpans {
  /// The text.
  private(set) var window: [UInt32] = []
  /// The hidden runs in order, as ranges of the window.
  private(set) var hidden: [Range<Int>] = []

  /// - Parameters:
  ///   - input, target: the sides without eos (and mode token).
  ///   - isClosed: convention B: a sentinel closes the target.
  ///   - offset: position of the input's first id in its column.
  /// - Throws: `verify.sentinel-order`, when the sentinels of a side are not S0, S1, …, or those of the sides differ.
  init(
    input: [UInt32], target: [UInt32], sentinels: Sentinels, isClosed: Bool, columns: (input: Int, target: Int),
    offset: Int = 0, in row: ExampleReader
  ) throws(Diagnostic) {
    var spans: [ArraySlice<UInt32>] = []
    for (position, id) in target.enumerated() {
      if let number = sentinels.index(of: id) {
        guard number == spans.count else {
          throw row.broken(
            "sentinel-order", columns.target, at: position, "is sentinel \(number), out of order",
            expected: "sentinel \(spans.count)")
        }
        spans.append(target[position + 1..<position + 1])
      } else if let last = spans.last {
        spans[spans.count - 1] = target[last.startIndex...position]
      } else {
        throw row.broken(
          "sentinel-order", columns.target, at: 0, "does not start with the first sentinel",
          expected: "\(sentinels.ids.first.map(String.init) ?? "a sentinel")")
      }
    }
    if isClosed {
      guard spans.popLast()?.isEmpty == true else {
        throw row.broken(
          "closing-sentinel", columns.target, at: max(0, target.count - 1), "does not close the target",
          expected: "a sentinel behind the last span")
      }
    }
    try join(input, spans, sentinels: sentinels, column: columns.input, offset: offset, row)
  }

  private mutating func join(
    _ input: [UInt32], _ spans: [ArraySlice<UInt32>], sentinels: Sentinels, column: Int, offset: Int,
    _ row: ExampleReader
  ) throws(Diagnostic) {
    for (position, id) in input.enumerated() {
      guard let number = sentinels.index(of: id) else {
        window.append(id)
        continue
      }
      guard number == hidden.count, number < spans.count else {
        throw row.broken(
          "sentinel-order", column, at: offset + position, "is sentinel \(number), out of order or without a span",
          expected: "sentinel \(hidden.count) of \(spans.count)")
      }
      hidden.append(window.count..<window.count + spans[number].count)
      window += spans[number]
    }
    guard hidden.count == spans.count else {
      throw row.broken(
        "sentinel-order", "the input has fewer sentinels than the target", expected: "\(spans.count)",
        found: "\(hidden.count)")
    }
  }
}
