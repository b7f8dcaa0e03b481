internal import Blocks

extension ContrastivePairs {
  /// What is drawn for the views: operations, places and lengths.
  public var laws: [Law] {
    switch pairs {
    // What eda draws may have to be made good by a deletion: its shares are those of the corpus, too.
    case .dropout, .given, .eda: []
    case .augment:
      operationLaw(operations.map(\.rawValue), among: Operation.allCases.map(\.rawValue), "operations of second views")
    case .clear:
      operationLaw(edits.edits.map(\.rawValue), among: ClearEdits.Edit.allCases.map(\.rawValue), "edits of views")
    case .adjacent: [splitLaw]
    case .crop: [cropPlaces, cropLengths]
    case .declutr: spanLengths
    case .consert: shufflePlaces
    }
  }

  /// A row taken apart, or nil for damaged rows.
  private func read(_ example: Example) -> (row: ExampleReader, parts: Parts)? {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return nil }
    return (row, parts)
  }

  private func operationLaw(_ names: [String], among all: [String], _ title: String) -> [Law] {
    guard names.count > 1, let column = columns.operation else { return [] }
    let shares = all.map { ($0, names.contains($0) ? 1 / Double(names.count) : 0) }
    return [
      Law(title, shares) { example, counts in
        guard example.schema == schema else { return }
        for number in example.values[column] { counts.add(Int(clamping: number)) }
      }
    ]
  }

  private var splitLaw: Law {
    .uniformPlace("place of the split") { example, counts in
      guard let parts = read(example)?.parts else { return }
      let splits = splits(parts.window.count)
      counts.addPlace(parts.views[0].count - splits.lowerBound, of: splits.count)
    }
  }

  private var cropPlaces: Law {
    .uniformPlace("place of crops") { example, counts in
      guard let parts = read(example)?.parts else { return }
      for bounds in parts.bounds {
        counts.addPlace(bounds.lowerBound, of: parts.window.count - bounds.count + 1)
      }
    }
  }

  /// floor(n · (shortest + u · (longest - shortest))), two at least, for u uniform in [0, 1).
  private var cropLengths: Law {
    let (crop, cells) = (crop, Law.placeCells)
    let width = crop.longest - crop.shortest
    return Law(
      "length of crops", outcomes: (0..<cells).map { "\($0)/\(cells)" }, tests: [.chiSquare, .kolmogorovSmirnov],
      probabilities: { count in
        let lengths = crop.lengths(count)
        // How likely a length is below the first one of a cell.
        let below = (0...cells).map { cell -> Double in
          let length = lengths.lowerBound + (cell * lengths.count + cells - 1) / cells
          if length <= 2 { return 0 }
          return min(1, max(0, (Double(length) / Double(count) - crop.shortest) / width))
        }
        return (0..<cells).map { ($0 == cells - 1 ? 1 : below[$0 + 1]) - below[$0] }
      },
      observe: { example, counts in
        guard width > 0, let parts = read(example)?.parts else { return }
        let lengths = crop.lengths(parts.window.count)
        guard lengths.count > 1 else { return }
        for bounds in parts.bounds {
          counts.add(
            (bounds.count - lengths.lowerBound) * cells / lengths.count,
            given: parts.window.count)
        }
      })
  }

  /// Anchors by Beta(4, 2), positives by Beta(2, 4), between the shortest and the longest, rounded down.
  private var spanLengths: [Law] {
    let range = spans.longest - spans.shortest
    guard range > 1, let column = columns.viewLength else { return [] }
    let (step, shortest) = (1 + spans.positives, spans.shortest)
    func law(
      _ name: String, _ share: @escaping @Sendable (Double) -> Double, _ isCounted: @escaping @Sendable (Int) -> Bool
    ) -> Law {
      .place(
        name, share: { share(Double($0) / Double($1)) },
        observe: { example, counts in
          guard example.schema == schema else { return }
          for (view, length) in example.values[column].enumerated() where isCounted(view) {
            counts.addPlace(Int(clamping: length) - shortest, of: range)
          }
        })
    }
    // Shares of both laws below x.
    let long = { @Sendable (x: Double) in x * x * x * x * (5 - 4 * x) }
    let short = { @Sendable (x: Double) in 1 - long(1 - x) }
    let anchors = law("length of anchors", long) { $0 % step == 0 }
    guard spans.sampling == .any else { return [anchors] }
    return [anchors, law("length of positives", short) { $0 % step != 0 }]
  }

  private var shufflePlaces: [Law] {
    guard let positionColumn = columns.positionIDs, let rowColumn = columns.cutoffRows else { return [] }
    let embedding = embedding
    func law(_ name: String, _ values: @escaping @Sendable (ExampleReader, Range<Int>) -> [Int64]) -> Law {
      .uniformPlace(name) { example, counts in
        guard let (row, parts) = read(example) else { return }
        let places = embedding.places(parts.window.count)
        for value in values(row, places) { counts.addPlace(Int(clamping: value) - places.lowerBound, of: places.count) }
      }
    }
    let first = law("new place of the first token") { row, places in [row.values(positionColumn)[places.lowerBound]] }
    guard embedding.cutoff == .token else { return [first] }
    return [first, law("place of cut rows") { row, _ in row.values(rowColumn) }]
  }
}
