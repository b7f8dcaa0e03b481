internal import Blocks

/// The columns of an encoder-decoder row, `input_ids` and `labels` first: how its sides are written and read back.
struct SidePair: Sendable {
  let layout: Layout
  /// Values of the columns in dense rows; longest sides in compact ones.
  let inputLength: Int
  let targetLength: Int
  let endOfSequence: UInt32
  let pad: UInt32
  /// Ids of the vocabulary.
  let size: Int

  enum ColumnIndex {
    static let inputIDs = 0
    static let labels = 1
    static let attentionMask = 2
  }

  init(
    _ layout: Layout, inputLength: Int, targetLength: Int, vocabulary: SpecialTokens, for objective: String
  ) throws(Diagnostic) {
    self.layout = layout
    self.inputLength = inputLength
    self.targetLength = targetLength
    endOfSequence = try vocabulary.require(.eos, for: objective)
    pad = layout == .dense ? try vocabulary.require(.pad, for: objective) : 0
    size = vocabulary.vocabularySize
  }

  /// The columns; the summaries say what the sides hold.
  func columns(input: String, target: String, vocabulary: SpecialTokens) -> [Column] {
    let ids = vocabulary.idType
    switch layout {
    case .dense:
      return [
        Column("input_ids", ids, .fixed([inputLength]), "\(input); padded."),
        Column("labels", vocabulary.labelType, .fixed([targetLength]), "\(target); -100 at pads."),
        Column("attention_mask", .uint8, .fixed([inputLength]), "1 for real tokens of the input, 0 for padding."),
      ]
    case .compact:
      return [Column("input_ids", ids, .list, "\(input)."), Column("labels", ids, .list, "\(target).")]
    }
  }

  /// Writes both sides, their eos included.
  func append(input: [UInt32], target: [UInt32], to batch: inout ExampleBatch) {
    batch.append(contentsOf: input.span, to: ColumnIndex.inputIDs)
    batch.append(contentsOf: target.span, to: ColumnIndex.labels)
    guard layout == .dense else { return }
    batch.append(repeating: pad, count: inputLength - input.count, to: ColumnIndex.inputIDs)
    batch.append(repeating: ignoredLabel, count: targetLength - target.count, to: ColumnIndex.labels)
    batch.appendMask(input.count, of: inputLength, column: ColumnIndex.attentionMask)
  }

  /// The input without its eos and padding.
  func input(_ row: ExampleReader) throws(Diagnostic) -> [UInt32] {
    var count = row.values(ColumnIndex.inputIDs).count
    if layout == .dense {
      count = try row.realCount(ColumnIndex.attentionMask)
      try row.requirePadding(ColumnIndex.inputIDs, count..<inputLength, Int64(pad))
    }
    return try side(ColumnIndex.inputIDs, count, row)
  }

  /// The target without its eos and padding.
  func target(_ row: ExampleReader) throws(Diagnostic) -> [UInt32] {
    let values = row.values(ColumnIndex.labels)
    var count = values.count
    if layout == .dense {
      count = values.firstIndex(of: Int64(ignoredLabel)) ?? values.count
      try row.requirePadding(ColumnIndex.labels, count..<targetLength, Int64(ignoredLabel))
    }
    return try side(ColumnIndex.labels, count, row)
  }

  private func side(_ column: Int, _ count: Int, _ row: ExampleReader) throws(Diagnostic) -> [UInt32] {
    guard count >= 2, row.values(column)[count - 1] == Int64(endOfSequence) else {
      throw row.broken("end", column, at: max(0, count - 1), "does not end the sequence", expected: "\(endOfSequence)")
    }
    return try row.ids(column, 0..<count - 1, below: size)
  }
}
