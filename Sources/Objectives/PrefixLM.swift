public import Blocks

/// Gives the start of a text and asks for the rest.
///
/// - Source: Raffel et al. 2020, §3.2.3 (arXiv:1910.10683); T5's `random_prefix_noise_mask` and its `prefix_lm`.
/// - Input: a window of n ≥ 2 ids.
/// - Columns, decoder: `input_ids` [L], `labels` [L] (dense), `prefix_length`, `attention_mask` u8 [L] (dense).
///   Encoder-decoder: `input_ids` [L] = prefix + eos, `labels` [L] = rest + eos, `attention_mask` u8 [L] (dense).
/// - Prefix length: uniform in min ... n - 1, with min = max(1, round-half-even((1 - 2 · density) · (n - 1))); or
///   between two shares of n.
/// - Randomness: one `bounded` of purpose 8.
/// - Guarantees: `labels` are -100 before the prefix's end and not shifted: row t - 1 predicts label t.
/// - Drops: `window_too_short`. Fails: never.
/// - Cost: O(n); no allocation after the first example.
public struct PrefixLM: Objective {
  public static let name = "prefix_lm"
  public static let summary = "Gives the start of a text and asks for the rest (T5's prefix language model)."
  public static let settings =
    [
      CommonSettings.length(256, "Tokens of a window."),
      Setting(
        "form", .choice(Form.allCases.map(\.rawValue)), default: .text(Form.decoder.rawValue),
        "decoder: one sequence, seen both ways up to its prefix length. encoder_decoder: the prefix in, the rest out."),
    ] + PrefixSplit.settings + [
      CommonSettings.windowing(.document),
      CommonSettings.layout,
      CommonSettings.tail,
    ]

  enum Form: String, CaseIterable {
    case decoder
    case encoderDecoder = "encoder_decoder"
  }

  public let drawNumber: UInt32 = 3
  public let schema: ExampleSchema
  public let windowing: Windowing

  let length: Int
  let form: Form
  let split: PrefixSplit
  let layout: Layout
  let endOfSequence: UInt32
  let pad: UInt32
  let table: IDTable
  let unknown: UInt32?
  let provenance: Provenance

  enum ColumnIndex {
    static let inputIDs = 0
    static let labels = 1
    static let attentionMask = 2
  }

