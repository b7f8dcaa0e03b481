public import Blocks

/// Hides spans of a sound's codes and asks for them in place.
///
/// - Source: Baevski et al. 2020, wav2vec 2.0 (arXiv:2006.11477): 0.065 of all steps start spans of 10, about half is
///   masked; Hsu et al. 2021, HuBERT (arXiv:2106.07447): 0.08.
/// - Input: a window of n codes of one document, one code a step, n > `span_length`.
/// - Columns: dense: `input_ids` [L], `labels` [L], `attention_mask` u8 [L]; compact: `input_ids`, `masked_positions`
///   and `masked_labels` as lists.
/// - Count: n · p starts, rounded up or down at random, at least one; spans may overlap.
/// - Randomness: rounding 9, starts 4; then one word of purpose 2 for each masked step, one draw of purpose 5 for each
///   random one.
/// - Guarantees: `restore` gives the window back; runs of masked steps have `span_length` steps or more (special ids
///   aside, which are never masked).
/// - Drops: `window_too_short`, `nothing_to_predict` (special ids alone behind the mask). Fails: never.
/// - Cost: O(n); no allocation after the first example.
public struct AudioMLM: Objective {
  public static let name = "audio_mlm"
  public static let summary = "Hides spans of a sound's codes and asks for them in place (wav2vec 2.0, HuBERT)."
  public static let settings = [
    CommonSettings.length(512, "Steps of a row."),
    Setting(
      "start_probability", .number(0.001...0.5), default: .number(0.065), "Share of the steps at which a span starts."),
    Setting("span_length", .integer(1...1024), default: .integer(10), "Steps of a span."),
    MaskedCodes.replaceSetting,
    CommonSettings.layout,
    CommonSettings.tail,
  ]

  /// Behind those of specification 6.3.
  public let drawNumber: UInt32 = 19
  public let schema: ExampleSchema
  public let windowing: Windowing

  let spans: TimeSpans
  let codes: MaskedCodes
  let provenance: Provenance

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    let length = settings.integer("length")
    spans = TimeSpans(probability: settings.number("start_probability"), length: settings.integer("span_length"))
    guard spans.length < length else {
      throw settings.invalid("span_length", "is no shorter than a row", help: "lower it, or raise length")
    }
    codes = try MaskedCodes(
      settings.layout, shape: [length], isPadded: true, settings: settings, vocabulary: vocabulary, for: Self.name)
    windowing = Windowing(kind: .document, length: length, tail: try settings.tail(in: settings.layout))
    let columns = codes.columns(vocabulary)
    provenance = Provenance(firstColumn: columns.count, kind: .document)
    schema = ExampleSchema(columns + Provenance.columns(.document))
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    precondition(window.ids.count <= codes.length, "a window is no longer than the windowing says")
    guard window.ids.count > spans.length else { return .windowTooShort }
    spans.mark(window.ids.count, drawing: draws, scratch: &scratch)
    guard codes.append(window.ids, drawing: draws, scratch: &scratch, to: &batch) else { return .nothingToPredict }
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: codes.parts(row).original, endOfDocument: nil, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try codes.parts(row)
    guard parts.shown.count > spans.length else {
      throw row.broken(
        "length", "the window is too short for a span", expected: "\(spans.length + 1) codes or more",
        found: "\(parts.shown.count)")
    }
    try codes.check(parts, row)
    try checkRuns(parts, row)
    _ = try provenance.window(of: parts.original, endOfDocument: nil, in: row)
  }

  /// No run is shorter than a span; special ids count as masked, for a span may lie over them.
  private func checkRuns(_ parts: MaskedCodes.Parts, _ row: ExampleReader) throws(Diagnostic) {
    var run = 0
    for index in parts.selected.indices {
      run = isCovered(parts, index) ? run + 1 : 0
      guard run > 0, index + 1 == parts.selected.count || !isCovered(parts, index + 1) else { continue }
      let hasSelected = parts.selected[(index + 1 - run)...index].contains(true)
      guard !hasSelected || run >= spans.length else {
        throw row.broken(
          "span-length", "the run of masked codes that ends at \(index) is shorter than a span",
          expected: "\(spans.length) or more", found: "\(run)")
      }
    }
  }

  private func isCovered(_ parts: MaskedCodes.Parts, _ index: Int) -> Bool {
    parts.selected[index] || codes.table.isSpecial(parts.original[index])
  }

  public func explain(_ example: Example) -> [ExampleSection] { codes.explain(example, schema: schema) }

  public var laws: [Law] { codes.laws(schema: schema) + [spans.law { parts($0) }] }

  private func parts(_ example: Example) -> MaskedCodes.Parts? {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? codes.parts(row),
      !parts.original.contains(where: codes.table.isSpecial)
    else { return nil }
    return parts
  }

  /// What masked codes show, and how much of full rows is masked.
  public var expectations: [Expectation] {
    let share = spans.maskedShare(codes.length)
    let masked = Expectation("steps masked", probability: share.mean, variance: share.variance) { example in
      guard let row = try? ExampleReader(example, schema: schema), let parts = try? codes.parts(row),
        parts.shown.count == codes.length, !parts.original.contains(where: codes.table.isSpecial)
      else { return .none }
      return Expectation.Observation(successes: Double(parts.selectedCount) / Double(codes.length), trials: 1)
    }
    return codes.expectations(schema: schema) + [masked]
  }
}
