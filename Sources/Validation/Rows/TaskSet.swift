internal import Blocks

/// A sample as the models meet it.
package struct TaskSet: Sendable {
  let name: String
  let kind: String
  let family: Family
  let vocabulary: SpecialTokens
  let training: [TaskRow]
  let heldOut: [TaskRow]
  /// Contrastive rows that store their text once.
  let readsOneView: Bool
  /// The labels say whether a text follows another, not in which order two stand.
  let asksForNextText: Bool
  /// Rows whose columns make no input.
  package let unreadable: Int

  package init?(_ sample: ObjectiveSample) {
    guard let first = sample.training.first else { return nil }
    let reader = RowReader(sample, first)
    name = sample.name
    kind = sample.kind
    family = reader.family
    vocabulary = sample.vocabulary
    let shape = first.schema.columns.first { $0.name == "input_ids" }?.shape
    if case .fixed(let dimensions)? = shape { readsOneView = dimensions.count == 1 } else { readsOneView = false }
    asksForNextText = first.scalar("next_sentence_label") != nil
    training = sample.training.compactMap { reader.row($0) }
    heldOut = sample.heldOut.compactMap { reader.row($0) }
    unreadable = sample.training.count + sample.heldOut.count - training.count - heldOut.count
  }

  /// Special ids, as the rows hold them.
  var special: Set<Int32> { Set(vocabulary.special.map { Int32(clamping: $0) }) }

  /// Questions of both kinds in the rows to learn from.
  var questionCount: Int { training.reduce(0) { $0 + $1.tokens.count + $1.labels.count } }
}

/// A share of cases, counted.
struct Share {
  var hits = 0
  var cases = 0

  var value: Double { cases == 0 ? 0 : Double(hits) / Double(cases) }

  mutating func count(_ isHit: Bool) {
    cases += 1
    if isHit { hits += 1 }
  }
}
