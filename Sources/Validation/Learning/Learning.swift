internal import Blocks
internal import ModelCore

/// One objective's rows, put to small models: one that learns what the labels say, and a control that learns shuffled
/// labels. The two are independent, so that they can run side by side.
struct Learning: Sendable {
  let set: TaskSet
  let settings: LearningSettings
  let seed: UInt64
  let vocabulary: CompactVocabulary
  /// Rows in the compact vocabulary, in groups of a batch each.
  let training: [[TaskRow]]
  let heldOut: [[TaskRow]]
  let steps: Int

  init(_ set: TaskSet, _ settings: LearningSettings, seed: UInt64) {
    self.set = set
    self.settings = settings
    self.seed = seed
    vocabulary = CompactVocabulary(set.training, special: set.special, limit: settings.vocabularyLimit)
    let rows = set.training.map(vocabulary.renumber)
    let others = set.heldOut.map(vocabulary.renumber)
    if set.family == .pairs {
      training = Batches.groupsOfDifferentDocuments(rows, count: settings.pairsInBatch)
      heldOut = Array(Batches.groupsOfDifferentDocuments(others, count: settings.pairsInBatch).prefix(16))
    } else {
      training = Batches.groups(rows, tokens: settings.tokensInBatch)
      var kept: [TaskRow] = []
      var tokens = 0
      for row in others where tokens < settings.heldOutTokens {
        kept.append(row)
        tokens += row.input.count + (row.target?.input.count ?? 0)
      }
      heldOut = Batches.groups(kept, tokens: settings.tokensInBatch)
    }
    steps = min(settings.steps, settings.epochs * training.count)
  }

  /// Why there is nothing to train on, if there is not.
  var obstacle: String? {
    let enough = set.family == .pairs ? 20 : 30
    if training.count < enough {
      return "\(training.count) batches to learn from: too few rows, or too few documents"
    }
    return heldOut.isEmpty ? "no rows of other documents to measure by" : nil
  }

  /// Questions of each held-out row, tokens and labels.
  var tokenCounts: [Int] { heldOut.joined().map(\.tokens.count) }
  var labelCounts: [Int] { heldOut.joined().map(\.labels.count) }

  /// Trains on the labels as they are, or on shuffled ones.
  func run(shuffled isControl: Bool, progress: (Double) -> Void) -> LearningOutcome {
    switch set.family {
    case .inPlace, .nextToken: runSequences(isControl, progress)
    case .sides: runSides(isControl, progress)
    case .pairs: runPairs(progress)
    }
  }

  private func runSequences(_ isControl: Bool, _ progress: (Double) -> Void) -> LearningOutcome {
    let model = SequenceModel(settings.shape(vocabulary), looksAhead: set.family == .inPlace, seed: seed)
    var outcome = LearningOutcome()
    outcome.run = Run.of(
      model, self, Batches.inPlace,
      prepare: { batch, step in
        guard isControl else { return batch }
        var batch = batch
        batch.tokens = batch.tokens.shuffled(seed: seed, step: step)
        batch.labels = batch.labels.shuffled(seed: seed &+ 1, step: step)
        return batch
      }, progress: progress)
    if !isControl, set.family == .nextToken {
      outcome.peeking = Peeking.find(in: heldOut.joined().prefix(8).map { $0 }) { row in
        model.states(Batches.inPlace([row]).sequences)
      }
    }
    return outcome
  }

  private func runSides(_ isControl: Bool, _ progress: (Double) -> Void) -> LearningOutcome {
    let model = EncoderDecoder(settings.shape(vocabulary), seed: seed)
    var outcome = LearningOutcome()
    outcome.run = Run.of(
      model, self, Batches.sides,
      prepare: { batch, step in
        guard isControl else { return batch }
        var batch = batch
        batch.tokens = batch.tokens.shuffled(seed: seed, step: step)
        return batch
      }, progress: progress)
    if !isControl {
      var loss = LossTally()
      for group in misled { loss.add(model.forward(Batches.sides(group), noise: nil).tokens) }
      outcome.misled = loss
      outcome.peeking = Peeking.find(in: heldOut.joined().prefix(8).map { $0 }) { row in
        model.states(Batches.sides([row]))
      }
    }
    return outcome
  }

