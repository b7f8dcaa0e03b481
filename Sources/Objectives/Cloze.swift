internal import Blocks

/// Hidden tokens asked for in place: what all masked objectives share.
///
///     row         [CLS] un ##able the play ##ing [SEP]
///     selected            ×   ×              ×
///     input_ids   [CLS] [M] [M]   the play  cat  [SEP]
///     labels      -100 un ##able  -100 -100 ##ing -100
///
/// It works on framed rows: the frame is special, and special tokens are never selected.
struct Cloze: Sendable {
  /// What of a row is decided as one: mask, random or keep.
  enum Decision: String, CaseIterable {
    case token, unit
  }

  let length: Int
  let selection: ClozeSelection
  let replacement: TokenReplacement
  let decision: Decision
  let layout: Layout
  let mask: UInt32
  let pad: UInt32
  let unknown: UInt32?
  let table: IDTable

  /// - Parameter unit: the default of `unit`.
  static func settings(unit: ClozeSelection.Unit = .token) -> [Setting] {
    [ClozeSelection.shareSetting, TokenReplacement.setting, IDTable.replacementSetting]
      + ClozeSelection.settings(unit: unit).dropFirst() + [decisionSetting]
  }

  private static let decisionSetting = Setting(
    "decide", .choice(Decision.allCases.map(\.rawValue)), default: .null,
    "What gets one draw of mask, random or itself: each token, or each unit (a word, a span, adjacent ones merged)."
      + " Left out, units with unit: span, tokens else.")

  /// Positions of the columns; the third is the mask of dense rows and the labels of compact ones.
  enum ColumnIndex {
    static let inputIDs = 0
    static let labels = 1, attentionMask = 2
    static let maskedPositions = 1, maskedLabels = 2
    /// Where the columns of the objective itself begin.
    static let others = 3
  }

  init(_ settings: Settings, vocabulary: SpecialTokens, for objective: String) throws(Diagnostic) {
    length = settings.integer("length")
    layout = settings.layout
    table = try IDTable(
      vocabulary, for: objective, drawingFrom: settings.replacementIDs(below: vocabulary.vocabularySize))
    selection = try ClozeSelection(settings, table: table)
    replacement = try TokenReplacement(settings)
    decision =
      settings.optionalText("decide").flatMap(Decision.init(rawValue:)) ?? (selection.unit == .span ? .unit : .token)
    mask = try vocabulary.require(.mask, for: objective)
    pad = layout == .dense ? try vocabulary.require(.pad, for: objective) : 0
    unknown = vocabulary.ids[.unk]
  }

  func columns(_ vocabulary: SpecialTokens) -> [Column] {
    switch layout {
    case .dense:
      [
        Column("input_ids", vocabulary.idType, .fixed([length]), "The row with its selected tokens corrupted, padded."),
        Column(
          "labels", vocabulary.labelType, .fixed([length]), "The original id at selected positions, -100 elsewhere."),
        Column("attention_mask", .uint8, .fixed([length]), "1 for real tokens, 0 for padding."),
      ]
    case .compact:
      [
        Column("input_ids", vocabulary.idType, .list, "The row with its selected tokens corrupted."),
        Column("masked_positions", positionType(length), .list, "Selected positions of the row, ascending."),
        Column("masked_labels", vocabulary.idType, .list, "The original ids at those positions."),
      ]
    }
  }

  /// Corrupts the framed row in `scratch.ids`, and fills `labels` (dense) or `positions` and `targets` (compact).
  ///
  /// - Returns: why nothing could be selected; nil when something was.
  func corrupt(drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) -> DropReason? {
    // The row is taken out while positions are selected, so that the selection may use the rest of the scratch.
    var row: [UInt32] = []
    swap(&row, &scratch.ids)
    defer { swap(&row, &scratch.ids) }
    precondition(row.count <= length, "a row is no longer than the windowing says")
    guard selection.mark(row, drawing: draws, scratch: &scratch) > 0 else { return selection.dropReason(row) }
    hide(in: &row, drawing: draws, scratch: &scratch)
    return nil
  }

