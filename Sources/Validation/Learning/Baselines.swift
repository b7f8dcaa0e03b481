internal import ModelCore

/// What counting alone knows of the answers: losses in nats for each question of some rows, in their order.
struct Baselines {
  /// Nothing but how often each answer is right.
  let single: [Double]
  /// What follows, or stands beside, the token in sight.
  let pair: [Double]

  /// Counts in rows to learn from, and measures on others.
  ///
  /// - Parameters:
  ///   - ask: the questions of a row, with the token that is in sight for each; -1 for none.
  ///   - answers: how many there are.
  init(
    _ training: [TaskRow], _ heldOut: [TaskRow], answers: Int, ask: (TaskRow) -> [(seen: Int32, answer: Int32)]
  ) {
    var counts = Array(repeating: 0, count: answers)
    var pairs: [Int64: Int] = [:]
    var contexts: [Int32: Int] = [:]
    var total = 0
    for row in training {
      for (seen, answer) in ask(row) {
        counts[Int(answer)] += 1
        pairs[Self.key(seen, answer), default: 0] += 1
        contexts[seen, default: 0] += 1
        total += 1
      }
    }
    var single: [Double] = []
    var pair: [Double] = []
    for row in heldOut {
      for (seen, answer) in ask(row) {
        // One half added to each count: no answer is impossible.
        let alone = (Double(counts[Int(answer)]) + 0.5) / (Double(total) + 0.5 * Double(answers))
        let together = Double(pairs[Self.key(seen, answer)] ?? 0)
        // A context that was seen eight times counts as much as what is known without it.
        let mixed = (together + 8 * alone) / (Double(contexts[seen] ?? 0) + 8)
        single.append(-naturalLogarithm(alone))
        pair.append(-naturalLogarithm(mixed))
      }
    }
    self.single = single
    self.pair = pair
  }

  private static func key(_ seen: Int32, _ answer: Int32) -> Int64 { Int64(seen) << 32 | Int64(answer) }
}

/// How much lower one loss is than another on the same questions, and how sure that is.
struct Gain {
  /// Nats a question.
  let mean: Double
  /// Standard error, with each row's questions taken together: they are not independent.
  let error: Double

  /// - Parameter counts: questions in each row.
  init(of better: [Double], over worse: [Double], rows counts: [Int]) {
    precondition(better.count == worse.count && counts.reduce(0, +) == better.count)
    let total = zip(better, worse).reduce(0) { $0 + ($1.1 - $1.0) }
    let mean = better.isEmpty ? 0 : total / Double(better.count)
    self.mean = mean
    var place = 0
    var square = 0.0
    for count in counts {
      let sum = (place..<place + count).reduce(0) { $0 + (worse[$1] - better[$1]) - mean }
      square += sum * sum
      place += count
    }
    error = better.isEmpty ? 0 : square.squareRoot() / Double(better.count)
  }

  /// At least `least` nats, and at least four standard errors.
  func isClear(_ least: Double) -> Bool { mean >= least && mean >= 4 * error }

  var text: String { Number.decimal(mean) + " ± " + Number.decimal(error) }
}
