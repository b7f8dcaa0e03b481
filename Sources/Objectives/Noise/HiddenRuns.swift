internal import Blocks

/// A window and the runs of it that an example hides, read back from a row.
struct HiddenRuns {
  var window: [UInt32]
  /// In order. Dropped tokens leave no trace of where a run ends: equal tokens beside it may be taken for it.
  var runs: [Range<Int>]

  var noiseCount: Int { runs.reduce(0) { $0 + $1.count } }

  var mask: [Bool] {
    var mask = Array(repeating: false, count: window.count)
    for index in runs.joined() { mask[index] = true }
    return mask
  }

  init(window: [UInt32], runs: [Range<Int>]) {
    self.window = window
    self.runs = runs
  }

  /// The runs of a mask.
  init(window: [UInt32], mask: [Bool]) {
    self.init(window: window, runs: [])
    for index in mask.indices where mask[index] {
      if let last = runs.last, last.upperBound == index {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
  }

  /// Puts the spans behind the sentinels of a target in place of those of the input.
  ///
  /// - Parameters:
  ///   - input, target: the sides without eos and mode token.
  ///   - offset: position of the input's first id in its column.
  /// - Throws: `verify.sentinel-order`, when the sentinels of a side are not S0, S1, …, or those of the sides differ;
  ///   `verify.closing-sentinel`, when convention B's last one is missing.
  init(
    input: [UInt32], target: [UInt32], sentinels: Sentinels, isClosed: Bool, offset: Int, in row: ExampleReader
  ) throws(Diagnostic) {
    let spans = try Self.spans(of: target, sentinels: sentinels, isClosed: isClosed, in: row)
    self.init(window: [], runs: [])
    let column = SidePair.ColumnIndex.inputIDs
    for (position, id) in input.enumerated() {
      guard let number = sentinels.index(of: id) else {
        window.append(id)
        continue
      }
      guard number == runs.count, number < spans.count else {
        throw row.broken(
          "sentinel-order", column, at: offset + position, "is sentinel \(number), out of order or without a span",
          expected: "sentinel \(runs.count) of \(spans.count)")
      }
      runs.append(window.count..<window.count + spans[number].count)
      window += spans[number]
    }
    guard runs.count == spans.count else {
      throw row.broken(
        "sentinel-order", "the input has fewer sentinels than the target", expected: "\(spans.count)",
        found: "\(runs.count)")
    }
  }

  /// The spans of a target, each behind its own sentinel.
  private static func spans(
    of target: [UInt32], sentinels: Sentinels, isClosed: Bool, in row: ExampleReader
  ) throws(Diagnostic) -> [ArraySlice<UInt32>] {
    let column = SidePair.ColumnIndex.labels
    var spans: [ArraySlice<UInt32>] = []
    for (position, id) in target.enumerated() {
      if let number = sentinels.index(of: id) {
        guard number == spans.count else {
          throw row.broken(
            "sentinel-order", column, at: position, "is sentinel \(number), out of order",
            expected: "sentinel \(spans.count)")
        }
        spans.append(target[position + 1..<position + 1])
      } else if let last = spans.last {
        spans[spans.count - 1] = target[last.startIndex...position]
      } else {
        throw row.broken(
          "sentinel-order", column, at: 0, "does not start with the first sentinel",
          expected: "\(sentinels.ids.first.map(String.init) ?? "a sentinel")")
      }
    }
    if isClosed, spans.popLast()?.isEmpty != true {
      throw row.broken(
        "closing-sentinel", column, at: max(0, target.count - 1), "does not close the target",
        expected: "a sentinel behind the last span")
    }
    return spans
  }
}
