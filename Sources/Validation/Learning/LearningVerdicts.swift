internal import ModelCore

/// What the losses say.
struct LearningVerdicts {
  let learning: Learning
  let real: LearningOutcome
  let control: LearningOutcome?

  var report: ObjectiveReport.Losses {
    var losses = ObjectiveReport.Losses()
    losses.vocabulary = learning.vocabulary.size
    losses.seen = learning.vocabulary.seen
    losses.steps = learning.steps
    losses.questions = real.run.after.tokens.count + real.run.after.labels.count
    losses.before = real.run.before.total
    losses.after = real.run.after.total
    losses.control = control?.run.after.total
    losses.curve = real.run.curve
    losses.controlCurve = control?.run.curve ?? []
    if learning.set.family != .pairs {
      if asksTokens { losses.singles = mean(tokenBaselines.single) }
      if asksTokens { losses.pairs = mean(tokenBaselines.pair) }
    }
    return losses
  }

  var verdicts: [Verdict] {
    if learning.set.family == .pairs { return contrastive }
    var verdicts = [start]
    if asksTokens {
      let baselines = tokenBaselines
      verdicts.append(
        learned(real.run.after.tokens, baselines.single, learning.tokenCounts, "tokens", least: 0.02))
      verdicts.append(beyondPairs(baselines))
      if let control {
        verdicts.append(
          againstControl(real.run.after.tokens, control.run.after.tokens, learning.tokenCounts, least: 0.02))
      }
    } else {
      verdicts.append(
        learned(real.run.after.labels, labelBaselines.single, learning.labelCounts, "labels", least: 0.005))
      if let control {
        verdicts.append(
          againstControl(real.run.after.labels, control.run.after.labels, learning.labelCounts, least: 0.005))
      }
    }
    if learning.set.family == .sides { verdicts.append(source) }
    if learning.set.family != .inPlace { verdicts.append(peeking) }
    return verdicts
  }

  private var asksTokens: Bool { real.run.after.tokens.count > 0 }

  private func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  /// An untrained model knows nothing: its loss is that of guessing evenly.
  private var start: Verdict {
    let (loss, answers) =
      asksTokens
      ? (real.run.before.tokens.mean, learning.vocabulary.size) : (real.run.before.labels.mean, 2)
    let even = naturalLogarithm(Double(answers))
    return Verdict(
      "start", isRight: abs(loss - even) < 0.15, found: "loss \(Number.decimal(loss)) before training",
      expected: "ln \(Number.count(answers)) = \(Number.decimal(even))")
  }

  private func learned(
    _ losses: LossTally, _ singles: [Double], _ counts: [Int], _ what: String, least: Double
  ) -> Verdict {
    let gain = Gain(of: losses.losses, over: singles, rows: counts)
    return Verdict(
      "learned", isRight: gain.isClear(least),
      found: "loss \(Number.decimal(losses.mean)) after \(learning.steps) steps, \(gain.text) below",
      expected: "clearly below \(Number.decimal(mean(singles))), what single \(what) tell")
  }

  /// Where a neighbour tells much, a model must have found it.
  private func beyondPairs(_ baselines: Baselines) -> Verdict {
    let (single, pair) = (mean(baselines.single), mean(baselines.pair))
    let loss = real.run.after.tokens.mean
    guard single - pair > 0.1 else {
      return Verdict(
        "neighbours", .skipped, found: "the token beside tells only \(Number.decimal(single - pair)) nats")
    }
    return Verdict(
      "neighbours", isRight: single - loss > 0.1 * (single - pair),
      found: "\(Number.percent((single - loss) / (single - pair))) of what the token beside tells",
      expected: "10 %; all would be loss \(Number.decimal(pair))")
  }

  private func againstControl(
    _ losses: LossTally, _ control: LossTally, _ counts: [Int], least: Double
  ) -> Verdict {
    let gain = Gain(of: losses.losses, over: control.losses, rows: counts)
    return Verdict(
      "control", isRight: gain.isClear(least),
      found: "\(gain.text) below a model of shuffled labels", expected: "clearly below \(Number.decimal(control.mean))")
  }

  /// A target that has nothing to do with its source is as easy with any other.
  private var source: Verdict {
    let gain = Gain(of: real.run.after.tokens.losses, over: real.misled.losses, rows: learning.tokenCounts)
    return Verdict(
      "source", isRight: gain.isClear(0.002), found: "the right source is \(gain.text) better than another row's",
      expected: "clearly better")
  }

  private var peeking: Verdict {
    guard real.peeking.tried > 0 else {
      return Verdict("no peeking", .skipped, found: "no asked token stands in a row")
    }
    return Verdict(
      "no peeking", isRight: real.peeking.changed == 0,
      found: "\(real.peeking.changed) of \(real.peeking.tried) changed tokens change an earlier prediction",
      expected: "0")
  }

  private var tokenBaselines: Baselines {
    let family = learning.set.family
    return Baselines(
      Array(learning.training.joined()), Array(learning.heldOut.joined()), answers: learning.vocabulary.size
    ) { row in
      row.tokens.map { asked in
        // In place, the neighbour to the left; else what is read where the answer is given.
        let side = row.target?.input ?? row.input
        return (side.at(family == .inPlace ? asked.place - 1 : asked.place) ?? -1, asked.answer)
      }
    }
  }

  private var labelBaselines: Baselines {
    Baselines(Array(learning.training.joined()), Array(learning.heldOut.joined()), answers: 2) { row in
      row.labels.map { (row.input.at($0.place) ?? -1, $0.answer) }
    }
  }

  private var contrastive: [Verdict] {
    let tally = real.run.after.tokens
    let perBatch = learning.heldOut.map { $0.count + $0.reduce(0) { $0 + $1.views.count - 2 } }
    let pairs = learning.heldOut.map(\.count)
    let chance = zip(pairs, perBatch).reduce(0.0) { $0 + Double($1.0) / Double($1.1) } / Double(max(1, tally.count))
    let deviation = (chance * (1 - chance) / Double(max(1, tally.count))).squareRoot()
    let even = naturalLogarithm(1 / chance)
    let before = real.run.before.tokens
    return [
      Verdict(
        "retrieval", isRight: tally.accuracy > max(2 * chance, chance + 5 * deviation),
        found: "\(Number.percent(tally.accuracy)) of second views found among \(perBatch.first ?? 0), "
          + "\(Number.percent(before.accuracy)) untrained",
        expected: "far above chance, \(Number.percent(chance))"),
      Verdict(
        "learned", isRight: tally.mean < even && tally.mean < before.mean + 0.05,
        found:
          "loss \(Number.decimal(tally.mean)) after \(learning.steps) steps, \(Number.decimal(before.mean)) before",
        expected: "below ln \(perBatch.first ?? 0) = \(Number.decimal(even)), and not above the start"),
      Verdict(
        "alignment", isRight: real.spaceAfter.alignment < 0.9 * real.spaceAfter.distance,
        found: "|z - z'|² \(Number.decimal(real.spaceAfter.alignment)) in pairs",
        expected: "well below \(Number.decimal(real.spaceAfter.distance)), that of others"),
      Verdict(
        "uniformity", isRight: real.spaceAfter.uniformity < -0.1,
        found: "\(Number.decimal(real.spaceAfter.uniformity)), \(Number.decimal(real.space.uniformity)) untrained",
        expected: "below -0.1: texts do not fall into one point"),
    ]
  }
}
