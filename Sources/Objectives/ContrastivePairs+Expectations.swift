internal import Blocks

extension ContrastivePairs {
  public var expectations: [Expectation] {
    switch pairs {
    // What eda draws may have to be made good by a deletion: its shares are those of the corpus, too.
    case .dropout, .adjacent, .given, .eda: []
    case .augment:
      shares(of: operations.map(\.rawValue), among: Operation.allCases.map(\.rawValue), "second views by")
    case .crop: cropExpectations
    case .clear: shares(of: edits.edits.map(\.rawValue), among: ClearEdits.Edit.allCases.map(\.rawValue), "views by")
    case .declutr: spanExpectations
    case .consert: shuffleExpectations
    }
  }

  /// How often each operation is drawn, where there is a choice.
  private func shares(of names: [String], among all: [String], _ title: String) -> [Expectation] {
    guard names.count > 1, let column = columns.operation else { return [] }
    let probability = 1 / Double(names.count)
    return names.map { name in
      let number = all.firstIndex(of: name).map(Int64.init)
      return Expectation(
        "\(title) \(name)", probability: probability, variance: probability * (1 - probability)
      ) { example in
        guard example.schema == schema else { return .none }
        let drawn = example.values[column]
        return Expectation.Observation(
          successes: Double(drawn.filter { $0 == number }.count), trials: Double(drawn.count))
      }
    }
  }

  private var cropExpectations: [Expectation] {
    var list = [
      // (start + 1/2) / (n - length + 1) has mean 1/2 and a variance below 1/12.
      Expectation("place of a crop", probability: 0.5, variance: 1.0 / 12) { example in
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return .none }
        let places = parts.bounds.map { bounds in
          (Double(bounds.lowerBound) + 0.5) / Double(parts.window.count - bounds.count + 1)
        }
        return Expectation.Observation(successes: places.reduce(0, +), trials: Double(places.count))
      }
    ]
    let probability = Double(crop.deletion.value) / 4_294_967_296
    if probability > 0 {
      list.append(
        Expectation("tokens deleted", probability: probability, variance: probability * (1 - probability)) { example in
          guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return .none }
          var (deleted, tokens) = (0, 0)
          // Very short crops keep a token by force, which would bend the share.
          for (view, bounds) in zip(parts.views, parts.bounds) where bounds.count >= 16 {
            deleted += bounds.count - view.count
            tokens += bounds.count
          }
          return Expectation.Observation(successes: Double(deleted), trials: Double(tokens))
        })
    }
    return list
  }

  /// Lengths between the shortest and the longest: Beta(4, 2) has mean 2/3, Beta(2, 4) 1/3, both variance 2/63. The
  /// halves make up for rounding down.
  private var spanExpectations: [Expectation] {
    let range = Double(spans.longest - spans.shortest)
    // Below that the halves are not enough.
    guard range >= 8 else { return [] }
    func share(_ name: String, _ mean: Double, _ isCounted: @escaping @Sendable (Int) -> Bool) -> Expectation {
      Expectation(name, probability: mean, variance: 2.0 / 63) { example in
        guard example.schema == schema, let column = columns.viewLength else { return .none }
        var sum = Expectation.Observation.none
        for (view, length) in example.values[column].enumerated() where isCounted(view) {
          sum.successes += (Double(length - Int64(spans.shortest)) + 0.5) / range
          sum.trials += 1
        }
        return sum
      }
    }
    let step = 1 + spans.positives
    let anchors = share("length of anchors", 2.0 / 3) { $0 % step == 0 }
    guard spans.sampling == .any else { return [anchors] }
    return [anchors, share("length of positives", 1.0 / 3) { $0 % step != 0 }]
  }

  /// Where the first token goes, and which rows are cut: (place + 1/2) / N has mean 1/2 and a variance below 1/12.
  private var shuffleExpectations: [Expectation] {
    func place(_ name: String, _ values: @escaping @Sendable (Parts, ExampleReader, Range<Int>) -> [Int64])
      -> Expectation
    {
      Expectation(name, probability: 0.5, variance: 1.0 / 12) { example in
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return .none }
        let places = embedding.places(parts.window.count)
        var sum = Expectation.Observation.none
        for value in values(parts, row, places) {
          sum.successes += (Double(value) - Double(places.lowerBound) + 0.5) / Double(places.count)
          sum.trials += 1
        }
        return sum
      }
    }
    guard let positionColumn = columns.positionIDs, let rowColumn = columns.cutoffRows else { return [] }
    let first = place("new place of the first token") { _, row, places in
      [row.values(positionColumn)[places.lowerBound]]
    }
    guard embedding.cutoff == .token else { return [first] }
    return [first, place("place of cut rows") { _, row, _ in row.values(rowColumn) }]
  }
}
