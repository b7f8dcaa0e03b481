internal import Objectives

/// Rules that a model could use instead of learning: can the answer be copied from what is in sight?
struct LeakCheck {
  let set: TaskSet

  /// Shares of answers that stand at a fixed distance from the place that answers. Above one half a single layer solves
  /// the task by looking there.
  var readOff: Verdict {
    let distances = set.family == .inPlace ? Array(-3...3) : Array(-3...0)
    var shares = Array(repeating: Share(), count: distances.count)
    for row in set.training + set.heldOut {
      let side = row.target?.input ?? row.input
      for asked in row.tokens {
        for (index, distance) in distances.enumerated() {
          let key = asked.place + distance
          let isVisible = row.target != nil ? key >= 0 : row.layout.visible(to: asked.place).contains(key)
          guard isVisible, key < side.count else { continue }
          shares[index].count(side[key] == asked.answer)
        }
      }
    }
    guard let worst = shares.indices.max(by: { shares[$0].value < shares[$1].value }), shares[worst].cases > 0 else {
      return Verdict("copying", .skipped, found: "no tokens are asked for")
    }
    let place = distances[worst] == 0 ? "in place" : "at distance \(distances[worst])"
    return Verdict(
      "copying", isRight: shares[worst].value < 0.5,
      found: "\(Number.percent(shares[worst].value)) of answers can be read off \(place)", expected: "less than half")
  }

  /// Decoders: the asked token itself is never among those that its place may see.
  var inSight: Verdict {
    var share = Share()
    for row in set.training + set.heldOut {
      for asked in row.tokens where asked.own < row.input.count {
        share.count(row.layout.visible(to: asked.place).contains(asked.own))
      }
    }
    return Verdict(
      "in sight", isRight: share.hits == 0, found: "\(share.hits) of \(Number.count(share.cases)) answers are in sight",
      expected: "0")
  }

  /// Sources that show all that the target asks: each run of its ordinary tokens stands in the source.
  var wholeTargets: Verdict {
    let special = set.special
    var share = Share()
    for row in (set.training + set.heldOut).prefix(2000) {
      let runs = (row.target?.labels ?? []).split { special.contains($0) || $0 == -100 }.map(Array.init)
      guard runs.contains(where: { $0.count > 1 }) || runs.count > 3 else { continue }
      let places = Dictionary(grouping: row.input.indices) { row.input[$0] }
      share.count(
        runs.allSatisfy { run in
          (places[run[0]] ?? []).contains { row.input[$0...].starts(with: run) }
        })
    }
    guard share.cases >= 20 else { return Verdict("hidden", .skipped, found: "targets too short to tell") }
    return Verdict(
      "hidden", isRight: share.value < 0.2, found: "\(Number.percent(share.value)) of sources show their whole target",
      expected: "hardly any")
  }

  /// Views that are one and the same, or negatives that are a view.
  var equalViews: Verdict {
    var (views, negatives) = (Share(), Share())
    for row in set.training + set.heldOut where row.views.count >= 2 {
      views.count(row.views[0].ids == row.views[1].ids)
      for negative in row.views.dropFirst(2) {
        negatives.count(negative.ids == row.views[0].ids || negative.ids == row.views[1].ids)
      }
    }
    if negatives.value > 0.01 {
      return Verdict(
        "hidden", .failed, found: "\(Number.percent(negatives.value)) of hard negatives are a view", expected: "none")
    }
    // A row that stores its text once has equal views everywhere: dropout makes them differ.
    if views.hits == views.cases, set.readsOneView {
      return Verdict("hidden", .skipped, found: "one text a row; dropout makes the views")
    }
    return Verdict(
      "hidden", isRight: views.value < 0.05, found: "\(Number.percent(views.value)) of views are equal",
      expected: "hardly any")
  }
}
