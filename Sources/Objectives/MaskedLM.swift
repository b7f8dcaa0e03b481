public import Blocks

/// Hides some tokens and asks for them in place.
///
/// - Source: Devlin et al. 2019 (arXiv:1810.04805), google-research/bert `create_masked_lm_predictions`; RoBERTa
///   (arXiv:1907.11692), SpanBERT (arXiv:1907.10529) and ALBERT (arXiv:1909.11942) by `count` and `unit`.
/// - Input: a window of n ≥ 1 ids; special ids in it (`unk`, separators) are never hidden.
/// - Columns: dense: `input_ids` [L], `labels` [L], `attention_mask` u8 [L]; compact: `input_ids`, `masked_positions`
///   and `masked_labels` as lists.
/// - Count: max(1, round-half-even(length · p)), the length counting the frame; others by `count`.
/// - Randomness: positions (purpose 1; n-grams 1 and 3, spans 3 and 4, counts 9), one word of purpose 2 for each
///   decision, one draw of purpose 5 for each random token, in ascending order of position.
/// - Guarantees: `restore` gives the window back; the mask appears at selected positions only; no special id comes of
///   random replacement unless the recipe states one.
/// - Drops: `window_too_short` (nothing may be hidden), `no_word_fits` (whole words, all longer than the count).
/// - Cost: O(n); no allocation after the first example.
public struct MaskedLM: Objective {
  public static let name = "mlm"
  public static let summary = "Hides some tokens behind a mask and asks for them in place (BERT, RoBERTa, SpanBERT)."
  public static let settings =
    [CommonSettings.length(128, "Tokens of a row, the two tokens of the frame included.")]
    + Cloze.settings()
    + [
      CommonSettings.windowing(.document, [.document, .packed, .fullSentences, .docSentences]),
      CommonSettings.layout,
      CommonSettings.tail,
    ]

  public let drawNumber: UInt32 = 1
  public let schema: ExampleSchema
  public let windowing: Windowing

  let cloze: Cloze
  package var selection: ClozeSelection { cloze.selection }
  let frame: Frame
  let provenance: Provenance

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    cloze = try Cloze(settings, vocabulary: vocabulary, for: Self.name)
    frame = try Frame.classification(vocabulary, for: Self.name)
    let kind = settings.windowingKind
    windowing = Windowing(
      kind: kind, length: cloze.length - 2, endOfDocument: kind.spansDocuments ? frame.closing : nil,
      tail: try settings.tail(in: cloze.layout))
    provenance = Provenance(firstColumn: Cloze.ColumnIndex.others, kind: kind)
    schema = ExampleSchema(cloze.columns(vocabulary) + Provenance.columns(kind))
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    frame.enclose(window.ids, into: &scratch.ids)
    if let reason = cloze.corrupt(drawing: draws, scratch: &scratch) { return reason }
    cloze.append(scratch, to: &batch)
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }
}

extension MaskedLM {
  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try window(cloze.parts(row), row)
  }

  private func window(_ parts: Cloze.Parts, _ row: ExampleReader) throws(Diagnostic) -> TokenWindow {
    _ = try row.unframed(Cloze.ColumnIndex.inputIDs, 0..<parts.shown.count, frame, below: cloze.table.size)
    return try provenance.window(
      of: Array(parts.original.dropFirst().dropLast()), endOfDocument: windowing.endOfDocument, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try cloze.parts(row)
    let window = try window(parts, row)
    try cloze.check(
      parts, frame: [0, window.ids.count + 1], allowing: [cloze.unknown, windowing.endOfDocument], row)
  }

  public func explain(_ example: Example) -> [ExampleSection] {
    guard let row = try? ExampleReader(example, schema: schema), let parts = try? cloze.parts(row) else {
      return ExampleSection.raw(example, ["input_ids"])
    }
    return cloze.sections(parts)
  }

  public var expectations: [Expectation] { cloze.expectations { parts($0) } }

  public var laws: [Law] { cloze.laws { parts($0) } }

  private func parts(_ example: Example) -> Cloze.Parts? {
    guard let row = try? ExampleReader(example, schema: schema) else { return nil }
    return try? cloze.parts(row)
  }
}
