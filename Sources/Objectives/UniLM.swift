public import Blocks

/// Hidden tokens asked for in place, under masks of attention that read both ways, one way, or from source to target.
///
/// - Source: Dong et al. 2019 (arXiv:1905.03197); microsoft/unilm `Preprocess4Seq2seq`.
/// - Input: a window of n ≥ 2 ids, divided into a source and a target.
/// - Columns: those of `mlm`, `token_type_ids` u8 [L] (dense), `mask_kind` u8, `source_len`.
/// - Mask: 0 both ways, 1 left to right, 2 right to left, 3 source to target; see `AttentionLayout`. Labels stand where
///   the token is hidden and are predicted there, in every direction: the row sees itself, and itself is the mask.
/// - Randomness: the direction (purpose 7), the border (8), then the masks as in `mlm`.
/// - Drops: `window_too_short`, `no_word_fits`.
/// - Cost: O(n); no allocation after the first example.
public struct UniLM: Objective {
  public static let name = "unilm"
  public static let summary = "Hides tokens of a source and a target, read in one of four directions (UniLM)."
  public static let settings =
    [
      CommonSettings.length(128, "Tokens of a row, the three tokens of the frame included."),
      Setting(
        "weights", .list(.integer(0...1000)), default: .list([2, 2, 1, 1].map { SettingValue(.integer($0)) }),
        "How often the directions are drawn: both ways, source to target, left to right, right to left."),
      PrefixSplit.splitSetting,
    ] + Cloze.settings(unit: .skipgram) + [
      CommonSettings.windowing(.document, [.document, .docSentences]),
      CommonSettings.layout,
      CommonSettings.tail,
    ]

  public let drawNumber: UInt32 = 4
  public let schema: ExampleSchema
  public let windowing: Windowing

  let cloze: Cloze
  let frame: Frame
  let weights: [Int]
  let split: PrefixSplit
  let provenance: Provenance

  /// The directions in the order of their weights.
  static let directions: [AttentionLayout.Direction] = [
    .bidirectional, .sequenceToSequence, .leftToRight, .rightToLeft,
  ]

  private var tokenTypesColumn: Int { Cloze.ColumnIndex.others }
  /// Position of `mask_kind`; `source_len` follows.
  private var kindColumn: Int { Cloze.ColumnIndex.others + (cloze.layout == .dense ? 1 : 0) }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    cloze = try Cloze(settings, vocabulary: vocabulary, for: Self.name)
    frame = try Frame.classification(vocabulary, for: Self.name)
    split = try PrefixSplit(settings)
    weights = settings.numbers("weights").map { Int($0) }
    guard weights.count == Self.directions.count, weights.contains(where: { $0 > 0 }) else {
      throw settings.invalid("weights", "is not four weights, one of them above 0", help: "for example [2, 2, 1, 1]")
    }
    guard cloze.length >= 5 else {
      throw settings.invalid("length", "leaves no room for two texts in their frame", help: "use 5 or more")
    }
    let kind = settings.windowingKind
    windowing = Windowing(kind: kind, length: cloze.length - 3, tail: try settings.tail(in: cloze.layout))
    var columns = cloze.columns(vocabulary)
    if cloze.layout == .dense {
      columns.append(
        Column(
          "token_type_ids", .uint8, .fixed([cloze.length]),
          "0 and 1 (both ways), 2 (left to right), 3 (right to left), 4 and 5 (source to target)."))
    }
    columns += [
      Column("mask_kind", .uint8, "0 both ways, 1 left to right, 2 right to left, 3 source to target."),
      Column("source_len", positionType(cloze.length), "Tokens of the source, its frame included."),
    ]
    provenance = Provenance(firstColumn: columns.count, kind: kind)
    schema = ExampleSchema(columns + Provenance.columns(kind))
  }

  /// The token types of the source and of the target.
  private static func tokenTypes(_ direction: AttentionLayout.Direction) -> (source: Int, target: Int) {
    switch direction {
    case .bidirectional: (0, 1)
    case .leftToRight: (2, 2)
    case .rightToLeft: (3, 3)
    case .sequenceToSequence: (4, 5)
    }
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    guard window.ids.count >= 2 else { return .windowTooShort }
    var modes = draws.stream(.mode)
    let direction = Self.directions[modes.weighted(weights)]
    let source = split.draw(window.ids.count, drawing: draws)
    frame.enclose(window.ids, dividedAt: source, into: &scratch.ids)
    if let reason = cloze.corrupt(drawing: draws, scratch: &scratch) { return reason }
    cloze.append(scratch, to: &batch)
    if cloze.layout == .dense {
      let types = Self.tokenTypes(direction)
      batch.append(repeating: types.source, count: source + 2, to: tokenTypesColumn)
      batch.append(repeating: types.target, count: scratch.ids.count - source - 2, to: tokenTypesColumn)
      batch.append(repeating: 0, count: cloze.length - scratch.ids.count, to: tokenTypesColumn)
    }
    batch.append(direction.rawValue, to: kindColumn)
    batch.append(source + 2, to: kindColumn + 1)
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }
}

