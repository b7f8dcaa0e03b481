internal import Blocks
internal import Objectives

extension RowReader {
  /// A source and a target. The decoder reads the labels one place later, behind a token that starts it, unless the row
  /// brings what it reads.
  func sides(_ example: Example) -> TaskRow? {
    guard var row = start(example) else { return nil }
    var labels = example["labels"].map { Int32(clamping: $0) }
    while labels.last == -100 { labels.removeLast() }
    guard !labels.isEmpty else { return nil }
    let opening = Int32(clamping: decoderStart)
    var input = [opening] + labels.dropLast().map { $0 == -100 ? opening : $0 }
    var positions = (0..<Int32(labels.count)).map { $0 }
    var isGiven = false
    let given = example["decoder_input_ids"]
    if given.count >= labels.count {
      isGiven = true
      input = given.prefix(labels.count).map { Int32(clamping: $0) }
      let places = example["decoder_position_ids"]
      if places.count >= labels.count { positions = places.prefix(labels.count).map { Int32(clamping: max(0, $0)) } }
    } else if let start = example.scalar("fragment_start"), start > 0, start <= row.input.count {
      // MASS, compact: the token before the fragment opens it, and positions are those of the text.
      input[0] = row.input[Int(start) - 1]
      positions = positions.map { $0 + Int32(clamping: start) - 1 }
    }
    (row, labels) = shorten(row, labels)
    row.target = TaskRow.Target(
      input: Array(input.prefix(labels.count)), positions: Array(positions.prefix(labels.count)), labels: labels,
      isGiven: isGiven)
    for (place, label) in labels.enumerated() where label != -100 {
      row.tokens.append(TaskRow.Asked(place: place, answer: label, own: place + 1))
    }
    return row
  }

  /// BART's decoders start with eos, all others with the padding.
  private var decoderStart: UInt32 {
    let pad = vocabulary.ids[.pad] ?? 0
    return kind == Denoising.name ? vocabulary.ids[.eos] ?? vocabulary.ids[.sep] ?? pad : pad
  }

  /// Cuts a long source; a target ends before the first sentinel that the source has lost.
  private func shorten(_ row: TaskRow, _ labels: [Int32]) -> (TaskRow, [Int32]) {
    var row = row
    var labels = labels
    if row.input.count > Self.longest {
      let lost = Set(row.input.dropFirst(Self.longest)).intersection(vocabulary.sentinels.map { Int32($0) })
      row.input.removeLast(row.input.count - Self.longest)
      row.positions.removeLast(row.positions.count - Self.longest)
      row.types.removeLast(row.types.count - Self.longest)
      if let end = labels.firstIndex(where: { lost.contains($0) }) { labels.removeLast(labels.count - end) }
    }
    return (row, Array(labels.prefix(Self.longest)))
  }

  /// Two views, and hard negatives. A row with one view is read twice; of more, an anchor and its first positive count.
  func pairs(_ example: Example) -> TaskRow? {
    var row = TaskRow()
    row.document = example.scalar("doc_id") ?? 0
    let columns = example.schema.columns
    guard let column = columns.first(where: { $0.name == "input_ids" }), case .fixed(let shape) = column.shape,
      let length = shape.last, length > 0
    else { return nil }
    let views = texts(example["input_ids"], example["attention_mask"], length: length)
    guard let first = views.first, !first.isEmpty else { return nil }
    let second = views.count > 1 ? views[1] : first
    guard !second.isEmpty else { return nil }
    row.views = [Self.view(first), Self.view(second)]
    let positions = example["position_ids"]
    if positions.count >= second.count, views.count == 1 {
      row.views[1].positions = positions.prefix(second.count).map { Int32(clamping: max(0, $0)) }
    }
    let negatives = texts(example["negative_ids"], example["negative_mask"], length: length)
    row.views += negatives.filter { !$0.isEmpty }.map(Self.view)
    return row
  }

  private static func view(_ ids: [Int32]) -> TaskRow.View {
    let ids = Array(ids.prefix(inPlaceLength))
    return TaskRow.View(ids: ids, positions: (0..<Int32(ids.count)).map { $0 })
  }

  /// The real tokens of texts that stand one after the other.
  private func texts(_ ids: [Int64], _ mask: [Int64], length: Int) -> [[Int32]] {
    guard ids.count == mask.count else { return [] }
    return stride(from: 0, to: ids.count, by: length).map { start in
      (start..<min(ids.count, start + length)).filter { mask[$0] == 1 }.map { Int32(clamping: ids[$0]) }
    }
  }
}