  /// Position of `prefix_length` in rows of the decoder form.
  var prefixColumn: Int { layout == .dense ? 3 : 1 }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    length = settings.integer("length")
    form = Form(rawValue: settings.text("form")) ?? .decoder
    split = try PrefixSplit(settings, density: settings.number("density"))
    layout = settings.layout
    table = try IDTable(vocabulary, for: Self.name)
    unknown = vocabulary.ids[.unk]
    pad = layout == .dense ? try vocabulary.require(.pad, for: Self.name) : 0
    endOfSequence = form == .encoderDecoder ? try vocabulary.require(.eos, for: Self.name) : 0
    let kind = settings.windowingKind
    // T5 joins documents without a mark before it splits them; one sequence to read on needs the mark.
    let marksEnds = kind == .packed && form == .decoder
    windowing = Windowing(
      kind: kind, length: length, endOfDocument: marksEnds ? try vocabulary.require(.eod, for: Self.name) : nil,
      tail: try settings.tail(in: layout))
    let columns = Self.columns(form, layout, length: length, vocabulary: vocabulary)
    provenance = Provenance(firstColumn: columns.count, kind: kind)
    schema = ExampleSchema(columns + Provenance.columns(kind))
  }

  private static func columns(
    _ form: Form, _ layout: Layout, length: Int, vocabulary: SpecialTokens
  ) -> [Column] {
    let ids = vocabulary.idType
    let row: Column.Shape = layout == .dense ? .fixed([length]) : .list
    let mask = Column("attention_mask", .uint8, .fixed([length]), "1 for real tokens of the input, 0 for padding.")
    switch (form, layout) {
    case (.decoder, .dense):
      return [
        Column("input_ids", ids, row, "The window, padded."),
        Column(
          "labels", vocabulary.labelType, row, "The same ids from the prefix's end on; -100 before it and at pads."),
        mask,
        Column("prefix_length", positionType(length), "Tokens that are given, and seen both ways."),
      ]
    case (.decoder, .compact):
      return [
        Column("input_ids", ids, row, "The window."),
        Column("prefix_length", positionType(length), "Tokens that are given, and seen both ways."),
      ]
    case (.encoderDecoder, .dense):
      return [
        Column("input_ids", ids, row, "The prefix and eos, padded."),
        Column("labels", vocabulary.labelType, row, "The rest of the window and eos; -100 at pads."),
        mask,
      ]
    case (.encoderDecoder, .compact):
      return [
        Column("input_ids", ids, row, "The prefix and eos."),
        Column("labels", ids, row, "The rest of the window and eos."),
      ]
    }
  }

  /// The prefix lengths of a window of n ≥ 2 tokens.
  package func prefixLengths(_ count: Int) -> ClosedRange<Int> { split.lengths(count) }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    let ids = window.ids
    precondition(ids.count <= length, "a window is no longer than the windowing says")
    guard ids.count >= 2 else { return .windowTooShort }
    let prefix = split.draw(ids.count, drawing: draws)
    switch form {
    case .decoder: appendDecoder(ids, prefix: prefix, scratch: &scratch, to: &batch)
    case .encoderDecoder: appendPair(ids, prefix: prefix, scratch: &scratch, to: &batch)
    }
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  private func appendDecoder(
    _ ids: [UInt32], prefix: Int, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) {
    batch.append(ids, paddedWith: pad, to: layout == .dense ? length : ids.count, column: ColumnIndex.inputIDs)
    if layout == .dense {
      batch.append(repeating: ignoredLabel, count: prefix, to: ColumnIndex.labels)
      batch.append(contentsOf: ids.span.extracting(prefix..<ids.count), to: ColumnIndex.labels)
      batch.append(repeating: ignoredLabel, count: length - ids.count, to: ColumnIndex.labels)
      batch.appendMask(ids.count, of: length, column: ColumnIndex.attentionMask)
    }
    batch.append(prefix, to: prefixColumn)
  }

  private func appendPair(
    _ ids: [UInt32], prefix: Int, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) {
    batch.append(contentsOf: ids.span.extracting(0..<prefix), to: ColumnIndex.inputIDs)
    batch.append(endOfSequence, to: ColumnIndex.inputIDs)
    batch.append(contentsOf: ids.span.extracting(prefix..<ids.count), to: ColumnIndex.labels)
    batch.append(endOfSequence, to: ColumnIndex.labels)
    guard layout == .dense else { return }
    batch.append(repeating: pad, count: length - prefix - 1, to: ColumnIndex.inputIDs)
    batch.append(repeating: ignoredLabel, count: length - (ids.count - prefix) - 1, to: ColumnIndex.labels)
    batch.appendMask(prefix + 1, of: length, column: ColumnIndex.attentionMask)
  }
}

extension PrefixLM {
  /// A row taken apart.
  struct Parts {
    var ids: [UInt32]
    var prefix: Int
  }