  /// The held-out rows, each with the source of another one.
  private var misled: [[TaskRow]] {
    let rows = Array(heldOut.joined())
    let moved = rows.indices.map { index in
      var row = rows[index]
      let other = rows[(index + 1) % rows.count]
      row.input = other.input
      row.positions = other.positions
      row.types = other.types
      return row
    }
    return Batches.groups(moved, tokens: settings.tokensInBatch)
  }

  private func runPairs(_ progress: (Double) -> Void) -> LearningOutcome {
    let model = TextEncoder(settings.shape(vocabulary, dropout: 0.1), seed: seed)
    let batches = heldOut.map(Batches.pairs)
    var outcome = LearningOutcome()
    outcome.space = Space.of(model, batches, withNoise: set.readsOneView, seed: seed)
    outcome.run = Run.of(
      model, self, Batches.pairs, measuresWithNoise: set.readsOneView, progress: progress)
    outcome.spaceAfter = Space.of(model, batches, withNoise: set.readsOneView, seed: seed)
    return outcome
  }
}

/// What one training gave.
struct LearningOutcome: Sendable {
  var run = Run()
  /// Losses of the same model when each row has another row's source.
  var misled = LossTally()
  var peeking = Peeking()
  /// Where texts lie before and after, for contrastive rows.
  var space = Space()
  var spaceAfter = Space()
}

/// Do predictions stay as they are when a token changes that they must not see?
struct Peeking: Sendable {
  var tried = 0
  var changed = 0

  /// Changes an asked token where it stands, and compares the states of all places up to the one that answers it, bit
  /// by bit.
  static func find(in rows: [TaskRow], states: (TaskRow) -> Tensor) -> Peeking {
    var result = Peeking()
    for row in rows {
      let side = row.target?.input ?? row.input
      let asked = row.tokens.filter { $0.own < side.count && $0.own > 0 }
      guard let first = asked.first else { continue }
      let before = states(row)
      for question in [first, asked[asked.count / 2]] {
        var other = row
        // Any other id of the compact vocabulary, of which 0 and 1 are always there.
        let id: Int32 = side[question.own] == 1 ? 0 : 1
        if other.target == nil { other.input[question.own] = id } else { other.target?.input[question.own] = id }
        let after = states(other)
        result.tried += 1
        let isSame = asked.allSatisfy { earlier in
          earlier.place > question.place
            || (0..<before.columns).allSatisfy { before[earlier.place, $0] == after[earlier.place, $0] }
        }
        if !isSame { result.changed += 1 }
      }
    }
    return result
  }
}

/// How texts lie on the sphere: are those that belong together near, and all others spread?
///
/// - Source: Wang, Isola 2020 (arXiv:2005.10242): alignment is the mean of |z - z'|² over pairs, uniformity the
///   logarithm of the mean of e^(-2 |z - y|²) over all others: 0 when all lie in one point, about -4 when spread
///   evenly.
struct Space: Sendable {
  var alignment = 0.0
  var uniformity = 0.0
  /// The mean of |z - y|² over texts that do not belong together.
  var distance = 0.0

  static func of(_ model: TextEncoder, _ batches: [TextEncoder.Batch], withNoise: Bool, seed: UInt64) -> Space {
    var (near, far, spread) = (0.0, 0.0, 0.0)
    var (nearCount, farCount) = (0, 0)
    for (index, batch) in batches.enumerated() {
      _ = model.forward(batch, noise: withNoise ? Noise(seed: seed &+ 1, step: index) : nil)
      let z = model.vectors
      for i in 0..<batch.pairs {
        for j in 0..<batch.pairs {
          let square = (0..<z.columns).reduce(0.0) { sum, column in
            let difference = Double(z[i, column] - z[batch.pairs + j, column])
            return sum + difference * difference
          }
          if i == j {
            near += square
            nearCount += 1
          } else {
            far += square
            spread += exponential(-2 * square)
            farCount += 1
          }
        }
      }
    }
    var space = Space()
    guard nearCount > 0, farCount > 0 else { return space }
    space.alignment = near / Double(nearCount)
    space.distance = far / Double(farCount)
    space.uniformity = naturalLogarithm(spread / Double(farCount))
    return space
  }
}
