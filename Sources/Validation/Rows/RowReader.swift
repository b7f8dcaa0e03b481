internal import Blocks
internal import Objectives

/// Reads rows of any objective by the names of their columns, dense or compact.
struct RowReader: Sendable {
  let family: Family
  let kind: String
  let vocabulary: SpecialTokens

  /// Rows longer than this are cut where nothing of a question is lost with the end.
  static let inPlaceLength = 128
  /// Longest source or target.
  static let longest = 512

  init(_ sample: ObjectiveSample, _ example: Example) {
    kind = sample.kind
    vocabulary = sample.vocabulary
    family = Family(kind: sample.kind, example)
  }

  /// - Returns: nil where the columns make no row; the checks count these.
  func row(_ example: Example) -> TaskRow? {
    switch family {
    case .inPlace: inPlace(example)
    case .nextToken: nextToken(example)
    case .sides: sides(example)
    case .pairs: pairs(example)
    }
  }

  private func inPlace(_ example: Example) -> TaskRow? {
    guard var row = start(example) else { return nil }
    let count = row.input.count
    let sparse = example["masked_positions"]
    let labels = example["labels"]
    if kind == ReplacedTokenDetection.name {
      var isReplaced = Array(repeating: Int64(0), count: count)
      for place in example["replaced_positions"] where place >= 0 && place < count { isReplaced[Int(place)] = 1 }
      row.replaced = isReplaced.indices.filter { isReplaced[$0] == 1 }
      let asked = labels.isEmpty ? isReplaced : labels
      for place in 0..<min(count, asked.count) where asked[place] == 0 || asked[place] == 1 {
        row.labels.append(TaskRow.Asked(place: place, answer: Int32(asked[place]), own: place))
      }
    } else if labels.isEmpty {
      for (place, label) in zip(sparse, example["masked_labels"]) where place >= 0 && place < count {
        row.tokens.append(TaskRow.Asked(place: Int(place), answer: Int32(clamping: label), own: Int(place)))
      }
    } else {
      for (place, label) in labels.prefix(count).enumerated() where label != -100 {
        row.tokens.append(TaskRow.Asked(place: place, answer: Int32(clamping: label), own: place))
      }
    }
    if let label = example.scalar("next_sentence_label") ?? example.scalar("sentence_order_label") {
      row.labels.append(TaskRow.Asked(place: 0, answer: label == 0 ? 0 : 1, own: 0))
    }
    if row.layout.direction == .sequenceToSequence { row.border = row.layout.prefixLengths.first }
    let isWhole = kind == BERTPairs.name || kind == UniLM.name
    return cut(row, to: isWhole ? Self.longest : Self.inPlaceLength)
  }

  private func nextToken(_ example: Example) -> TaskRow? {
    guard var row = start(example) else { return nil }
    if row.layout.direction == .bidirectional { row.layout = .prefix(0, of: row.layout.count) }
    let count = row.input.count
    let counts = example["loss_mask"]
    if !counts.isEmpty {
      // Labels that were shifted already stand at the place that answers them.
      for (place, label) in example["labels"].prefix(count).enumerated() where counts[place] == 1 && label != -100 {
        row.tokens.append(TaskRow.Asked(place: place, answer: Int32(clamping: label), own: place + 1))
      }
    } else {
      var labels = example["labels"].map { Int32(clamping: $0) }
      if labels.isEmpty { labels = impliedLabels(row) }
      for (place, label) in labels.prefix(count).enumerated() where label != -100 && place > 0 {
        row.tokens.append(TaskRow.Asked(place: place - 1, answer: label, own: place))
      }
    }
    return cut(row, to: Self.inPlaceLength)
  }

  /// Compact rows: every token but those that begin a segment, and the prefix.
  private func impliedLabels(_ row: TaskRow) -> [Int32] {
    var labels = row.input
    for (segment, start) in row.layout.segmentStarts.dropLast().enumerated() {
      let prefix = row.layout.prefixLengths[segment]
      let end = row.layout.segmentStarts[segment + 1]
      for place in start..<min(max(start + 1, start + prefix), end) { labels[place] = -100 }
    }
    return labels
  }

  /// Input, positions, types and layout.
  func start(_ example: Example) -> TaskRow? {
    guard let layout = AttentionLayout(example), layout.count > 0 else { return nil }
    var row = TaskRow()
    row.document = example.scalar("doc_id") ?? 0
    row.layout = layout
    row.input = example["input_ids"].prefix(layout.count).map { Int32(clamping: $0) }
    let positions = example["position_ids"]
    row.positions =
      positions.count >= row.input.count
      ? positions.prefix(row.input.count).map { Int32(clamping: max(0, $0)) } : (0..<Int32(row.input.count)).map { $0 }
    let types = example["token_type_ids"]
    row.types =
      types.count >= row.input.count
      ? types.prefix(row.input.count).map { Int32(clamping: max(0, $0)) } : Array(repeating: 0, count: row.input.count)
    return row
  }

  private func cut(_ row: TaskRow, to length: Int) -> TaskRow {
    guard row.input.count > length else { return row }
    var row = row
    row.input.removeLast(row.input.count - length)
    row.positions.removeLast(row.positions.count - length)
    row.types.removeLast(row.types.count - length)
    row.tokens.removeAll { $0.place >= length }
    row.labels.removeAll { $0.place >= length }
    return row
  }
}
