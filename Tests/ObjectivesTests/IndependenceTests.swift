import Blocks
import Objectives
import Testing

/// Draws of one row tell nothing about those of another: of the next epoch, or of the next window.
///
/// All documents hold the same tokens under different ids, so that rows differ by their draws alone. Each value of a
/// row is made a number of standard deviations from its mean over all rows; rows that have nothing to do with one
/// another then have products of mean 0. What is tested is the mean over all pairs of rows, in its own standard errors.
@Suite struct IndependenceTests {
  /// Those whose rows are made of one text each, which chance alone changes.
  static let variants = Variant.all.filter { variant in
    let windowing = variant.objective.windowing
    return variant.draws && windowing.negatives == nil && windowing.kind != .records && windowing.fim == nil
  }

  /// Largest number of standard errors, and the largest mean product (a correlation) that is no dependence.
  private static let limit = (errors: 5.0, correlation: 0.05)

  @Test(arguments: variants) func `Epochs and neighbours are uncorrelated`(variant: Variant) throws {
    let objective = variant.objective
    let rows = try rows(of: objective, epochs: 2)
    let epochs = [0, 1].map { epoch in rows.indices.filter { rows[$0].epoch == epoch } }
    let scores = scores(rows.map(\.values))
    let count = min(epochs[0].count, epochs[1].count)
    #expect(count >= 150, "\(count) rows")

    let same = mean(epochs[0].prefix(count).map { product(scores[$0], scores[$0]) }).mean
    #expect(same > 0.5, "a row is its own likeness: \(same)")
    for (name, pairs) in [
      ("epochs", Array(zip(epochs[0], epochs[1]))), ("neighbours", Array(zip(epochs[0], epochs[0].dropFirst()))),
    ] {
      let (mean, error) = mean(pairs.map { product(scores[$0], scores[$1]) })
      #expect(abs(mean) <= Self.limit.errors * error, "\(name): \(mean) with standard error \(error)")
      #expect(abs(mean) <= max(Self.limit.correlation, Self.limit.errors * error), "\(name): \(mean)")
    }
  }

  /// What the objective decided, row by row: the first values of each column before those that name the row's place.
  private func rows(of objective: any Objective, epochs: Int) throws -> [(epoch: Int, values: [Double])] {
    // A document fills a window.
    let windowing = objective.windowing
    let length = windowing.length - windowing.segmentRoom - (windowing.endOfDocument == nil ? 0 : 1)
    var block = TokenBlock()
    for number in 0..<160 {
      let first = block.sentenceStarts.count
      for index in 0..<length {
        if index % 5 == 0 { block.sentenceStarts.append(block.ids.count) }
        block.ids.append(UInt32(30 + (index * 37) % 270))
      }
      block.documents.append(
        .init(
          id: Digest.xxh64("\(number)"), start: block.ids.count - length, tokenCount: length,
          sentences: first..<block.sentenceStarts.count))
    }
    let columns = objective.schema.columns.prefix(objective.schema.index(of: "doc_id"))
    return try objective.examples(of: block, epochs: epochs).examples.map { row in
      let values = columns.indices.flatMap { index in
        let width = columns[index].fixedCount ?? 12
        let values = row.values[index].prefix(width).map { Double($0) }
        return values + Array(repeating: 0, count: width - values.count)
      }
      return (Int(row.scalar("epoch") ?? 0), values)
    }
  }

  /// Each value in standard deviations from its mean over the rows; values that never change are left out.
  private func scores(_ rows: [[Double]]) -> [[Double]] {
    var scores = rows.map { _ in [Double]() }
    for position in rows[0].indices {
      let values = rows.map { $0[position] }
      let mean = values.reduce(0, +) / Double(values.count)
      let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
      // One row in twenty at least: a single odd one would be all there is of its deviation.
      guard values.count(where: { abs($0 - mean) > deviation }) * 20 > values.count else { continue }
      for row in rows.indices { scores[row].append((values[row] - mean) / deviation) }
    }
    return scores
  }

  private func product(_ a: [Double], _ b: [Double]) -> Double {
    a.isEmpty ? 0 : zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / Double(a.count)
  }

  private func mean(_ values: [Double]) -> (mean: Double, error: Double) {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    return (mean, (variance / n).squareRoot())
  }
}
