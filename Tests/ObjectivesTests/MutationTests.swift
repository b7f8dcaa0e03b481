import Blocks
import Objectives
import Testing

/// Rows that were changed after they were written: each change must be noticed.
@Suite struct MutationTests {
  /// A few rows of a variant, long and short ones.
  private func rows(_ variant: Variant) throws -> [Example] {
    let block = Sample.block(seed: 11, documents: 5, longest: 50)
    return Array(try variant.objective.examples(of: block).examples.prefix(5))
  }

  private func expectNoticed(_ variant: Variant, _ example: Example, _ change: String) {
    do throws(Diagnostic) {
      try variant.objective.verify(example, seed: 12345)
      Issue.record("not noticed: \(change) in \(example.values)")
    } catch {
      #expect(error.code.hasPrefix("verify."), "\(change)")
    }
  }

  /// Exhaustive: every value of every column but those that only name the row's place (next test).
  @Test(arguments: Variant.all) func `Any single changed value is noticed`(variant: Variant) throws {
    for example in try rows(variant).prefix(2) {
      for (index, column) in example.schema.columns.enumerated()
      where !places.contains(column.name) {
        for position in example.values[index].indices {
          if column.name == "sentence_starts", keepsTogether(position, example["permutation"]) { continue }
          for delta in [1, -1, 1000] as [Int64] {
            var changed = example
            changed.values[index][position] &+= delta
            expectNoticed(variant, changed, "\(column.name)[\(position)] by \(delta)")
          }
        }
      }
    }
  }

  /// Exhaustive: every value becomes each thing that a fault could make of it.
  @Test(arguments: Variant.all) func `A value set to a bound, a special id or a neighbour is noticed`(
    variant: Variant
  ) throws {
    let example = try #require(try rows(variant).first)
    for (index, column) in example.schema.columns.enumerated() where !places.contains(column.name) {
      let values = example.values[index]
      let bits = Int64(8 * column.type.byteWidth - (column.type.isSigned ? 1 : 0))
      let most = bits < 63 ? (Int64(1) << bits) - 1 : .max
      for position in values.indices {
        if column.name == "sentence_starts", keepsTogether(position, example["permutation"]) { continue }
        // Pad, eos, mask, -100; the last id and the first beyond; the type's bounds and what is beyond them; the values
        // beside it and far away.
        var others: Set<Int64> = [0, 1, 3, 6, -100, 302, 303, most, most &+ 1, -1]
        others.insert(values[max(0, position - 1)])
        others.insert(values[min(values.count - 1, position + 1)])
        others.insert(values[(position + values.count / 2) % values.count])
        for other in others where other != values[position] {
          var changed = example
          changed.values[index][position] = other
          expectNoticed(variant, changed, "\(column.name)[\(position)] set to \(other)")
        }
      }
    }
  }

  @Test(arguments: Variant.all) func `Values that changed places are noticed, in every column`(variant: Variant) throws
  {
    for example in try rows(variant).prefix(2) {
      for (index, column) in example.schema.columns.enumerated() where !places.contains(column.name) {
        let values = example.values[index]
        for (position, distance) in values.indices.flatMap({ at in [1, values.count / 2].map { (at, $0) } }) {
          let other = position + distance
          guard distance > 0, other < values.count, values[position] != values[other] else { continue }
          var changed = example
          changed.values[index].swapAt(position, other)
          expectNoticed(variant, changed, "\(column.name)[\(position)] and [\(other)] swapped")
        }
      }
    }
  }

  /// A row with one column of another: labels of another text, another text under the same hash.
  @Test(arguments: Variant.all) func `A column of another row is noticed`(variant: Variant) throws {
    let rows = try rows(variant)
    for (example, other) in zip(rows, rows.dropFirst()) {
      for (index, column) in example.schema.columns.enumerated()
      where !places.contains(column.name) && example.values[index] != other.values[index] {
        var changed = example
        changed.values[index] = other.values[index]
        if column.name == "sentence_starts", example["permutation"] == other["permutation"] { continue }
        expectNoticed(variant, changed, "\(column.name) of another row")
      }
    }
  }

  private let places: Set = ["source_start", "doc_id", "example_index", "epoch", "block_id"]

  /// A border between two sentences that are still neighbours leaves no trace in the row.
  private func keepsTogether(_ sentence: Int, _ order: [Int64]) -> Bool {
    zip(order, order.dropFirst()).contains { $0 == sentence - 1 && $1 == sentence }
  }

  /// What keys the draws shows in a row long enough not to come out the same by chance.
  @Test func `A row under another name is noticed`() throws {
    let objective = try make(MaskedLM.self)
    let example = try #require(objective.example(of: Sample.window(Array(40..<160))))
    for name in ["doc_id", "example_index", "epoch"] {
      var changed = example
      changed.values[example.schema.index(of: name)][0] += 1
      let error = try #require(throws: Diagnostic.self) { try objective.verify(changed, seed: 12345) }
      #expect(error.code == "verify.not-reproducible")
    }
  }

  @Test(arguments: Variant.all) func `Two swapped tokens are noticed`(variant: Variant) throws {
    for example in try rows(variant) {
      let ids = example["input_ids"]
      for position in ids.indices.dropLast() where ids[position] != ids[position + 1] {
        var changed = example
        changed.values[0].swapAt(position, position + 1)
        expectNoticed(variant, changed, "swap at \(position)")
      }
    }
  }

