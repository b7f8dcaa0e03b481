internal import ModelCore
internal import Objectives

/// Rows side by side: batches for the models.
enum Batches {
  /// Sequences of ids, positions, kinds and what each may see, padded to the longest.
  private static func sequences(
    _ texts: [(ids: [Int32], positions: [Int32], types: [Int32], layout: AttentionLayout)]
  ) -> SequenceBatch {
    var batch = SequenceBatch(count: texts.count, length: max(1, texts.map(\.ids.count).max() ?? 1))
    let length = batch.length
    for (sequence, text) in texts.enumerated() {
      let count = text.ids.count
      for place in 0..<count {
        batch.tokens[sequence * length + place] = text.ids[place]
        batch.positions[sequence * length + place] = text.positions[place]
        batch.types[sequence * length + place] = text.types[place]
        for key in text.layout.visible(to: place) where key < count {
          batch.sees[(sequence * length + place) * length + key] = 1
        }
      }
    }
    return batch
  }

  static func inPlace(_ rows: [TaskRow]) -> SequenceModel.Batch {
    var batch = SequenceModel.Batch(
      sequences(rows.map { ($0.input, $0.positions, $0.types, $0.layout) }))
    for (sequence, row) in rows.enumerated() {
      let start = sequence * batch.sequences.length
      for asked in row.tokens { batch.tokens.ask(start + asked.place, asked.answer) }
      for asked in row.labels { batch.labels.ask(start + asked.place, asked.answer) }
    }
    return batch
  }

  static func sides(_ rows: [TaskRow]) -> EncoderDecoder.Batch {
    let source = sequences(
      rows.map { row in
        (row.input, row.positions, row.types, AttentionLayout(.bidirectional, segmentStarts: [0, row.input.count]))
      })
    let target = sequences(
      rows.map { row in
        let target = row.target ?? TaskRow.Target(input: [], positions: [], labels: [])
        let count = target.input.count
        return (target.input, target.positions, Array(repeating: 0, count: count), .prefix(0, of: count))
      })
    var batch = EncoderDecoder.Batch(source: source, target: target)
    for (sequence, row) in rows.enumerated() {
      for asked in row.tokens { batch.tokens.ask(sequence * target.length + asked.place, asked.answer) }
    }
    return batch
  }

  static func pairs(_ rows: [TaskRow]) -> TextEncoder.Batch {
    let views = rows.map { $0.views[0] } + rows.map { $0.views[1] } + rows.flatMap { $0.views.dropFirst(2) }
    let texts = sequences(
      views.map { view in
        let count = view.ids.count
        return (
          view.ids, view.positions, Array(repeating: 0, count: count),
          AttentionLayout(.bidirectional, segmentStarts: [0, count])
        )
      })
    return TextEncoder.Batch(texts, pairs: rows.count)
  }

  /// Consecutive rows in groups of at most `tokens` padded tokens, one row at least.
  static func groups(_ rows: [TaskRow], tokens: Int) -> [[TaskRow]] {
    var groups: [[TaskRow]] = []
    var group: [TaskRow] = []
    var longest = 0
    for row in rows {
      let length = max(row.input.count + (row.target?.input.count ?? 0), 1)
      if !group.isEmpty, max(longest, length) * (group.count + 1) > tokens {
        groups.append(group)
        group = []
        longest = 0
      }
      group.append(row)
      longest = max(longest, length)
    }
    if !group.isEmpty { groups.append(group) }
    return groups
  }

  /// Consecutive rows in groups of `count`, no two of one document; a row that finds no place is left out.
  static func groupsOfDifferentDocuments(_ rows: [TaskRow], count: Int) -> [[TaskRow]] {
    var open: [(documents: Set<Int64>, rows: [TaskRow])] = []
    var groups: [[TaskRow]] = []
    for row in rows {
      if let index = open.firstIndex(where: { !$0.documents.contains(row.document) }) {
        open[index].documents.insert(row.document)
        open[index].rows.append(row)
        if open[index].rows.count == count { groups.append(open.remove(at: index).rows) }
      } else if open.count < 64 {
        open.append(([row.document], [row]))
      }
    }
    return groups
  }
}
