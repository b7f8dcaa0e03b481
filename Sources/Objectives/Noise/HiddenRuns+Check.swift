internal import Blocks

extension HiddenRuns {
  /// Proves that a kind of noise can have hidden these runs, and that the input shows them in its form.
  ///
  /// - Parameters:
  ///   - input: the input without eos and mode token; `offset`: position of its first id in the column.
  /// - Throws: `verify.…`.
  func check(
    _ input: [UInt32], noise: NoiseMask, format: SpanFormat, sentinels: Sentinels, offset: Int = 0,
    in row: ExampleReader
  ) throws(Diagnostic) {
    try checkCounts(noise, format, row)
    if noise.startsKept, format.input != .drop { try checkPlaces(input, offset, row) }
    try checkInput(input, format, sentinels, offset, row)
  }

  /// The number of hidden tokens and of their runs.
  private func checkCounts(_ noise: NoiseMask, _ format: SpanFormat, _ row: ExampleReader) throws(Diagnostic) {
    if let empty = runs.firstIndex(where: \.isEmpty) {
      throw row.broken("empty-span", "span \(empty) hides no token", expected: "one token or more", found: "0")
    }
    let bounds = noise.bounds(window.count)
    let due = (noise.startsKept ? bounds.runs : 1)...max(1, bounds.runs)
    // Where dropped tokens cannot be placed, neither can their runs be counted.
    guard bounds.noise.contains(noiseCount), format.input == .drop || due.contains(runs.count) else {
      throw row.broken(
        "noise-count", "the noise does not follow from the window's length",
        expected: "\(text(bounds.noise)) tokens in \(text(due)) spans of \(window.count) tokens",
        found: "\(noiseCount) in \(runs.count)")
    }
  }

  private func text(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }

  /// T5's mask: a kept run, a hidden run, and so on to the end.
  private func checkPlaces(_ input: [UInt32], _ offset: Int, _ row: ExampleReader) throws(Diagnostic) {
    let column = SidePair.ColumnIndex.inputIDs
    guard runs.first?.lowerBound != 0 else {
      throw row.broken(
        "first-token", column, at: offset, "stands for a hidden token: the first one is never noise",
        expected: "the window's first token")
    }
    guard runs.last?.upperBound == window.count else {
      throw row.broken(
        "last-token", column, at: offset + input.count - 1, "is a token: the last one is always noise",
        expected: "the last sentinel")
    }
  }

  /// The input again, from the window and its hidden runs.
  private func checkInput(
    _ input: [UInt32], _ format: SpanFormat, _ sentinels: Sentinels, _ offset: Int, _ row: ExampleReader
  ) throws(Diagnostic) {
    if let (before, next) = zip(runs, runs.dropFirst()).first(where: { $0.upperBound == $1.lowerBound }) {
      throw row.broken(
        "adjacent-spans", "two spans touch", expected: "a kept token between them", found: "\(before) and \(next)")
    }
    var due: [UInt32] = []
    sentinels.writeInput(window, mask: mask, as: format.input, into: &due)
    due.removeLast()
    if let position = zip(due, input).enumerated().first(where: { $1.0 != $1.1 })?.offset {
      throw row.broken(
        "input", SidePair.ColumnIndex.inputIDs, at: offset + position, "does not follow from the target",
        expected: "\(due[position])")
    }
    guard due.count == input.count else {
      throw row.broken(
        "input", "the input is not as long as the target makes it", expected: "\(due.count) tokens",
        found: "\(input.count)")
    }
  }
}
