internal import Blocks

extension Denoising {
  /// Lengths of hidden spans by what they leave of a text, the order of sentences, and where texts are turned.
  public var laws: [Law] {
    var list: [Law] = []
    if steps.isSubset(of: [.permuteSentences, .infill, .rotate]), infilling.replacement == .one, !showsRandomTokens,
      selection.unit == .token
    {
      list += infillingLaws
    }
    if steps.contains(.permuteSentences), permutation.share == 1, let column = columns.permutation {
      list.append(
        .uniformPlace("place of the new first sentence") { example, counts in
          guard example.schema == schema, let first = example.values[column].first else { return }
          counts.addPlace(Int(clamping: first), of: example.values[column].count)
        })
    }
    if steps.contains(.rotate) {
      list.append(
        .uniformPlace("place of the new first token") { example, counts in
          guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row), parts.rotation > 0
          else { return }
          counts.addPlace(parts.rotation - 1, of: parts.shown.count + 1)
        })
    }
    return list
  }

  /// Spans overlap, so that there is no closed form: each row is compared with one that the rule makes of a text as
  /// long by other draws. The number of masks shows the lengths, what is hidden the places.
  private var infillingLaws: [Law] {
    let reference = ReferenceInfilling(infilling, lambda: lambda)
    func law(_ name: String, _ value: @escaping @Sendable (ReferenceInfilling.Result, Double) -> Double) -> Law {
      // In percent of what the law gives in the mean, by steps of four.
      Law(name, outcomes: (0..<60).map { "\(4 * $0) %" }, probabilities: nil) { example, counts in
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? parts(row) else { return }
        let budget = Double(reference.budget(parts.text.count))
        guard budget >= 8 else { return }
        var stream = RandomStream(twinOf: parts.text, parts.shown)
        let room = infilledCapacity - 2
        let again = reference.draw(parts.text.count, room: room, drawing: &stream)
        let masks = parts.shown.reduce(0) { $0 + ($1 == mask ? 1 : 0) }
        let seen = ReferenceInfilling.Result(masks: masks, hidden: parts.text.count - parts.shown.count + masks)
        counts.add(min(59, max(0, Int(value(seen, budget) * 25))))
        counts.addReference(min(59, max(0, Int(value(again, budget) * 25))))
      }
    }
    let lambda = lambda
    return [
      law("masks of a text") { Double($0.masks) * lambda / $1 },
      law("hidden tokens of a text") { Double($0.hidden) / $1 },
    ]
  }
}

/// BART's infilling once more by its rule, for statistics: the numbers alone, in doubles, with draws of its own.
struct ReferenceInfilling: Sendable {
  struct Result {
    var masks: Int
    var hidden: Int
  }

  private let infilling: Infilling
  /// Poisson weights of the lengths 0, 1, …
  private let weights: [Double]

  init(_ infilling: Infilling, lambda: Double) {
    self.infilling = infilling
    var (weights, weight) = ([1.0], 1.0)
    // As long as the source's table, which ends before the first probability below 1e-7 (e^-3 is about 0.05).
    while weight > 1e-7 * (lambda < 3.25 ? 20.0855 : 33.1155) {
      weight *= lambda / Double(weights.count)
      weights.append(weight)
    }
    self.weights = weights
  }

  func budget(_ tokens: Int) -> Int { infilling.budget(tokens) }

  func draw(_ tokens: Int, room: Int, drawing stream: inout RandomStream) -> Result {
    var (lengths, empty, left) = ([Int](), 0, budget(tokens))
    let sum = weights.reduce(0, +)
    while left > 0 {
      var (length, rest) = (0, stream.double() * sum)
      while length < weights.count - 1, rest >= weights[length] {
        rest -= weights[length]
        length += 1
      }
      length = min(length, left)
      left -= length
      if length == 0 { empty += 1 } else { lengths.append(length) }
    }
    var starts = Array(0..<tokens)
    stream.partialShuffle(&starts, count: lengths.count)
    // A mask stands at each start; a span swallows what it grows over, other spans' masks, too.
    var (isHidden, isSwallowed) = (Array(repeating: false, count: tokens), Array(repeating: false, count: tokens))
    for (start, length) in zip(starts, lengths) {
      for place in start..<min(tokens, start + length) {
        isHidden[place] = true
        if place > start { isSwallowed[place] = true }
      }
    }
    let masks = zip(starts, lengths).reduce(0) { $0 + (isSwallowed[$1.0] ? 0 : 1) }
    let hidden = isHidden.reduce(0) { $0 + ($1 ? 1 : 0) }
    return Result(masks: masks + min(empty, room - (tokens - hidden + masks)), hidden: hidden)
  }
}