  /// Shows something else at the tokens that `scratch.mask` marks, and writes down what was there.
  ///
  /// One word of purpose 2 for each decision, one draw of purpose 5 for each random token, ascending.
  func hide(in row: inout [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var actions = draws.stream(.action)
    var replacements = draws.stream(.replacementIDs)
    scratch.labels.removeAll(keepingCapacity: true)
    scratch.positions.removeAll(keepingCapacity: true)
    scratch.targets.removeAll(keepingCapacity: true)
    if layout == .dense { scratch.labels.append(contentsOf: repeatElement(ignoredLabel, count: row.count)) }
    if decision == .token, layout == .dense {
      return hideTokens(in: &row, scratch.mask, &actions, &replacements, labels: &scratch.labels)
    }
    var start = 0
    while start < row.count {
      guard scratch.mask[start] else {
        start += 1
        continue
      }
      let end = endOfDecision(from: start, in: row, selected: scratch.mask)
      let action = replacement.action(of: actions.word())
      for index in start..<end {
        let original = row[index]
        switch action {
        case .mask: row[index] = mask
        case .random: row[index] = table.draw(&replacements)
        case .keep: break
        }
        switch layout {
        case .dense: scratch.labels[index] = Int32(truncatingIfNeeded: original)
        case .compact:
          scratch.positions.append(Int32(index))
          scratch.targets.append(original)
        }
      }
      start = end
    }
  }

  /// The same for tokens that are decided by themselves, in dense rows.
  private func hideTokens(
    in row: inout [UInt32], _ mask: [Bool], _ actions: inout RandomStream, _ replacements: inout RandomStream,
    labels: inout [Int32]
  ) {
    precondition(mask.count == row.count && labels.count == row.count, "a flag and a label for each token")
    let hidden = self.mask
    unsafe row.withUnsafeMutableBufferPointer { row in
      unsafe labels.withUnsafeMutableBufferPointer { labels in
        unsafe mask.withUnsafeBufferPointer { mask in
          for index in 0..<mask.count where unsafe mask[index] {
            let original = unsafe row[index]
            unsafe labels[index] = Int32(truncatingIfNeeded: original)
            switch replacement.action(of: actions.word()) {
            case .mask: unsafe row[index] = hidden
            case .random: unsafe row[index] = table.draw(&replacements)
            case .keep: break
            }
          }
        }
      }
    }
  }

  /// Where the selected tokens end that share the decision of the one at `start`: the token, its word, or its run of
  /// selected tokens.
  func endOfDecision(from start: Int, in row: [UInt32], selected: [Bool]) -> Int {
    var end = start + 1
    guard decision == .unit else { return end }
    switch selection.unit {
    case .token: break
    case .wholeWord: while end < row.count, table.continuesWord(row[end], after: row[end - 1]) { end += 1 }
    case .ngram, .span, .skipgram: while end < row.count, selected[end] { end += 1 }
    }
    return end
  }

  /// Appends the first three columns of a row that was corrupted.
  func append(_ scratch: borrowing ObjectiveScratch, to batch: inout ExampleBatch) {
    switch layout {
    case .dense:
      batch.append(scratch.ids, paddedWith: pad, to: length, column: ColumnIndex.inputIDs)
      batch.append(scratch.labels, ignoredTo: length, column: ColumnIndex.labels)
      batch.appendMask(scratch.ids.count, of: length, column: ColumnIndex.attentionMask)
    case .compact:
      batch.append(contentsOf: scratch.ids.span, to: ColumnIndex.inputIDs)
      batch.append(contentsOf: scratch.positions.span, to: ColumnIndex.maskedPositions)
      batch.append(contentsOf: scratch.targets.span, to: ColumnIndex.maskedLabels)
    }
  }
}