  func parts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let parts = form == .decoder ? try decoderParts(row) : try pairParts(row)
    guard (2...length).contains(parts.ids.count) else {
      throw row.broken(
        "length", "the window has a length it cannot have", expected: "2 ... \(length) tokens",
        found: "\(parts.ids.count)")
    }
    return parts
  }

  private func decoderParts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    let column = ColumnIndex.inputIDs
    let count = layout == .dense ? try row.realCount(ColumnIndex.attentionMask) : row.values(column).count
    if layout == .dense { try row.requirePadding(column, count..<length, Int64(pad)) }
    return Parts(ids: try row.ids(column, 0..<count, below: table.size), prefix: Int(row.scalar(prefixColumn)))
  }

  private func pairParts(_ row: ExampleReader) throws(Diagnostic) -> Parts {
    var ids: [UInt32] = []
    var prefix = 0
    for column in [ColumnIndex.inputIDs, ColumnIndex.labels] {
      let values = row.values(column)
      var count = values.count
      if layout == .dense, column == ColumnIndex.inputIDs {
        count = try row.realCount(ColumnIndex.attentionMask)
        try row.requirePadding(column, count..<length, Int64(pad))
      } else if layout == .dense {
        count = values.firstIndex(of: Int64(ignoredLabel)) ?? values.count
        try row.requirePadding(column, count..<length, Int64(ignoredLabel))
      }
      guard count >= 2, values[count - 1] == Int64(endOfSequence) else {
        throw row.broken(
          "end", column, at: max(0, count - 1), "does not end the sequence", expected: "\(endOfSequence)")
      }
      ids += try row.ids(column, 0..<count - 1, below: table.size)
      if column == ColumnIndex.inputIDs { prefix = ids.count }
    }
    return Parts(ids: ids, prefix: prefix)
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: parts(row).ids, endOfDocument: windowing.endOfDocument, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try parts(row)
    let lengths = prefixLengths(parts.ids.count)
    guard lengths.contains(parts.prefix) else {
      throw row.broken(
        "prefix-length", "the prefix has a length it cannot have",
        expected: "\(lengths.lowerBound) ... \(lengths.upperBound)", found: "\(parts.prefix)")
    }
    let input = form == .decoder ? parts.ids.count : parts.prefix
    let allowed = [unknown, windowing.endOfDocument]
    try row.requireOrdinary(
      Array(parts.ids[..<input]), ColumnIndex.inputIDs, from: 0, table: table, allowing: allowed)
    try row.requireOrdinary(
      Array(parts.ids[input...]), ColumnIndex.labels, from: 0, table: table, allowing: allowed)
    if form == .decoder, layout == .dense {
      for (index, label) in row.values(ColumnIndex.labels).enumerated() {
        let due = (parts.prefix..<parts.ids.count).contains(index) ? Int64(parts.ids[index]) : Int64(ignoredLabel)
        guard label == due else {
          throw row.broken(
            "label", ColumnIndex.labels, at: index,
            index < parts.prefix ? "asks for a token that is given" : "is not the token at its place",
            expected: "\(due)")
        }
      }
    }
    _ = try provenance.window(of: parts.ids, endOfDocument: windowing.endOfDocument, in: row)
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row),
      (0...parts.ids.count).contains(parts.prefix)
    else { return ExampleSection.raw(example, ["input_ids"]) }
    let prefix = parts.ids[..<parts.prefix].map { ExampleSection.Token($0, .prefix) }
    let rest = parts.ids[parts.prefix...].map { ExampleSection.Token($0, .target) }
    switch form {
    case .decoder: return [ExampleSection("input and target", prefix + rest)]
    case .encoderDecoder:
      let end = ExampleSection.Token(endOfSequence, .special)
      return [ExampleSection("input", prefix + [end]), ExampleSection("target", rest + [end])]
    }
  }

  /// The place of the prefix length in its range, from 0 to 1: one half in the mean.
  public var expectations: [Expectation] {
    [
      // (P - min + 1/2) / N has mean 1/2 and variance (N² - 1) / 12 N² < 1/12 for every number N of lengths.
      Expectation("prefix length within its range", probability: 0.5, variance: 1.0 / 12) { example in
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else {
          return Expectation.Observation(successes: 0, trials: 0)
        }
        return Expectation.Observation(successes: split.place(of: parts.prefix, in: parts.ids.count), trials: 1)
      }
    ]
  }

  public var laws: [Law] {
    [
      .uniformPlace("prefix length within its range") { example, counts in
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row), parts.ids.count >= 2
        else { return }
        let lengths = split.lengths(parts.ids.count)
        counts.addPlace(parts.prefix - lengths.lowerBound, of: lengths.count)
      }
    ]
  }
}