extension UniLM {
  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    let text = try frame.dividedText(cloze.parts(row), row, below: cloze.table.size)
    return try provenance.window(of: text.ids, endOfDocument: nil, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try cloze.parts(row)
    let (ids, source) = try frame.dividedText(parts, row, below: cloze.table.size)
    let count = parts.shown.count
    try cloze.check(parts, frame: [0, source + 1, count - 1], allowing: [cloze.unknown], row)
    guard let direction = AttentionLayout.Direction(rawValue: UInt8(truncatingIfNeeded: row.scalar(kindColumn))),
      zip(Self.directions, weights).contains(where: { $0 == direction && $1 > 0 })
    else {
      throw row.broken("mask-kind", kindColumn, at: 0, "is no direction that is drawn", expected: "0 ... 3")
    }
    guard row.scalar(kindColumn + 1) == source + 2 else {
      throw row.broken(
        "source-length", kindColumn + 1, at: 0, "does not end with the source's frame", expected: "\(source + 2)")
    }
    guard split.lengths(ids.count).contains(source) else {
      throw row.broken(
        "source-length", "the source has a length it cannot have", expected: "\(split.lengths(ids.count)) tokens",
        found: "\(source)")
    }
    if cloze.layout == .dense {
      let types = Self.tokenTypes(direction)
      for (index, type) in row.values(tokenTypesColumn).enumerated() {
        let due = index >= count ? 0 : index < source + 2 ? types.source : types.target
        guard type == due else {
          throw row.broken(
            "token-type", tokenTypesColumn, at: index, "does not tell source, target and direction", expected: "\(due)")
        }
      }
    }
    _ = try provenance.window(of: ids, endOfDocument: nil, in: row)
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? cloze.parts(row) else {
      return ExampleSection.raw(example, ["input_ids"])
    }
    return cloze.sections(parts)
  }

  /// The shares of the cloze, of each direction, and where the border lies.
  public var expectations: [Expectation] {
    var list = cloze.expectations { parts($0) }
    let sum = Double(weights.reduce(0, +))
    for (index, direction) in Self.directions.enumerated() {
      let share = Double(weights[index]) / sum
      list.append(
        Expectation("rows read " + Self.directionNames[index], probability: share, variance: share * (1 - share)) {
          example in
          guard let kind = example.scalar("mask_kind") else { return Expectation.Observation(successes: 0, trials: 0) }
          return Expectation.Observation(successes: kind == Int64(direction.rawValue) ? 1 : 0, trials: 1)
        })
    }
    list.append(
      Expectation("source length within its range", probability: 0.5, variance: 1.0 / 12) { example in
        guard let text = dividedText(example) else { return .none }
        return Expectation.Observation(successes: split.place(of: text.second, in: text.ids.count), trials: 1)
      })
    return list
  }

  /// The laws of the cloze, which direction is drawn, and where the border lies.
  public var laws: [Law] {
    let sum = Double(weights.reduce(0, +))
    var shares = Array(repeating: ("", 0.0), count: Self.directions.count)
    for (index, direction) in Self.directions.enumerated() {
      shares[Int(direction.rawValue)] = (Self.directionNames[index], Double(weights[index]) / sum)
    }
    let directions = Law("directions", shares) { example, counts in
      guard let kind = example.scalar("mask_kind") else { return }
      counts.add(Int(clamping: kind))
    }
    let split = split
    let border = Law.uniformPlace("source length within its range") { example, counts in
      guard let text = dividedText(example), text.ids.count >= 2 else { return }
      let lengths = split.lengths(text.ids.count)
      counts.addPlace(text.second - lengths.lowerBound, of: lengths.count)
    }
    return cloze.laws { parts($0) } + [directions, border]
  }

  private func parts(_ example: Example) -> Cloze.Parts? {
    guard let row = try? ExampleReader(example, schema: schema) else { return nil }
    return try? cloze.parts(row)
  }

  private func dividedText(_ example: Example) -> (ids: [UInt32], second: Int)? {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? cloze.parts(row) else { return nil }
    return (try? frame.dividedText(parts, row, below: cloze.table.size)).map { ($0.ids, $0.second) }
  }

  /// In the order of `weights`.
  private static let directionNames = ["both ways", "source to target", "left to right", "right to left"]
}