  @Test(arguments: Variant.all) func `Shifted and swapped labels are noticed`(variant: Variant) throws {
    for example in try rows(variant) {
      guard let column = example.schema.columns.firstIndex(where: { $0.name.hasSuffix("labels") }) else { return }
      let labels = example.values[column]
      guard Set(labels).count > 1 else { continue }
      var shifted = example
      shifted.values[column] = [labels[labels.count - 1]] + labels.dropLast()
      expectNoticed(variant, shifted, "shifted labels")
      let last = labels.lastIndex { $0 >= 0 } ?? 0
      if let other = labels.firstIndex(where: { $0 >= 0 && $0 != labels[last] }) {
        var swapped = example
        swapped.values[column].swapAt(other, last)
        expectNoticed(variant, swapped, "swapped labels")
      }
    }
  }

  @Test(arguments: Variant.all) func `A lost value of a list is noticed`(variant: Variant) throws {
    for example in try rows(variant) {
      for (index, column) in example.schema.columns.enumerated() where column.shape == .list {
        for position in example.values[index].indices {
          var changed = example
          changed.values[index].remove(at: position)
          expectNoticed(variant, changed, "\(column.name) without value \(position)")
        }
        var changed = example
        changed.values[index].append(changed.values[index].last ?? 0)
        expectNoticed(variant, changed, "\(column.name) with one value more")
      }
    }
  }

  @Test(arguments: Variant.all) func `A masked pad is noticed`(variant: Variant) throws {
    for example in try rows(variant) {
      guard let column = example.schema.columns.firstIndex(where: { $0.name == "attention_mask" }) else { return }
      guard let pad = example.values[column].firstIndex(of: 0) else { continue }
      var attended = example
      attended.values[column][pad] = 1
      expectNoticed(variant, attended, "attention to a pad")
      var hidden = example
      hidden.values[column][pad - 1] = 0
      expectNoticed(variant, hidden, "no attention to the last token")
      var masked = example
      masked.values[0][pad] = 6
      expectNoticed(variant, masked, "a mask in place of a pad")
    }
  }

  @Test func `A lost sentinel is noticed, on either side`() throws {
    for variant in Variant.all where variant.objective is SpanCorruption || variant.objective is UL2 {
      for example in try rows(variant) {
        for column in [0, 1] {
          for position in example.values[column].indices where (9...29).contains(example.values[column][position]) {
            var changed = example
            let values = example.values[column]
            changed.values[column].remove(at: position)
            // Keep the length of dense rows.
            if example.schema.columns[column].fixedCount != nil {
              changed.values[column].append(values[values.count - 1])
            }
            expectNoticed(variant, changed, "sentinel at \(position) of column \(column)")
          }
        }
      }
    }
  }

  /// Columns of any length with any values their types hold: an error each time, and never a crash.
  @Test(arguments: Variant.all) func `Rows of noise are refused`(variant: Variant) throws {
    let objective = variant.objective
    var stream = RandomStream(key: (5, 6), counterHigh: (7, 8))
    let template = try rows(variant)[0]
    for round in 0..<150 {
      var row = template
      for (index, column) in row.schema.columns.enumerated() where stream.bounded(3) == 0 {
        let count = column.fixedCount ?? stream.bounded(6)
        row.values[index] = (0..<count).map { position in
          switch stream.bounded(4) {
          case 0: Int64(stream.bounded(column.type.byteWidth == 1 ? 2 : 40))
          case 1: column.type.isSigned ? -100 : 6
          case 2: template.values[index].indices.contains(position) ? template.values[index][position] : 0
          default: Int64(truncatingIfNeeded: stream.doubleWord()) >> Int64(stream.bounded(64))
          }
        }
      }
      guard row != template else { continue }
      _ = objective.explain(row)
      for expectation in objective.expectations { _ = expectation.observe(row) }
      _ = try? objective.restore(row)
      do throws(Diagnostic) {
        try objective.verify(row, seed: 12345)
        let changed = zip(row.schema.columns, zip(row.values, template.values)).filter { $1.0 != $1.1 }.map(\.0.name)
        #expect(places.isSuperset(of: changed), "round \(round)")
      } catch {
        #expect(error.code.hasPrefix("verify."))
      }
    }
  }

  @Test func `A row of other columns is refused`() throws {
    let mlm = try make(MaskedLM.self)
    let clm = try make(CausalLM.self)
    let row = try #require(clm.example(of: Sample.window([40, 41, 42])))
    let error = try #require(throws: Diagnostic.self) { try mlm.check(row) }
    #expect(error.code == "verify.schema")
  }

  @Test func `The message names column, position, and both values`() throws {
    let objective = try make(CausalLM.self, ["length": .integer(4)])
    var row = try #require(objective.example(of: Sample.window([40, 41, 42])))
    row.values[1][2] = 43
    let error = try #require(throws: Diagnostic.self) { try objective.check(row) }
    #expect(
      error.description == """
        error[verify.label]: labels[2] is not the token at its place
          expected  42
          found     43
        """)
  }
}
