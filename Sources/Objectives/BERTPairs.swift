public import Blocks

/// Masked language modelling over two texts, and the question whether the second follows the first.
///
/// - Source: Devlin et al. 2019 (arXiv:1810.04805), next sentences; Lan et al. 2020 (arXiv:1909.11942), sentence order.
/// - Input: a window of two texts, [0, a) and [a, n).
/// - Columns: those of `mlm`, `token_type_ids` u8 [L] (dense), and `next_sentence_label` or `sentence_order_label` u8.
/// - Randomness: how texts are paired, see `SentencePairing`; the masks as in `mlm`, keyed by objective 17.
/// - Guarantees: `restore` gives both texts back, with the places that they were taken from.
/// - Drops: `window_too_short` (one token, or nothing to hide), `no_word_fits`.
/// - Cost: O(n) and a draw for each token cut off; no allocation after the first example.
public struct BERTPairs: Objective {
  public static let name = "bert_pairs"
  public static let summary = "Two texts with hidden tokens, and whether the second follows the first (BERT, ALBERT)."
  public static let settings =
    [
      CommonSettings.length(128, "Tokens of a row, the three tokens of the frame included."),
      Setting(
        "pairs", .choice(SentencePairing.Kind.allCases.map(\.rawValue)),
        default: .text(SentencePairing.Kind.nextSentence.rawValue),
        "nsp: the second text is the next one, or comes from another document (BERT). sop: two texts that follow one"
          + " another, in their order or turned round (ALBERT)."),
      Setting(
        "short_seq_prob", .number(0...1), default: .number(0.1),
        "Share of documents whose pairs aim at a random length below the longest."),
    ] + Cloze.settings() + [CommonSettings.layout]

  public let drawNumber: UInt32 = 17
  public let schema: ExampleSchema
  public let windowing: Windowing

  let cloze: Cloze
  let frame: Frame
  let pairs: SentencePairing.Kind
  let provenance: Provenance

  /// Positions of the columns behind those of the cloze.
  private var tokenTypesColumn: Int { Cloze.ColumnIndex.others }
  private var labelColumn: Int { Cloze.ColumnIndex.others + (cloze.layout == .dense ? 1 : 0) }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    cloze = try Cloze(settings, vocabulary: vocabulary, for: Self.name)
    frame = try Frame.classification(vocabulary, for: Self.name)
    pairs = SentencePairing.Kind(rawValue: settings.text("pairs")) ?? .nextSentence
    guard cloze.length >= 5 else {
      throw settings.invalid("length", "leaves no room for two texts in their frame", help: "use 5 or more")
    }
    windowing = Windowing(
      SentencePairing(kind: pairs, shortShare: settings.number("short_seq_prob"), drawNumber: drawNumber),
      length: cloze.length - 3)
    var columns = cloze.columns(vocabulary)
    if cloze.layout == .dense {
      columns.append(
        Column(
          "token_type_ids", .uint8, .fixed([cloze.length]), "0 for the first text and its frame, 1 for the second."))
    }
    switch pairs {
    case .nextSentence:
      columns.append(
        Column("next_sentence_label", .uint8, "0 if the second text follows the first, 1 if it was drawn at random."))
    case .sentenceOrder:
      columns.append(
        Column("sentence_order_label", .uint8, "0 if the two texts are in their order, 1 if they were turned round."))
    }
    provenance = Provenance(firstColumn: columns.count, kind: .sentencePairs)
    schema = ExampleSchema(columns + Provenance.columns(.sentencePairs))
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    guard window.segmentStarts.count == 2, let label = window.pairLabel else { return .windowTooShort }
    let second = window.segmentStarts[1]
    frame.enclose(window.ids, dividedAt: second, into: &scratch.ids)
    if let reason = cloze.corrupt(drawing: draws, scratch: &scratch) { return reason }
    cloze.append(scratch, to: &batch)
    if cloze.layout == .dense {
      batch.append(repeating: 0, count: second + 2, to: tokenTypesColumn)
      batch.append(repeating: 1, count: scratch.ids.count - second - 2, to: tokenTypesColumn)
      batch.append(repeating: 0, count: cloze.length - scratch.ids.count, to: tokenTypesColumn)
    }
    batch.append(label, to: labelColumn)
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }
}

extension BERTPairs {
  /// The window, of a row with its masks undone.
  private func window(_ parts: Cloze.Parts, _ row: ExampleReader) throws(Diagnostic) -> TokenWindow {
    let text = try frame.dividedText(parts, row, below: cloze.table.size)
    let label = row.scalar(labelColumn)
    guard label == 0 || label == 1 else {
      throw row.broken("pair", labelColumn, at: 0, "is no answer", expected: "0 or 1")
    }
    return try provenance.window(
      of: text.ids, endOfDocument: nil, pair: (start: text.second, label: UInt8(label)), in: row)
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try window(cloze.parts(row), row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try cloze.parts(row)
    let window = try window(parts, row)
    let middle = window.segmentStarts[1] + 1
    try cloze.check(parts, frame: [0, middle, parts.shown.count - 1], allowing: [cloze.unknown], row)
    if cloze.layout == .dense {
      for (index, type) in row.values(tokenTypesColumn).enumerated() {
        let due: Int64 = (middle + 1..<parts.shown.count).contains(index) ? 1 : 0
        guard type == due else {
          throw row.broken(
            "token-type", tokenTypesColumn, at: index, "does not tell the texts apart", expected: "\(due)")
        }
      }
    }
    try checkPlaces(window, row)
  }

  /// Where the second text lies says the same as the label.
  private func checkPlaces(_ window: TokenWindow, _ row: ExampleReader) throws(Diagnostic) {
    let isOneDocument = window.segmentDocuments[0] == window.segmentDocuments[1]
    let firstEnd = window.segmentSources[0] + window.segmentStarts[1]
    let secondEnd = window.segmentSources[1] + window.ids.count - window.segmentStarts[1]
    let follows = isOneDocument && window.segmentSources[1] >= firstEnd
    let precedes = isOneDocument && secondEnd <= window.segmentSources[0]
    let holds =
      switch (pairs, window.pairLabel) {
      case (_, 0): follows
      case (.sentenceOrder, _): precedes
      case (.nextSentence, _): true
      }
    guard holds else {
      throw row.broken(
        "pair", "the second text does not lie where the label says",
        expected: "\(row.name(labelColumn)) \(follows ? 0 : 1)",
        found: "\(row.scalar(labelColumn))")
    }
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? cloze.parts(row) else {
      return ExampleSection.raw(example, ["input_ids"])
    }
    return cloze.sections(parts)
  }

  /// The shares of the cloze, and how often the texts are turned round, or at least how often the second is random.
  public var expectations: [Expectation] {
    var answers = Expectation(
      pairs == .sentenceOrder ? "texts turned round" : "second texts drawn at random", probability: 0.5, variance: 0.25
    ) { example in
      guard let row = try? ExampleReader(example, schema: schema) else { return .none }
      return Expectation.Observation(successes: row.scalar(labelColumn) == 1 ? 1 : 0, trials: 1)
    }
    // A chunk of one sentence has no next one: its second text is always drawn.
    answers.isLeast = pairs == .nextSentence
    return cloze.expectations { parts($0) } + [answers]
  }

  public var laws: [Law] { cloze.laws { parts($0) } }

  private func parts(_ example: Example) -> Cloze.Parts? {
    guard let row = try? ExampleReader(example, schema: schema) else { return nil }
    return try? cloze.parts(row)
  }
}
