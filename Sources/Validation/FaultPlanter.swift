internal import Blocks
internal import Objectives

/// Plants faults in the columns of rows.
struct FaultPlanter {
  let family: Family
  let vocabulary: SpecialTokens
  let seed: UInt64

  func plant(_ fault: Fault, in rows: [Example]) -> [Example] {
    switch fault {
    case .shiftedLabels: rows.map(shifted)
    case .shuffledLabels: shuffled(rows)
    case .visibleTargets: rows.map(visible)
    case .misorderedSentinels: rows.map(misordered)
    case .movedBorders: rows.map(moved)
    case .mismatchedPairs: mismatched(rows)
    case .reversedWindows: rows.map(reversed)
    case .foreignIDs: rows.enumerated().map { $0.offset % 25 == 0 ? foreign($0.element) : $0.element }
    }
  }

  private func shifted(_ row: Example) -> Example {
    var row = row
    row.change("labels") { labels in
      let count = realCount(labels)
      for place in 0..<max(0, count - 1) { labels[place] = labels[place + 1] }
      if count > 0 { labels[count - 1] = -100 }
    }
    row.change("masked_positions") { $0 = $0.map { max(0, $0 - 1) } }
    return row
  }

  /// Places of labels up to the last one that is asked.
  private func realCount(_ labels: [Int64]) -> Int { (labels.lastIndex { $0 != -100 } ?? -1) + 1 }

  /// All answers of all rows in a random order.
  private func shuffled(_ rows: [Example]) -> [Example] {
    var rows = rows
    for column in ["labels", "masked_labels", "next_sentence_label"] {
      var answers = rows.flatMap { $0[column].filter { $0 != -100 } }
      stream(1).shuffle(&answers)
      var next = 0
      for index in rows.indices {
        rows[index].change(column) { labels in
          for place in labels.indices where labels[place] != -100 {
            labels[place] = answers[next]
            next += 1
          }
        }
      }
    }
    return rows
  }

  private func visible(_ row: Example) -> Example {
    var row = row
    switch family {
    case .inPlace:
      // Of replaced tokens the label itself would have to show: all of them show one token.
      if !row["replaced_positions"].isEmpty {
        let places = row["replaced_positions"]
        let last = Int64(vocabulary.vocabularySize - 1)
        row.change("input_ids") { ids in for place in places { ids[Int(place)] = last } }
        return row
      }
      let (labels, places, sparse) = (row["labels"], row["masked_positions"], row["masked_labels"])
      row.change("input_ids") { ids in
        for (place, label) in labels.enumerated() where label != -100 { ids[place] = label }
        for (place, label) in zip(places, sparse) { ids[Int(place)] = label }
      }
    case .nextToken:
      if row.scalar("prefix_length") != nil {
        let count = Int64(realTokens(row))
        row.change("prefix_length") { $0 = [count] }
      } else {
        // A label that is the token its place reads.
        let ids = row["input_ids"]
        row.change("labels") { labels in
          for place in labels.indices where labels[place] != -100 && place > 0 { labels[place] = ids[place - 1] }
        }
      }
    case .sides:
      let target = row["labels"].filter { $0 != -100 }
      row.change("input_ids") { ids in for (place, id) in target.prefix(ids.count).enumerated() { ids[place] = id } }
      let count = target.count
      row.change("attention_mask") { mask in for place in 0..<min(count, mask.count) { mask[place] = 1 } }
    case .pairs:
      for column in ["input_ids", "attention_mask"] {
        row.change(column, ifViews: 2) { values, length in
          for place in 0..<length { values[length + place] = values[place] }
        }
      }
    }
    return row
  }

  private func misordered(_ row: Example) -> Example {
    let sentinels = Set(vocabulary.sentinels.map { Int64($0) })
    var row = row
    row.change("labels") { labels in
      let places = labels.indices.filter { sentinels.contains(labels[$0]) }
      let turned = places.reversed().map { labels[$0] }
      for (place, id) in zip(places, turned) { labels[place] = id }
    }
    return row
  }

  private func moved(_ row: Example) -> Example {
    var row = row
    for column in ["prefix_length", "source_len"] { row.change(column) { $0 = $0.map { $0 + 1 } } }
    row.change("cu_seqlens") { starts in
      for index in starts.indices.dropFirst().dropLast() where starts[index] + 1 < starts[index + 1] {
        starts[index] += 1
      }
    }
    return row
  }

  /// Second views, targets, or the labels of pairs, of the next row.
  private func mismatched(_ rows: [Example]) -> [Example] {
    var changed = rows
    for index in rows.indices {
      let other = rows[(index + 1) % rows.count]
      switch family {
      case .pairs:
        for column in ["input_ids", "attention_mask"] {
          let theirs = other[column]
          changed[index].change(column, ifViews: 2) { values, length in
            for place in length..<2 * length { values[place] = theirs[place] }
          }
        }
      case .sides:
        for column in ["labels", "decoder_input_ids", "decoder_position_ids"] {
          changed[index].change(column) { $0 = other[column] }
        }
      default:
        for column in ["next_sentence_label", "sentence_order_label"] {
          changed[index].change(column) { $0 = other[column] }
        }
      }
    }
    return changed
  }

  private func reversed(_ row: Example) -> Example {
    guard family != .pairs else { return row }
    var row = row
    let count = realTokens(row)
    row.change("input_ids") { $0.replaceSubrange(0..<count, with: $0[0..<count].reversed()) }
    if family != .sides { row.change("labels") { $0.replaceSubrange(0..<count, with: $0[0..<count].reversed()) } }
    return row
  }

  private func realTokens(_ row: Example) -> Int {
    let mask = row["attention_mask"]
    return mask.isEmpty ? row["input_ids"].count : mask.count { $0 == 1 }
  }

  private func foreign(_ row: Example) -> Example {
    var row = row
    row.change("input_ids") { ids in if !ids.isEmpty { ids[0] = Int64(vocabulary.vocabularySize) + 7 } }
    return row
  }

  private func stream(_ purpose: UInt32) -> Shuffler { Shuffler(seed: seed, purpose: purpose) }
}

/// A random order of many things.
private struct Shuffler {
  let seed: UInt64
  let purpose: UInt32

  func shuffle<Item>(_ items: inout [Item]) {
    var stream = RandomStream(
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
      counterHigh: (purpose, 0x4641_554C))
    stream.partialShuffle(&items, count: items.count)
  }
}

extension Example {
  /// Changes a column, if there is one of this name.
  fileprivate mutating func change(_ name: String, _ body: (inout [Int64]) -> Void) {
    guard let index = schema.columns.firstIndex(where: { $0.name == name }) else { return }
    body(&values[index])
  }

  /// Changes a column of at least so many views, each of `length` values.
  fileprivate mutating func change(_ name: String, ifViews count: Int, _ body: (inout [Int64], _ length: Int) -> Void) {
    guard let index = schema.columns.firstIndex(where: { $0.name == name }),
      case .fixed(let shape) = schema.columns[index].shape, shape.count == 2, shape[0] >= count
    else { return }
    body(&values[index], shape[1])
  }
}
