public import Blocks

extension Objective {
  /// Proves a row: every exact invariant, and that the same window and seed make the same row again.
  ///
  /// - Throws: what `check` throws, and `verify.not-reproducible`, naming the first column and position that differ.
  public func verify(_ example: Example, seed: UInt64) throws(Diagnostic) {
    try check(example)
    let window = try restore(example)
    var batch = ExampleBatch(schema: schema)
    var scratch = ObjectiveScratch()
    let dropped = append(
      window, drawing: draws(seed: seed, for: window), orderKey: 0, scratch: &scratch, to: &batch)
    if let dropped {
      throw Diagnostic(
        "verify.not-reproducible", "the row's window gives no example", expected: "the row again",
        found: "the window is dropped as \(dropped.name)", help: Self.reproducibilityHelp)
    }
    let again = batch.example(at: 0)
    for (index, column) in schema.columns.enumerated() where again.values[index] != example.values[index] {
      let (made, stored) = (again.values[index], example.values[index])
      let position = zip(made, stored).enumerated().first { $1.0 != $1.1 }?.offset ?? min(made.count, stored.count)
      func text(_ values: [Int64]) -> String {
        values.indices.contains(position) ? "\(values[position])" : "nothing: \(values.count) values"
      }
      throw Diagnostic(
        "verify.not-reproducible", "\(column.name)[\(position)] is not what this seed and window give",
        expected: text(made), found: text(stored), help: Self.reproducibilityHelp)
    }
  }

  private static var reproducibilityHelp: String {
    "the row was changed after it was written, or written with another seed, other settings or another vocabulary"
  }
}
