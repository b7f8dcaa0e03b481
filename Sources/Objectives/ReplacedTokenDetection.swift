public import Blocks

/// Replaces some tokens and asks, of each token, whether it was replaced.
///
/// - Source: Clark et al. 2020 (arXiv:2003.10555), ELECTRA; the generator is a law that needs no model, see `sampler`.
/// - Input: a window of n ≥ 1 ids; special ids in it are never replaced.
/// - Columns: dense: `input_ids` [L], `labels` i8 [L], `attention_mask` u8 [L]; always `replaced_positions` and
///   `original_ids` as lists.
/// - Labels: 1 where the token shown is not the original, 0 elsewhere, the frame included; -100 at pads. A replacement
///   that happens to be the original is none.
/// - Randomness: positions as in `mlm`; one draw of purpose 5 for each selected token, ascending.
/// - Drops: `window_too_short`, `no_word_fits`, as `mlm`.
/// - Cost: O(n log V); no allocation after the first example.
public struct ReplacedTokenDetection: Objective {
  public static let name = "replaced_token_detection"
  public static let summary = "Replaces some tokens and asks of each token whether it was replaced (ELECTRA)."
  public static let settings =
    [CommonSettings.length(128, "Tokens of a row, the two tokens of the frame included.")]
    + ClozeSelection.settings() + IDSampler.settings
    + [
      IDTable.replacementSetting,
      CommonSettings.windowing(.document, [.document, .packed, .fullSentences, .docSentences]),
      CommonSettings.layout,
      CommonSettings.tail,
    ]

  public let drawNumber: UInt32 = 20
  public let schema: ExampleSchema
  public let windowing: Windowing

  let length: Int
  let layout: Layout
  let selection: ClozeSelection
  let sampler: IDSampler
  let drawsAllIDs: Bool
  let frame: Frame
  let pad: UInt32
  let unknown: UInt32?
  let table: IDTable
  let provenance: Provenance

  enum ColumnIndex {
    static let inputIDs = 0
    static let labels = 1, attentionMask = 2
  }

  /// Position of `replaced_positions`; `original_ids` follows.
  var positionsColumn: Int { layout == .dense ? 3 : 1 }
  var originalsColumn: Int { positionsColumn + 1 }

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    length = settings.integer("length")
    layout = settings.layout
    let stated = try settings.replacementIDs(below: vocabulary.vocabularySize)
    drawsAllIDs = stated == nil
    table = try IDTable(vocabulary, for: Self.name, drawingFrom: stated)
    selection = try ClozeSelection(settings, table: table)
    sampler = try IDSampler(settings, table: table)
    frame = try Frame.classification(vocabulary, for: Self.name)
    pad = layout == .dense ? try vocabulary.require(.pad, for: Self.name) : 0
    unknown = vocabulary.ids[.unk]
    let kind = settings.windowingKind
    windowing = Windowing(
      kind: kind, length: length - 2, endOfDocument: kind.spansDocuments ? frame.closing : nil,
      tail: try settings.tail(in: layout))
    let columns = Self.columns(layout, length: length, vocabulary: vocabulary)
    provenance = Provenance(firstColumn: columns.count, kind: kind)
    schema = ExampleSchema(columns + Provenance.columns(kind))
  }

  private static func columns(_ layout: Layout, length: Int, vocabulary: SpecialTokens) -> [Column] {
    let sparse = [
      Column("replaced_positions", positionType(length), .list, "Positions of the replaced tokens, ascending."),
      Column("original_ids", vocabulary.idType, .list, "The original ids at those positions."),
    ]
    switch layout {
    case .dense:
      return [
        Column("input_ids", vocabulary.idType, .fixed([length]), "The row with some tokens replaced, padded."),
        Column("labels", .int8, .fixed([length]), "1 for replaced tokens, 0 for others, -100 at pads."),
        Column("attention_mask", .uint8, .fixed([length]), "1 for real tokens, 0 for padding."),
      ] + sparse
    case .compact:
      return [Column("input_ids", vocabulary.idType, .list, "The row with some tokens replaced.")] + sparse
    }
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    frame.enclose(window.ids, into: &scratch.ids)
    if let reason = replace(drawing: draws, scratch: &scratch) { return reason }
    let count = scratch.ids.count
    batch.append(scratch.ids, paddedWith: pad, to: layout == .dense ? length : count, column: ColumnIndex.inputIDs)
    if layout == .dense {
      batch.append(scratch.labels, ignoredTo: length, column: ColumnIndex.labels)
      batch.appendMask(count, of: length, column: ColumnIndex.attentionMask)
    }
    batch.append(contentsOf: scratch.positions.span, to: positionsColumn)
    batch.append(contentsOf: scratch.targets.span, to: originalsColumn)
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  /// Replaces tokens of the framed row in `scratch.ids`; fills `labels`, and `positions` and `targets` with what was
  /// replaced.
  private func replace(drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) -> DropReason? {
    // The row is taken out while positions are selected, so that the selection may use the rest of the scratch.
    var row: [UInt32] = []
    swap(&row, &scratch.ids)
    defer { swap(&row, &scratch.ids) }
    precondition(row.count <= length, "a row is no longer than the windowing says")
    guard selection.mark(row, drawing: draws, scratch: &scratch) > 0 else { return selection.dropReason(row) }
    if sampler.kind == .window { table.findOrdinary(in: row, into: &scratch.order) }
    // All are drawn before the first is put in its place: `window` draws from the row as it was.
    var replacements = draws.stream(.replacementIDs)
    scratch.targets.removeAll(keepingCapacity: true)
    for index in row.indices where scratch.mask[index] {
      scratch.targets.append(sampler.draw(&replacements, row: row, places: scratch.order))
    }
    scratch.positions.removeAll(keepingCapacity: true)
    scratch.labels.removeAll(keepingCapacity: true)
    scratch.labels.append(contentsOf: repeatElement(0, count: row.count))
    var drawn = 0
    for index in row.indices where scratch.mask[index] {
      let (original, shown) = (row[index], scratch.targets[drawn])
      drawn += 1
      guard shown != original else { continue }
      row[index] = shown
      scratch.labels[index] = 1
      scratch.targets[scratch.positions.count] = original
      scratch.positions.append(Int32(index))
    }
    scratch.targets.removeLast(drawn - scratch.positions.count)
    return nil
  }
}
